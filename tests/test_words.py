"""Words that are declared beside the catalogue: no parameter of behaviour and no unit that a user meets is left without Chinese."""

import re

from sim.behaviour import PARAMETERS
from sim.places import DISTRICTS
from sim.policies.catalogue import foreign, levers
from sim.words import CATALOGUE, assumption_words, district_names, source_words, unit_word
from sim.words.assumptions import CHINESE
from sim.words.sources import CHINESE as SOURCES


def test_every_parameter_of_behaviour_has_words_in_both_languages():
    assert set(CHINESE) == {parameter.name for parameter in PARAMETERS}
    assert all(re.search("[一-鿿]", text) for text in CHINESE.values())
    assert len(set(CHINESE.values())) == len(CHINESE), "two parameters read the same"
    for parameter in PARAMETERS:
        assert assumption_words(parameter, "zh") == CHINESE[parameter.name] and assumption_words(parameter, "en") == parameter.sentence


def test_every_declared_unit_has_words():
    units = {p.unit for p in PARAMETERS} | {p.unit for lever in levers().values() for p in lever.parameters}
    assert {unit for unit in units if unit and f"unit.{unit}" not in CATALOGUE} == set()
    assert unit_word("yuan/m2", "zh") == "元/平方米" and unit_word("strange", "zh") == "strange"


def test_every_source_of_a_lever_reads_in_chinese():
    used = {p.source for lever in levers().values() if lever.id not in {one.id for one in foreign()} for p in lever.parameters}
    plain = {source for source in used if not re.search("[a-z]{3}", source)}
    assert used - plain == set(SOURCES) and all(re.search("[一-鿿]", text) for text in SOURCES.values())
    assert all(source_words(source, "en") == source and source_words(source, "zh") == SOURCES.get(source, source) for source in used)


def test_districts_in_words():
    every = [unit.id for unit in DISTRICTS]
    for language, zone, rest, few in (("zh", "全试验区", "除九台区外", "九台区、永吉县"), ("en", "whole zone", "all but Jiutai", "Jiutai, Yongji")):
        assert district_names(every, language) == zone and district_names(every[1:], language) == rest
        assert district_names(["yongji", "jiutai"], language) == few
