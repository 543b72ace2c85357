"""What stands around the households and decides once a year for its sector: firms, the bank, governments, collectives, trade with outside.

One file each; every function takes the State, reads the year's totals and published figures, pays through the books and keeps its own memory there.
Not here: when they act (`sim/schedule.py`), what clears (`sim/markets`), who they are to a Mesa user (`sim/agents`).
"""
