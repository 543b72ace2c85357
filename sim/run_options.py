"""The grammar of `--households`, `--seeds` and `--years`, shared by scenario files and the command line.

Each reader returns None where the text cannot be read; the caller says so in its own words. Not here: numbers of threads.
"""

import re

DEFAULT_HOUSEHOLDS = 60_000
DEFAULT_SEEDS = tuple(range(1, 9))
DEFAULT_POPULATION_SEED = 1
SMALLEST_ZONE = 500  # fewer households leave districts without a village
MOST_SEEDS = 10_000
FIRST_YEAR, LAST_YEAR = 2019, 2050


def read_households(text) -> int | str | None:
    """`all`, or a number of households from 500 on."""
    text = str(text).strip()
    if text == "all":
        return text
    return int(text) if re.fullmatch("[1-9][0-9]{2,7}", text) and int(text) >= SMALLEST_ZONE else None


def read_seeds(text) -> tuple[int, ...] | None:
    """`8` means 1 to 8, `8,` the one seed 8, `1,2,5-9` these; sorted and without repetition."""
    text = str(text).replace(" ", "")
    if re.fullmatch("[1-9][0-9]{0,4}", text):
        return tuple(range(1, int(text) + 1)) if int(text) <= MOST_SEEDS else None
    parts = [part for part in text.split(",") if part]
    if "," not in text and "-" not in text or not parts:
        return None
    seeds: set[int] = set()
    asked = 0
    for part in parts:
        found = re.fullmatch(r"([0-9]{1,9})(?:-([0-9]{1,9}))?", part)
        if not found:
            return None
        first, last = int(found[1]), int(found[2] or found[1])
        asked += last - first + 1
        if first > last or asked > MOST_SEEDS:
            return None
        seeds.update(range(first, last + 1))
    return tuple(sorted(seeds))


def read_years(text) -> tuple[int, int] | None:
    """`2019-2035`: first and last year; the first is 2019."""
    found = re.fullmatch(r"\s*([0-9]{4})\s*-\s*([0-9]{4})\s*", str(text))
    if not found:
        return None
    first, last = int(found[1]), int(found[2])
    return (first, last) if first == FIRST_YEAR <= last <= LAST_YEAR else None
