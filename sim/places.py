"""The nine units of the zone in the plan's order, their cities, and the codes of places where a person can work or live.

Not here: figures about them (`sim/data`) and distances between them (`sim/evidence.py`).
"""
from typing import NamedTuple


class District(NamedTuple):
    id: str
    zh: str
    en: str
    city: str


DISTRICTS = (
    District("jiutai", "九台区", "Jiutai", "changchun"),
    District("shuangyang", "双阳区", "Shuangyang", "changchun"),
    District("changchun_new_area", "长春新区", "Changchun New Area", "changchun"),
    District("jingyue", "净月区", "Jingyue", "changchun"),
    District("food_zone", "中新食品区", "Sino-Singapore Food Zone", "jilin_city"),
    District("chuanying", "船营区", "Chuanying", "jilin_city"),
    District("changyi", "昌邑区", "Changyi", "jilin_city"),
    District("fengman", "丰满区", "Fengman", "jilin_city"),
    District("yongji", "永吉县", "Yongji", "jilin_city"),
)
DISTRICT_IDS = tuple(d.id for d in DISTRICTS)
CITIES = {"changchun": ("长春市", "Changchun"), "jilin_city": ("吉林市", "Jilin City")}

# Codes of a person's base (where the working year is spent) and residence (where the nights are).
HOME = 0                       # no work; lives with the household
VILLAGE = 1                    # the village of registration: farm and off-farm days
FIRST_DISTRICT = 2             # 2 + index in DISTRICTS: a job in that district
OUTSIDE = FIRST_DISTRICT + len(DISTRICTS)   # outside the zone
PLACE_COUNT = OUTSIDE + 1
