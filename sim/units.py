"""Units and the only conversions: money is yuan of constant 2019 prices, land is m2, weight is kg, time is the year."""

M2_PER_MU = 10_000 / 15
M2_PER_HA = 10_000.0
MU_PER_HA = 15.0
KG_PER_TONNE = 1000.0
PERCENT = 0.01
MONTHS = 12.0
WORKDAYS_PER_MONTH = 22.0
WORKDAYS_PER_YEAR = 264.0
