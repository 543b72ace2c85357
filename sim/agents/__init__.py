"""The model's agents as Mesa sees them: households and persons as views of rows, institutions as agents of their own.

Not here: what anybody decides (`sim/kernels`, `sim/markets`, `sim/schedule.py`).
"""
