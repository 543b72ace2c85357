"""Scenario files: what is accepted, and for everything else the exact place and sentence in both languages."""

import pytest
from hypothesis import HealthCheck, given, settings as chosen, strategies as st

from sim import words
from sim.errors import Problem, ScenarioError
from sim.places import DISTRICT_IDS
from sim.run_options import read_households, read_seeds, read_years
from sim.scenario import load, shipped_ids

HEAD = "schema: 1\nid: my-plan\n"
STEP = HEAD + "levers:\n  homestead_withdrawal:\n    steps:\n      - {from: 2021, districts: all, %s}\n"
SWITCH = HEAD + "levers:\n  combined_exit:\n    steps:\n      - {from: 2021, districts: all, %s}\n"


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.delenv("RONGHE_LANG", raising=False)
    words.use_language("en")
    yield
    words.use_language(None)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A working folder, and a way to write a file into it."""
    monkeypatch.chdir(tmp_path)

    def write(text, name="plan.yaml"):
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
        return name

    return write


def problems(name, settings=()) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as caught:
        load(name, settings)
    return caught.value.problems


def the_problem(name, settings=()) -> Problem:
    found = problems(name, settings)
    assert len(found) == 1, [str(one) for one in found]
    return found[0]


# Each: text, code, line:column, English, Chinese.
BAD = [
    (
        STEP.replace("homestead_withdrawal", "homestead_withdrawl") % "preset: plan",
        "unknown-lever 4:3",
        "there is no lever called 'homestead_withdrawl'. Did you mean homestead_withdrawal?",
        "没有名为“homestead_withdrawl”的政策工具。 是否想写 homestead_withdrawal？",
    ),
    (
        STEP.replace("all", "jiutia") % "preset: plan",
        "unknown-district 6:33",
        "there is no district called 'jiutia'. Did you mean jiutai?",
        "没有名为“jiutia”的县区。 是否想写 jiutai？",
    ),
    (
        STEP % "compensation_yuan_m2: 100",
        "unknown-parameter 6:38",
        "there is no parameter called 'compensation_yuan_m2'. Did you mean compensation_yuan_per_m2?",
        "没有名为“compensation_yuan_m2”的参数。 是否想写 compensation_yuan_per_m2？",
    ),
    (
        SWITCH % "allowed: no",
        "not-a-switch 6:47",
        "allowed is a switch and cannot be 'no'. Write true or false.",
        "allowed 是开关，不能写“no”。 请写 true 或 false。",
    ),
    (
        STEP % "grant_percent: .nan",
        "not-finite 6:53",
        "'.nan' is not a finite number. It should be 0 to 100 percent.",
        "“.nan”不是有限的数。 应为 0 至 100 percent。",
    ),
    (
        STEP % "grant_percent: -inf",
        "not-finite 6:53",
        "'-inf' is not a finite number. It should be 0 to 100 percent.",
        "“-inf”不是有限的数。 应为 0 至 100 percent。",
    ),
    (
        STEP % "grant_percent: 1e400",
        "not-finite 6:53",
        "'1e400' is not a finite number. It should be 0 to 100 percent.",
        "“1e400”不是有限的数。 应为 0 至 100 percent。",
    ),
    (
        STEP % "grant_percent: true",
        "not-a-number 6:53",
        "'true' is a switch, and a number is wanted here. It should be 0 to 100 percent.",
        "“true”是开关值，这里应写数。 应为 0 至 100 percent。",
    ),
    (
        STEP % "grant_percent: 30%",
        "not-a-number 6:53",
        "'30%' is not a number. Percentages are written without the sign: 30.",
        "“30%”不是数。 百分比不写百分号：30。",
    ),
    (
        STEP % "qualification_compensation_yuan: 5万",
        "not-a-number 6:71",
        "'5万' is not a number. Write 50000.",
        "“5万”不是数。 请写 50000。",
    ),
    (
        STEP % "grant_percent: ４０",
        "not-a-number 6:53",
        "'４０' is not a number. Write 40.",
        "“４０”不是数。 请写 40。",
    ),
    (
        STEP % "grant_percent: 012",
        "not-a-number 6:53",
        "'012' is not a number. Write 12.",
        "“012”不是数。 请写 12。",
    ),
    (
        STEP % "grant_percent: '40'",
        "not-a-number 6:53",
        "'40' stands in quotes: a text, not a number. Remove the quotes.",
        "“40”带引号，是文字，不是数。 请去掉引号。",
    ),
    (
        STEP % "grant_percent: ",
        "not-a-number 6:52",
        "no value is written here. It should be 0 to 100 percent.",
        "这里没有写值。 应为 0 至 100 percent。",
    ),
    (
        STEP % "grant_percent: [1]",
        "not-a-number 6:53",
        "levers.homestead_withdrawal.steps[0].grant_percent should be a number. It should be 0 to 100 percent.",
        "levers.homestead_withdrawal.steps[0].grant_percent 应是一个数。 应为 0 至 100 percent。",
    ),
    (
        STEP % "compensation_yuan_per_m2: 451",
        "out-of-range 6:64",
        "compensation_yuan_per_m2 = 451 is out of range (compensation for the plot). Allowed: 0 to 450 yuan/m2.",
        "compensation_yuan_per_m2 = 451 超出范围（宅基地补偿单价）。 允许 0 至 450 yuan/m2。",
    ),
    (
        (STEP % "cooling_off_years: 1.5").replace("homestead_withdrawal", "voluntariness"),
        "not-whole 6:57",
        "1.5 is not a whole number. Write a whole number.",
        "1.5 不是整数。 请写整数。",
    ),
    (
        STEP % "until: 2020, preset: plan",
        "from-after-until 6:45",
        "from 2021 is after until 2020. until is the last year that counts; it cannot be before from.",
        "from 2021 晚于 until 2020。 until 是最后有效的一年，不能早于 from。",
    ),
    (
        STEP % "ramp_years: 3",
        "empty-step 6:9",
        "this step sets nothing. Write preset: plan or at least one of: villages_with_offer_percent, compensation_yuan_per_m2,"
        " house_compensation_yuan_per_m2, qualification_compensation_yuan, households_per_project, grant_percent.",
        "这一步没有设定任何参数。 请写 preset: plan，或至少一个参数：villages_with_offer_percent, compensation_yuan_per_m2,"
        " house_compensation_yuan_per_m2, qualification_compensation_yuan, households_per_project, grant_percent。",
    ),
    (
        SWITCH % "ramp_years: 3, allowed: true",
        "ramp-of-switch 6:50",
        "switches and whole years cannot be phased in. Remove ramp_years.",
        "开关和整年数不能逐年过渡。 请删去 ramp_years。",
    ),
    (
        STEP % "preset: best",
        "wrong-type 6:46",
        "preset can only be plan. Write preset: plan, or remove it.",
        "preset 只能写 plan。 请写 preset: plan，或删去这一项。",
    ),
    (
        STEP.replace("2021", "2051") % "preset: plan",
        "year-outside 6:16",
        "the year 2051 is not between 2019 and 2050. Write a year within.",
        "2051 年不在 2019 至 2050 之间。 请写其间的年份。",
    ),
    (
        STEP.replace("2021", "2040") % "preset: plan",
        "year-outside 6:9",
        "homestead_withdrawal: the year 2040 is after the last year 2035. Extend horizon.end, or change the year.",
        "homestead_withdrawal 的年份 2040 晚于最后一年 2035。 请延长 horizon.end，或改这一年。",
    ),
    (
        STEP.replace("from: 2021, ", "") % "preset: plan",
        "missing 6:9",
        "'from' is missing. Write the first year, such as from: 2021.",
        "缺少“from”。 请写从哪一年起，例如 from: 2021。",
    ),
    (
        STEP.replace(" districts: all,", "") % "preset: plan",
        "missing 6:9",
        "'districts' is missing. Write districts: all, a city or a list of districts.",
        "缺少“districts”。 请写 districts: all、城市或县区列表。",
    ),
    (
        STEP.replace("all", "[]") % "preset: plan",
        "unknown-district 6:33",
        "the list of districts is empty. Write districts: all, a city or a list of districts.",
        "县区列表是空的。 请写 districts: all、城市或县区列表。",
    ),
    (
        HEAD + "horizon: {start: 2020}\n",
        "year-outside 3:18",
        "a simulation cannot start in 2020. For now it starts in 2019.",
        "模拟不能从 2020 年开始。 目前只能从 2019 年开始。",
    ),
    (
        HEAD + "horizon: {end: 2030, report: [2025, 2035]}\n",
        "year-outside 3:37",
        "the report year 2035 is after the last year 2030. Extend horizon.end, or remove the year.",
        "报告年份 2035 晚于最后一年 2030。 请延长 horizon.end，或删去这一年。",
    ),
    (
        HEAD + "extends: four-instrument\n",
        "unknown-parent 3:10",
        "there is no scenario 'four-instrument' to extend. Did you mean four-instruments?",
        "没有名为“four-instrument”的情景可继承。 是否想写 four-instruments？",
    ),
    (
        HEAD + "off: [combined_exit]\n",
        "off-not-inherited 3:7",
        "combined_exit is not inherited, so there is nothing to switch off. Remove it from off.",
        "combined_exit 没有被继承，无从关闭。 请从 off 中删去。",
    ),
    (
        SWITCH % "preset: plan" + "off: [combined_exit]\n",
        "off-and-set 7:7",
        "combined_exit is switched off and set in the same file. Keep one of the two.",
        "combined_exit 既列在 off，又在本文件中设定。 请保留其一。",
    ),
    (
        "schema: 1\nid: 我的方案\n",
        "bad-id 2:5",
        "'我的方案' cannot be the id of a scenario. Use ASCII letters, digits and hyphens, such as my-plan.",
        "“我的方案”不能作情景标识。 请只用英文字母、数字和连字符，例如 my-plan。",
    ),
    (
        "schema: 1\nid: baseline\n",
        "shipped-id 2:5",
        "the id 'baseline' belongs to a shipped scenario. Choose another one, such as my-baseline.",
        "标识“baseline”属于内置情景。 请换一个，例如 my-baseline。",
    ),
    (
        "schema: 2\nid: my-plan\n",
        "schema-version 1:9",
        "schema is '2', which this version does not know. Write schema: 1.",
        "schema 是“2”，本版本不认识。 请写 schema: 1。",
    ),
    ("id: my-plan\n", "missing 1:1", "'schema' is missing. Write schema: 1.", "缺少“schema”。 请写 schema: 1。"),
    (
        "schema: 1\n",
        "missing 1:1",
        "'id' is missing. Write id: and a short ASCII name, such as id: my-plan.",
        "缺少“id”。 请写 id: 加一个英文短名，例如 id: my-plan。",
    ),
    (
        HEAD + "delivery: {rate_percent_per_year: 0}\n",
        "out-of-range 3:35",
        "rate_percent_per_year = 0 is out of range (speed at which orders reach the ground). Allowed: 1 to 100 percent.",
        "rate_percent_per_year = 0 超出范围（政策落地速度）。 允许 1 至 100 percent。",
    ),
    (
        HEAD + "assumptions: {migration_elastisity: 2}\n",
        "unknown-assumption 3:15",
        "there is no assumption called 'migration_elastisity'. Did you mean migration_elasticity?",
        "没有名为“migration_elastisity”的行为假设。 是否想写 migration_elasticity？",
    ),
    (
        HEAD + "run: {households: 3}\n",
        "bad-option 3:19",
        "households cannot be '3'. Write all, or a whole number from 500 on.",
        "households 不能是“3”。 请写 all，或不小于 500 的整数。",
    ),
    (
        HEAD + "run: {seeds: many}\n",
        "bad-option 3:14",
        "seeds cannot be 'many'. 8 means 1 to 8, '8,' the one seed 8, and 1,2,5-9 these.",
        "seeds 不能是“many”。 8 表示 1 至 8，“8,” 表示第 8 号，也可写 1,2,5-9。",
    ),
    (
        HEAD + "levers: {combined_exit: {}}\n",
        "wrong-type 3:10",
        "combined_exit needs either steps or steps_append. steps replaces inherited steps, steps_append adds to them.",
        "combined_exit 应写 steps 或 steps_append 之一。 steps 取代继承的步骤，steps_append 在其后追加。",
    ),
    (
        HEAD + "levers: [combined_exit]\n",
        "wrong-type 3:9",
        "levers should be fields with values. Write them indented, one per line.",
        "levers 应是“字段: 值”的形式。 请逐行缩进写出字段。",
    ),
    (
        HEAD + "off: combined_exit\n",
        "wrong-type 3:6",
        "off should be a list. Write [a, b], or lines that begin with '- '.",
        "off 应是列表。 请写成 [甲, 乙] 或逐行以“- ”开头。",
    ),
    (HEAD + "title: {zh: [甲]}\n", "wrong-type 3:13", "title.zh should be a text.", "title.zh 应是一段文字。"),
    # YAML itself
    (
        "schema: 1\nid：my-plan\n",
        "full-width-colon 2:3",
        "a full-width colon '：' stands here. Write a plain colon and a space: ': '.",
        "这里用了全角冒号“：”。 请用半角冒号加空格“: ”。",
    ),
    (
        HEAD + "levers:\n  combined_exit：\n    steps: []\n",
        "full-width-colon 4:16",
        "a full-width colon '：' stands here. Write a plain colon and a space: ': '.",
        "这里用了全角冒号“：”。 请用半角冒号加空格“: ”。",
    ),
    (
        HEAD + "levers:\n\tcombined_exit: {}\n",
        "tab 4:1",
        "a tab is used for indentation. Use spaces.",
        "缩进用了制表符（Tab）。 请改用空格。",
    ),
    (
        HEAD + "horizon: {end: 2030\noff: []\n",
        "unclosed 3:10",
        "this '{' is never closed. Add the missing '}'.",
        "这个“{”没有闭合。 请补上“}”。",
    ),
    (
        HEAD + "title: {zh: '甲}\n",
        "unclosed 3:13",
        "this ''' is never closed. Add the missing '''.",
        "这个“'”没有闭合。 请补上“'”。",
    ),
    (
        HEAD + "title: @x\n",
        "yaml-syntax 3:8",
        "the YAML cannot be read at '@'. Check indentation, colons and quotes in this line and the one above.",
        "YAML 在“@”处读不下去。 请检查这一行及上一行的缩进、冒号和引号。",
    ),
    (
        HEAD + "id: other\n",
        "duplicate-key 3:1",
        "'id' stands twice: in line 2 and in line 3. Keep one of them.",
        "“id”写了两次：第 2 行和第 3 行。 请保留一处。",
    ),
    ("", "empty 0:0", "the file is empty. Start from an example that `ronghe init` writes.", "文件是空的。 可从 ronghe init 生成的示例开始。"),
    (
        "- schema: 1\n",
        "not-a-map 1:1",
        "the top of the file is a list. Write fields there: schema:, id:, levers: ...",
        "文件顶层是列表。 应为 schema:、id:、levers: 等字段。",
    ),
    (
        "hello\n",
        "not-a-map 1:1",
        "the top of the file is plain text. Write fields there: schema:, id:, levers: ...",
        "文件顶层是一段文字。 应为 schema:、id:、levers: 等字段。",
    ),
    (
        HEAD + "title: {zh: !!python/object:os.system x}\n",
        "foreign-tag 3:13",
        "the tag '!!python/object:os.system' is not read here. Remove the tag and write the plain value.",
        "这里不支持标签“!!python/object:os.system”。 请删去标签，只写数值。",
    ),
    (
        HEAD + "title: {zh: &a 甲, en: *a}\n",
        "alias 3:13",
        "anchors and aliases (& and *) are not read here. Write the value out.",
        "这里不支持锚点和别名（& 与 *）。 请直接写出数值。",
    ),
    (HEAD + "title: {zh: *a}\n", "alias 3:13", "anchors and aliases (& and *) are not read here. Write the value out.", None),
    (
        HEAD + "---\nschema: 1\n",
        "documents 3:1",
        "a second document (---) begins here. Write one scenario per file.",
        "文件里有第二个文档（---）。 一个文件只写一个情景。",
    ),
    (
        HEAD + "title: {zh: \x07}\n",
        "character 3:13",
        "the file holds the invisible control character U+0007. Remove it.",
        "文件中有不可见的控制字符 U+0007。 请删去它。",
    ),
    (HEAD + "? [a]\n: 1\n", "not-a-name 3:3", "the name of a field is not plain text. Write a plain name.", "字段名不是文字。 字段名请写成文字。"),
    (
        HEAD + "off: " + "[" * 30 + "]" * 30 + "\n",
        "too-deep 3:26",
        "the file is nested too deeply. A scenario has at most six levels.",
        "嵌套层数过多。 情景文件不超过六层。",
    ),
    (
        (HEAD + "title: {zh: 甲乙丙丁, en: x}\n").encode("gbk"),
        "not-utf8 3:13",
        "the file is written in GBK, not in UTF-8. Save it as UTF-8 in your editor.",
        "文件编码是 GBK，不是 UTF-8。 请在编辑器中另存为 UTF-8。",
    ),
    (
        b"\xff\xfes\x00",
        "not-utf8 1:1",
        "the file is written in UTF-16, not in UTF-8. Save it as UTF-8 in your editor.",
        "文件编码是 UTF-16，不是 UTF-8。 请在编辑器中另存为 UTF-8。",
    ),
    (b"id: \xff\xff\n", "not-utf8 1:5", "the file is not UTF-8 text. Save it as UTF-8 in your editor.", "文件不是 UTF-8 文本。 请在编辑器中另存为 UTF-8。"),
    (
        "# " + "x" * 1_100_000,
        "too-large 0:0",
        "the file has 1.1 MB, which is too much. A scenario file is smaller than 1 MB.",
        "文件有 1.1 MB，过大。 情景文件应小于 1 MB。",
    ),
]


@pytest.mark.parametrize(("text", "place", "english", "chinese"), BAD, ids=[f"{i}-{row[1].split()[0]}" for i, row in enumerate(BAD)])
def test_bad_file(here, text, place, english, chinese):
    name = here(text)
    one = the_problem(name)
    assert f"{one.code} {one.line}:{one.column}" == place
    where = f"plan.yaml:{one.line}:{one.column}" if one.line else "plan.yaml"
    assert str(one) == f"{where}: {english}"
    if chinese:
        words.use_language("zh")
        assert str(the_problem(name)) == f"{where}: {chinese}"


def test_all_problems_at_once_in_the_order_of_the_file(here):
    name = here(STEP % "grant_percent: 30%, households_per_project: 1" + "off: [nothing]\nextra: 1\n")
    assert [(one.line, one.code) for one in problems(name)] == [
        (6, "not-a-number"), (6, "out-of-range"), (7, "unknown-lever"), (8, "unknown-key"),
    ]  # fmt: skip


def test_alias_bomb_is_refused_without_growing(here):
    lines = ["a: &a [x]"] + [f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]" for i in range(12)]
    assert {one.code for one in problems(here("\n".join(lines) + "\n"))} >= {"alias"}


@chosen(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=8), st.integers(0, 200), st.integers(0, 20))
def test_whatever_stands_in_a_file_is_a_scenario_or_a_problem_with_a_place(here, inserted, at, removed):
    text = (STEP % "until: 2025, grant_percent: 60").encode()
    try:
        load(here(text[:at] + inserted + text[at + removed :]))
    except ScenarioError as error:
        assert error.problems and all(one.message for one in error.problems)


def test_missing_file_names_the_nearest_shipped_scenario(here):
    assert str(the_problem("baselin")) == "baselin: neither a shipped scenario nor a file that exists. Did you mean baseline?"


def test_cycle_prints_the_chain(here):
    here("schema: 1\nid: a\nextends: b.yaml\n", "a.yaml")
    here("schema: 1\nid: b\nextends: c.yaml\n", "b.yaml")
    here("schema: 1\nid: c\nextends: a.yaml\n", "c.yaml")
    assert str(the_problem("a.yaml")) == (
        "c.yaml:3:10: scenarios extend each other in a circle: a.yaml -> b.yaml -> c.yaml -> a.yaml. Remove one of these extends."
    )


def test_a_problem_in_a_parent_is_reported_with_its_file(here):
    here(STEP % "grant_percent: 101", "parent.yaml")
    here("schema: 1\nid: child\nextends: parent.yaml\n", "child.yaml")
    assert the_problem("child.yaml").place == "parent.yaml:6:53"


OVERLAP = HEAD + "levers:\n  homestead_withdrawal:\n    steps:\n      - {%s, grant_percent: 60}\n      - {%s, grant_percent: 70}\n"


def test_same_parameter_district_and_year_twice(here):
    name = here(OVERLAP % ("from: 2021, districts: all", "from: 2021, districts: [永吉县]"))
    assert str(the_problem(name)) == (
        "plan.yaml:7:9: homestead_withdrawal.grant_percent is set for 2021 in yongji by plan.yaml:6 already."
        " Keep one, or change the year or the districts."
    )


def test_step_inside_another(here):
    name = here(OVERLAP % ("from: 2021, until: 2025, districts: all", "from: 2025, districts: changchun"))
    assert str(the_problem(name)) == (
        "plan.yaml:7:9: homestead_withdrawal.grant_percent in jiutai overlaps the step of plan.yaml:6 (2021-2025)."
        " A step begins after the until of the other."
    )
    load(here(OVERLAP % ("from: 2021, until: 2025, districts: all", "from: 2026, districts: all")))
    load(here(OVERLAP % ("from: 2021, until: 2025, districts: changchun", "from: 2022, districts: jilin_city")))


def test_bom_and_windows_line_ends_are_read(here):
    text = (STEP % "grant_percent: 60").replace("\n", "\r\n").encode("utf-8-sig")
    assert load(here(text)).levers["homestead_withdrawal"][0].values == {"grant_percent": 60.0}


def test_shipped_scenarios():
    assert shipped_ids() == (
        "baseline", "collateral-loans", "combined-exit", "four-instruments", "homestead-withdrawal", "keep-rights-without-land",
    )  # fmt: skip
    for name in shipped_ids():
        scenario = load(name)
        assert scenario.id == name and scenario.warnings == () and scenario.title["zh"] and scenario.title["en"]
        assert (scenario.horizon.start, scenario.horizon.end, scenario.horizon.report) == (2019, 2035, (2025, 2035))
        assert all(step.first == 2021 and step.districts == DISTRICT_IDS for steps in scenario.levers.values() for step in steps)
        assert (name == "baseline") == (not scenario.levers) and ("three_rights_separation" in scenario.levers) == (name != "baseline")
    assert len(load("four-instruments").levers) == 6


def test_districts_by_name_city_and_list(here):
    def districts(written):
        return load(here(STEP.replace("all", written) % "grant_percent: 60")).levers["homestead_withdrawal"][0].districts

    assert districts("all") == DISTRICT_IDS
    assert districts("changchun") == districts("长春市") == DISTRICT_IDS[:4]
    assert districts("[永吉县, jiutai]") == ("jiutai", "yongji")
    assert districts("净月高新技术产业开发区") == ("jingyue",)


def test_inheritance(here):
    here(STEP % "grant_percent: 60" + "title: {zh: 甲, en: A}\nhorizon: {end: 2040}\nassumptions: {discount: 0.06}\n", "a.yaml")
    here(HEAD.replace("my-plan", "b") + "extends: a.yaml\nhorizon: {report: [2030]}\nassumptions: {rent_growth: 0.02}\n"
         "levers: {homestead_withdrawal: {steps_append: [{from: 2026, districts: all, grant_percent: 70}]}}\n", "b.yaml")  # fmt: skip
    scenario = load("b.yaml")
    assert scenario.title == {"zh": "b", "en": "b"}
    assert load(here(HEAD + "title: {zh: 甲}\n")).title == {"zh": "甲", "en": "甲"}
    assert (scenario.horizon.end, scenario.horizon.report) == (2040, (2030,))
    assert scenario.assumptions == {"discount": 0.06, "rent_growth": 0.02}
    assert [(step.first, step.values, step.origin) for step in scenario.levers["homestead_withdrawal"]] == [
        (2021, {"grant_percent": 60.0}, "a.yaml:6"),
        (2026, {"grant_percent": 70.0}, "b.yaml:6"),
    ]
    assert scenario.origins["horizon.end"] == "a.yaml:8" and scenario.origins["horizon.report"] == "b.yaml:4"
    here("schema: 1\nid: c\nextends: [b.yaml, four-instruments]\noff: [collateral_loans]\n", "c.yaml")
    scenario = load("c.yaml")
    assert [step.preset for step in scenario.levers["homestead_withdrawal"]] == [True], "steps of the last parent replace"
    assert "collateral_loans" not in scenario.levers and scenario.off == ("collateral_loans",)
    assert load(here("schema: 1\nid: d\nextends: c.yaml\n", "d.yaml")).off == ("collateral_loans",)


def test_an_inherited_step_after_the_last_year_is_a_warning(here):
    here(STEP.replace("2021", "2030") % "grant_percent: 60", "a.yaml")
    scenario = load(here("schema: 1\nid: b\nextends: a.yaml\nhorizon: {end: 2025}\n", "b.yaml"))
    assert [one.code for one in scenario.warnings] == ["year-outside"]
    assert scenario.horizon.report == (2025,)


def test_law_and_needed_reform_are_warnings(here):
    text = HEAD + "levers: {keep_rights_without_land: {steps: [{from: 2020, districts: all, allowed: true}]}}\n"
    early, lonely = load(here(text)).warnings
    assert str(early) == (
        "plan.yaml:3:45: Keeping the right without the land: not authorised in 2020 (needs the state's authorisation of the separated"
        " homestead rights first). It is from 2021 on; see 三(一)1 “探索采取“留权不留地”方式保留进城农民宅基地资格权”."
    )
    assert str(lonely) == (
        "plan.yaml:3:45: Keeping the right without the land: allowed has no effect without “Separation of the three homestead rights”."
        " Set three_rights_separation: separated: true as well."
    )


def test_options_of_a_file(here):
    scenario = load(here(HEAD + "run: {households: all, seeds: '1,2,5-9', population_seed: 3}\ndelivery: {rate_percent_per_year: 30}\n"))
    assert scenario.run.households == "all" and scenario.run.seeds == (1, 2, 5, 6, 7, 8, 9) and scenario.run.population_seed == 3
    assert scenario.run.given == ("households", "seeds", "population_seed") and scenario.delivery_rate == 30.0
    assert load("baseline").run.households == 60_000 and load("baseline").run.seeds == tuple(range(1, 9))


def test_ending_elsewhere():
    assert load("baseline").ending(2030).horizon.report == (2025,)
    assert load("baseline").ending(2021).horizon.report == (2021,)


# --set


def lever(settings, name="homestead_withdrawal", source="baseline"):
    return [(step.first, step.districts, step.values) for step in load(source, settings).levers[name]]


def test_set_on_a_lever_without_steps_begins_in_2021_everywhere():
    assert lever(["homestead_withdrawal.grant_percent=60"]) == [(2021, DISTRICT_IDS, {"grant_percent": 60.0})]


def test_set_replaces_in_every_step_that_names_it(here):
    name = here(HEAD + "levers: {homestead_withdrawal: {steps: [{from: 2021, districts: all, grant_percent: 60},"
                " {from: 2026, until: 2028, districts: jiutai, compensation_yuan_per_m2: 200},"
                " {from: 2030, districts: all, grant_percent: 70}]}}\n")  # fmt: skip
    values = [step[2] for step in lever(["homestead_withdrawal.grant_percent=80"], source=name)]
    assert values == [{"grant_percent": 80.0}, {"compensation_yuan_per_m2": 200.0}, {"grant_percent": 80.0}]
    values = [step[2]["households_per_project"] for step in lever(["homestead_withdrawal.households_per_project=30"], source=name)]
    assert values == [30.0, 30.0, 30.0]


def test_set_with_year_and_districts_adds_a_step_and_beats_the_file():
    found = lever(["homestead_withdrawal.grant_percent@2026:jiutai,永吉县=80"], source="homestead-withdrawal")
    assert found[1] == (2026, ("jiutai", "yongji"), {"grant_percent": 80.0}) and len(found) == 2
    assert lever(["homestead_withdrawal.grant_percent@2021=80"], source="homestead-withdrawal")[-1][2] == {"grant_percent": 80.0}


def test_set_other_things(here):
    scenario = load("baseline", ["assumptions.migration_elasticity=2", "delivery.rate_percent_per_year=30", "combined_exit.allowed=true"])
    assert scenario.assumptions == {"migration_elasticity": 2.0} and scenario.delivery_rate == 30.0
    assert scenario.levers["combined_exit"][0].values == {"allowed": True}
    assert scenario.origins["assumptions.migration_elasticity"] == "--set assumptions.migration_elasticity=2"


@pytest.mark.parametrize(("setting", "message"), [
    ("grant=3", "this setting cannot be read. Write LEVER.PARAM=VALUE, LEVER.PARAM@2026:jiutai,yongji=VALUE or assumptions.NAME=VALUE."),
    ("combined.allowed=true", "there is no lever called 'combined'. Did you mean combined_exit?"),
    ("combined_exit.allow=true", "there is no parameter called 'allow'. Did you mean allowed?"),
    ("combined_exit.allowed=1", "allowed is a switch and cannot be '1'. Write true or false."),
    (
        "combined_exit.bonus_percent=31",
        "bonus_percent = 31 is out of range (addition where two or more rights go together). Allowed: 0 to 30 percent.",
    ),
    ("combined_exit.bonus_percent@2060=3", "the year 2060 is not between 2019 and 2050. Write a year within."),
    ("combined_exit.bonus_percent@2026:jiutia=3", "there is no district called 'jiutia'. Did you mean jiutai?"),
    ("delivery.rate=3", "there is no field called 'rate'. Did you mean rate_percent_per_year?"),
    ("delivery.rate_percent_per_year@2026=3", "delivery does not vary by year or district. Write delivery.rate_percent_per_year=VALUE."),
    (
        "assumptions.discount=0.09",
        "discount = 0.09 is out of range (mean real discount rate of households). Allowed: 0.04 to 0.08 share/year.",
    ),
    ("assumptions.migration=2", "there is no assumption called 'migration'. Did you mean migration_elasticity?"),
])  # fmt: skip
def test_bad_setting(setting, message):
    assert str(the_problem("baseline", [setting])) == f"--set {setting}: {message}"


# options of the command line


def test_seeds_households_years():
    assert read_seeds("8") == tuple(range(1, 9)) and read_seeds("8,") == (8,) and read_seeds("1,2,5-9") == (1, 2, 5, 6, 7, 8, 9)
    assert [read_seeds(text) for text in ("0", "", ",", "9-5", "1;2", "-3", "99999")] == [None] * 7
    assert read_households("all") == "all" and read_households("20000") == 20_000
    assert [read_households(text) for text in ("499", "2e4", "-1", "ALL")] == [None] * 4
    assert read_years("2019-2035") == (2019, 2035)
    assert [read_years(text) for text in ("2020-2035", "2019-2051", "2035", "2019-2018")] == [None] * 4
