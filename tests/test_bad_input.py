"""Bad input, item by item: the whole sentence in both languages, the exit code, and that nothing is left half-written.

The files with one problem each stand in tests/bad_files.py; noise and accidents in tests/test_fuzz.py.
"""

import errno
import json
import os
import shutil
import sys
from types import SimpleNamespace

import fake_cells
import pytest
from bad_files import FILES, HEAD, STEP

from sim import cells, data_files, evidence, identity, scenario_text
from sim.cli import main
from sim.errors import DataError, InstallError
from sim.report import fonts
from sim.scenario import load
from sim.study import ensemble

LANGUAGES = ("en", "zh")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path.parent / f"{tmp_path.name}-cache"))
    return tmp_path


@pytest.fixture
def ronghe(capsys):
    """Run a command line: (exit code, stdout, stderr)."""

    def run(*line):
        code = main([str(word) for word in line])
        return (code, *capsys.readouterr())

    return run


def write(name, text):
    with open(name, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode("utf-8"))


# ---------------------------------------------------------------------------------------------------- one problem each
@pytest.mark.parametrize(("text", "place", "english", "chinese"), [row[1:] for row in FILES], ids=[row[0] for row in FILES])
def test_the_sentence_about_a_file(ronghe, here, text, place, english, chinese):
    write("plan.yaml", text)
    code, where = place.split()
    line, column = map(int, where.split(":"))
    start = f"plan.yaml:{where}: " if line else "plan.yaml: "
    for language, sentence in zip(LANGUAGES, (english, chinese), strict=True):
        counted = {"en": "plan.yaml: problems found: 1", "zh": "plan.yaml: 1 个问题"}[language]
        assert ronghe("validate", "plan.yaml", "--lang", language) == (3, f"{start}{sentence}\n{counted}\n", "")
    [found] = json.loads(ronghe("validate", "plan.yaml", "--json", "--lang", "en")[1])["files"][0]["errors"]
    assert (found["code"], found["line"] or 0, found["column"] or 0) == (code, line, column) and found["hint"]
    assert ronghe("run", "plan.yaml", "--dry-run", "--lang", "en") == (3, "", f"{start}{english}\n")
    assert [path.name for path in here.iterdir()] == ["plan.yaml"]


SETTINGS = [
    ("grant=3", "this setting cannot be read. Write LEVER.PARAM=VALUE, LEVER.PARAM@2026:jiutai,yongji=VALUE or assumptions.NAME=VALUE.",
     "无法理解这项设定。请写 LEVER.PARAM=值、LEVER.PARAM@2026:jiutai,yongji=值 或 assumptions.NAME=值。"),
    ("combined.allowed=true", "there is no lever called 'combined'. Did you mean combined_exit?", "没有名为“combined”的政策工具。是否想写 combined_exit？"),
    ("combined_exit.allow=true", "there is no parameter called 'allow'. Did you mean allowed?", "没有名为“allow”的参数。是否想写 allowed？"),
    ("combined_exit.allowed=yes", "allowed is a switch and cannot be 'yes'. Write true or false.", "allowed 是开关，不能写“yes”。请写 true 或 false。"),
    ("combined_exit.bonus_percent=5%", "'5%' is not a number. Percentages are written without the sign: 5.", "“5%”不是数。百分比不写百分号：5。"),
    ("combined_exit.bonus_percent=", "no value is written here. It should be 0 to 30 percent.", "这里没有写值。应为 0 至 30 %。"),
    ("combined_exit.bonus_percent=31", "bonus_percent = 31 is out of range (addition where two or more rights go together). Allowed: 0 to 30 percent.",
     "bonus_percent = 31 超出范围（组合退出奖励）。允许 0 至 30 %。"),
    ("combined_exit.bonus_percent@2060=3", "the year 2060 is not between 2019 and 2050. Write a year within.",
     "2060 年不在 2019 至 2050 之间。请写其间的年份。"),
    ("combined_exit.bonus_percent@2026:九台区、永吉县=3", "'九台区、永吉县' holds several districts. Write a list: [九台区, 永吉县].",
     "“九台区、永吉县”里有几个县区。请写成列表：[九台区, 永吉县]。"),
    ("combined_exit.bonus_percent@2026:jiutia=3", "there is no district called 'jiutia'. Did you mean jiutai?",
     "没有名为“jiutia”的县区。是否想写 九台区（jiutai）？"),
    ("delivery.rate=3", "there is no field called 'rate'. Did you mean rate_percent_per_year?", "没有名为“rate”的字段。是否想写 rate_percent_per_year？"),
    ("delivery.rate_percent_per_year@2026=3", "delivery does not vary by year or district. Write delivery.rate_percent_per_year=VALUE.",
     "delivery 不分年份和县区。请写 delivery.rate_percent_per_year=值。"),
    ("assumptions.migration=2", "there is no assumption called 'migration'. Did you mean migration_elasticity?",
     "没有名为“migration”的行为假设。是否想写 migration_elasticity？"),
]  # fmt: skip


@pytest.mark.parametrize(("setting", "english", "chinese"), SETTINGS, ids=[row[0] for row in SETTINGS])
def test_the_sentence_about_a_setting(ronghe, setting, english, chinese):
    for language, sentence in zip(LANGUAGES, (english, chinese), strict=True):
        assert ronghe("explain", "baseline", "--set", setting, "--lang", language) == (3, "", f"--set {setting}: {sentence}\n")


OPTIONS = [
    ("run baseline --households 400", "--households: households cannot be '400'. Write all, or a whole number from 500 on.",
     "--households: households 不能是“400”。请写 all，或不小于 500 的整数。"),
    ("run baseline --seeds 0", "--seeds: seeds cannot be '0'. 8 means 1 to 8, '8,' the one seed 8, and 1,2,5-9 these.",
     "--seeds: seeds 不能是“0”。8 表示 1 至 8，“8,” 表示第 8 号，也可写 1,2,5-9。"),
    ("run baseline --years 2019-2060", "--years: '2019-2060' is no range of years. Write 2019-2035; the first year is 2019, the last at most 2050.",
     "--years: “2019-2060”不是年份范围。请写 2019-2035；起始年是2019，最晚到2050。"),
    ("run baseline --snapshot 2055", "--snapshot: 2055 is outside the simulated years 2019-2035. Name simulated years, separated by commas.",
     "--snapshot: 2055 不在推演年份 2019-2035 之内。请写推演年份之内的年份，用逗号分开。"),
    ("compare baseline four-instruments --at soon", "--at: 'soon' is no list of years. Write 2025,2035.", "--at: “soon”不是年份。请写 2025,2035。"),
    ("explain baseline --at 2055", "--at: the year 2055 is not between 2019 and 2035. Write a year within.",
     "--at: 2055 年不在 2019 至 2035 之间。请写其间的年份。"),
    ("explain baseline --district jiutia", "--district: there is no district called 'jiutia'. Did you mean jiutai?",
     "--district: 没有名为“jiutia”的县区。是否想写 九台区（jiutai）？"),
    ("levers combined", "levers: there is no lever called 'combined'. Did you mean combined_exit?",
     "levers: 没有名为“combined”的政策工具。是否想写 combined_exit？"),
    ("dashboard --households all",
     "--households: live runs use a sample; all is none. Write 500 to 200000 households; the dashboard has a button for the whole zone.",
     "--households: 即时推演用样本，不能写 all。请写 500 到 200000 之间的户数；全区推演在看板里有按钮。"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "english", "chinese"), OPTIONS, ids=[row[0] for row in OPTIONS])
def test_the_sentence_about_an_option(ronghe, here, line, english, chinese):
    for language, sentence in zip(LANGUAGES, (english, chinese), strict=True):
        assert ronghe(*line.split(), "--lang", language) == (3, "", sentence + "\n")
    assert list(here.iterdir()) == []


def test_a_setting_with_more_problems_than_anyone_reads(ronghe):
    code, out, err = ronghe("explain", "baseline", "--set", f"combined_exit.bonus_percent@2026:{',x' * 300}=3", "--lang", "en")
    assert (code, out) == (3, "") and "100 problems are listed" in err


KNOWN = "baseline, collateral-loans, combined-exit, construction-land, four-instruments, homestead-withdrawal, keep-rights-without-land"
SOURCES = [
    ("baselin", "neither a shipped scenario nor a file that exists. Did you mean baseline?", "既不是内置情景，也找不到这个文件。是否想写 baseline？"),
    ("nothing.yaml", f"neither a shipped scenario nor a file that exists. Known: {KNOWN}.", f"既不是内置情景，也找不到这个文件。可用：{KNOWN}。"),
    ("folder.yaml", "this is a folder, not a file. Name a .yaml file in it.", "这是文件夹，不是文件。请写出其中的 .yaml 文件。"),
    ("plan.txt", "the name of a scenario file ends in .yaml. Rename it to plan.yaml.", "情景文件的名称应以 .yaml 结尾。请改名为 plan.yaml。"),
    ("round.yaml", f"neither a shipped scenario nor a file that exists. Known: {KNOWN}.", f"既不是内置情景，也找不到这个文件。可用：{KNOWN}。"),
    ("plan.txt/x.yaml", f"neither a shipped scenario nor a file that exists. Known: {KNOWN}.", f"既不是内置情景，也找不到这个文件。可用：{KNOWN}。"),
    ("x" * 290 + ".yaml", f"neither a shipped scenario nor a file that exists. Known: {KNOWN}.", f"既不是内置情景，也找不到这个文件。可用：{KNOWN}。"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "english", "chinese"), SOURCES, ids=[row[0][:20] for row in SOURCES])
def test_the_sentence_about_what_is_no_file(ronghe, here, source, english, chinese):
    (here / "folder.yaml").mkdir()
    (here / "plan.txt").write_text(HEAD)
    os.symlink("round.yaml", here / "round.yaml")
    for language, sentence in zip(LANGUAGES, (english, chinese), strict=True):
        assert ronghe("explain", source, "--lang", language) == (3, "", f"{source}: {sentence}\n")


def test_a_file_that_may_not_be_read(ronghe, here, monkeypatch):
    write("plan.yaml", HEAD)

    def refuse(path, *_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(scenario_text.Path, "open", refuse)
    said = "plan.yaml: the file cannot be read (Permission denied). Check the path and the permissions.\n"
    assert ronghe("explain", "plan.yaml", "--lang", "en") == (3, "", said)
    assert ronghe("explain", "plan.yaml", "--lang", "zh") == (3, "", "plan.yaml: 无法读取文件（Permission denied）。请检查路径和权限。\n")


# ---------------------------------------------------------------------------------------------------- many problems
def test_all_problems_of_all_files_at_once(ronghe):
    write("plan.yaml", STEP % "grant_percent: 30%, households_per_project: 1" + "off: [nothing]\nextra: 1\n")
    write("other.yaml", "schema: 1\n")
    code, out, err = ronghe("run", "plan.yaml", "other.yaml", "--dry-run", "--lang", "en")
    assert (code, out) == (3, "")
    assert [line.split(": ")[0] for line in err.splitlines()] == [
        "plan.yaml:6:53", "plan.yaml:6:82", "plan.yaml:7:7", "plan.yaml:8:1", "other.yaml:1:1",
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "last"), [
    ("en", "plan.yaml:103:1: 100 problems are listed; from here on nothing was checked. Mend these first."),
    ("zh", "plan.yaml:103:1: 已列出 100 个问题，此处以后不再检查。请先改正以上各处。"),
])  # fmt: skip
def test_more_problems_than_anyone_reads_end_with_a_word_about_the_rest(ronghe, language, last):
    write("plan.yaml", HEAD + "".join(f"extra_{i}: 1\n" for i in range(5000)))
    lines = ronghe("explain", "plan.yaml", "--lang", language)[2].splitlines()
    assert len(lines) == 101 and lines[-1] == last


@pytest.mark.parametrize(("language", "sentence"), [
    ("en", "the file has more than 40 entries, which is too much. A scenario has some dozens. Is this the file you meant?"),
    ("zh", "文件超过 40 个条目，过大。情景文件通常只有几十个条目，请检查是否选错了文件。"),
])  # fmt: skip
def test_a_file_with_too_many_entries_is_left_early(ronghe, monkeypatch, language, sentence):
    monkeypatch.setattr(scenario_text, "MOST_ENTRIES", 40)
    write("plan.yaml", HEAD + "off: [" + "x," * 300_000 + "]\n")
    assert ronghe("explain", "plan.yaml", "--lang", language) == (3, "", f"plan.yaml:3:73: {sentence}\n")


def test_an_alias_bomb_does_not_grow(ronghe):
    lines = ["a: &a [x]"] + [f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join(['*' + chr(97 + i)] * 9)}]" for i in range(20)]
    write("plan.yaml", HEAD + "\n".join(lines) + "\n")
    code, _, err = ronghe("explain", "plan.yaml", "--lang", "en")
    assert code == 3 and err.count("anchors and aliases (& and *) are not read here. Write the value out.") == 21


# ---------------------------------------------------------------------------------------------------- files that extend each other
@pytest.mark.parametrize(("language", "sentence"), [
    ("en", "scenarios extend each other in a circle: a.yaml -> b.yaml -> c.yaml -> a.yaml. Remove one of these extends."),
    ("zh", "情景互相继承，成了循环：a.yaml -> b.yaml -> c.yaml -> a.yaml。请去掉其中一处 extends。"),
])  # fmt: skip
def test_a_cycle_prints_the_chain(ronghe, language, sentence):
    for name, parent in zip("abc", "bca", strict=True):
        write(f"{name}.yaml", f"schema: 1\nid: {name}\nextends: {parent}.yaml\n")
    assert ronghe("explain", "a.yaml", "--lang", language) == (3, "", f"c.yaml:3:10: {sentence}\n")


def test_a_chain_without_end_stops(ronghe):
    for i in range(60):
        write(f"p{i}.yaml", f"schema: 1\nid: p{i}\nextends: p{i + 1}.yaml\n")
    said = "p19.yaml:3:10: the chain of extends is longer than 20. Join some of these files.\n"
    assert ronghe("explain", "p0.yaml", "--lang", "en") == (3, "", said)
    assert ronghe("explain", "p0.yaml", "--lang", "zh")[2] == "p19.yaml:3:10: 继承链超过 20 层。请合并其中几个文件。\n"


def test_a_parent_named_on_many_paths_is_read_once(here, monkeypatch):
    """Fifteen files, each of which extends the next one nine times, are 9 to the 14th paths."""
    for i in range(15):
        write(f"p{i}.yaml", f"schema: 1\nid: p{i}\nextends: [{', '.join([f'p{i + 1}.yaml'] * 9)}]\n")
    write("p15.yaml", STEP.replace("my-plan", "p15") % "grant_percent: 60")
    seen = []
    from sim import scenario

    monkeypatch.setattr(scenario, "read", lambda path, name: seen.append(name) or scenario_text.read(path, name))
    assert load("p0.yaml").levers["homestead_withdrawal"][0].values == {"grant_percent": 60.0}
    assert sorted(seen) == sorted(f"p{i}.yaml" for i in range(16))


# ---------------------------------------------------------------------------------------------------- what is read although it is odd
@pytest.mark.parametrize(("text", "value"), [
    ((STEP % "grant_percent: 60").replace("\n", "\r\n").encode("utf-8-sig"), 60.0),
    ((STEP % "grant_percent: 60").replace("\n", "\r"), 60.0),
    (STEP % "grant_percent: 6e1", 60.0),
    (STEP % "grant_percent: -0.0", 0.0),
    (STEP % "grant_percent: .5", 0.5),
    (STEP.replace("all", "[永吉县, '九台区', yongji]") % "grant_percent: 60", 60.0),
    (STEP.replace("districts: all", "districts: 全部") % "grant_percent: 60", 60.0),
    (STEP % "grant_percent: 60" + "title: {zh: 甲（一）：乙，丙, en: 'a: b'}\n", 60.0),
], ids=["bom and crlf", "cr", "exponent", "minus nought", "no leading nought", "Chinese districts", "全部", "signs in a title"])  # fmt: skip
def test_odd_and_yet_right(text, value):
    write("计划 1.yaml", text)
    assert load("计划 1.yaml").levers["homestead_withdrawal"][0].values == {"grant_percent": value}


def test_a_name_that_is_not_utf8_travels_through_every_command(ronghe, here, fake_model):
    name = os.fsdecode(b"plan-\xff.yaml")
    write(name, HEAD)
    assert ronghe("validate", name, "--lang", "en")[0] == 0
    assert ronghe("run", name, "--seeds", "1", "--lang", "en")[0] == 0
    assert ronghe("validate", os.fsdecode(b"\xff"), "--lang", "en")[0] == 3


# ---------------------------------------------------------------------------------------------------- data files
@pytest.fixture
def data(here, monkeypatch):
    """A copy of the evidence that may be spoilt."""
    copy = shutil.copytree(evidence.DATA, here.parent / f"{here.name}-data")
    monkeypatch.setattr(evidence, "DATA", copy)
    return copy


def test_the_data_files_are_those_that_were_shipped(data):
    data_files.check_sums(data)
    (data / "drivers.csv").write_bytes((data / "drivers.csv").read_bytes().replace(b"\n", b"\r\n"))
    data_files.check_sums.cache_clear()
    data_files.check_sums(data)
    assert (data / data_files.SUMS).read_text() == data_files.sums_text(data), "run `python dev.py docs` after a change of data that is meant"


def test_a_missing_and_a_changed_data_file_name_the_expected_hash(ronghe, here, data):
    shipped = data_files.sums(data)
    (data / "drivers.csv").unlink()
    write(data / "reforms.csv", "spoilt")
    found = data_files.sums(data)["reforms.csv"]
    sentences = {
        "en": f"\n  drivers.csv is missing (SHA-256 {shipped['drivers.csv']} is expected)."
              f"\n  reforms.csv is not as it was shipped: SHA-256 {shipped['reforms.csv']} is expected, {found} was found."
              "\n  Take the files from the package as they were shipped; where the change is meant, run make docs in the checkout.",
        "zh": f"\n  drivers.csv 不见了（应有 SHA-256 {shipped['drivers.csv']}）。"
              f"\n  reforms.csv 与发布时不同：应为 SHA-256 {shipped['reforms.csv']}，现为 {found}。"
              "\n  请从安装包中取回原文件；若确要修改数据，请在源码目录运行 make docs。",
    }  # fmt: skip
    for language, sentence in sentences.items():
        assert ronghe("run", "baseline", "--dry-run", "--lang", language) == (3, "", f"{data}: {sentence}\n")
    assert not list(here.iterdir())
    data_files.write_sums(data)
    data_files.check_sums.cache_clear()
    assert identity.evidence_hash()


def test_without_its_list_of_hashes_the_data_is_refused(data):
    (data / data_files.SUMS).unlink()
    with pytest.raises(DataError, match=data_files.SUMS):
        data_files.check_sums(data)


# ---------------------------------------------------------------------------------------------------- the machine
@pytest.fixture
def fake_model(monkeypatch):
    """Made-up cells, whose keys need no evidence."""
    monkeypatch.setitem(sys.modules, "sim.simulation", SimpleNamespace(Simulation=fake_cells.Simulation))
    monkeypatch.setattr("sim.identity.evidence_hash", lambda: "e")
    monkeypatch.setattr("sim.identity.source_hash", lambda root=None: "s")


RUN = ("run", "plan.yaml", "--seeds", "2", "--jobs", "1")


@pytest.mark.parametrize(("language", "sentence"), [
    ("en", "1 cells at once need about 0.5 GB of memory; 0.1 GB are free. Use fewer --jobs or --households."),
    ("zh", "同时算 1 个单元约需 0.5 GB 内存，现有 0.1 GB。请减少 --jobs 或 --households。"),
])  # fmt: skip
def test_too_little_memory_is_estimated_before(ronghe, here, monkeypatch, fake_model, language, sentence):
    write("plan.yaml", HEAD)
    monkeypatch.setattr(ensemble, "available_memory", lambda: 100_000_000)
    assert ronghe(*RUN, "--lang", language, "--quiet") == (7, "", f"{sentence}\n")
    assert not list(here.glob("runs/*"))


MACHINE = [
    (errno.ENOSPC, "en", "the disk is full; the result was not kept."
                         " Free some space (ronghe runs rm) and give the same command again; it goes on where it stopped."),
    (errno.ENOSPC, "zh", "磁盘已满，结果没有写完。请腾出空间（ronghe runs rm），再运行同一命令即可接着算。"),
    (errno.EROFS, "en", "this place cannot be written to. Name a folder that you may write to with --out."),
    (errno.EACCES, "zh", "没有写入权限。请用 --out 指定一个可写的文件夹。"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "language", "sentence"), MACHINE)
def test_a_full_disk_and_a_folder_that_may_not_be_written(ronghe, here, monkeypatch, fake_model, code, language, sentence):
    """What the second cell had written is gone, the first one is kept, and the same command goes on."""
    write("plan.yaml", HEAD)
    whole = cells._write_table

    def refuse(path, rows, columns, seed):
        if seed == 2:
            raise OSError(code, os.strerror(code), str(path))
        whole(path, rows, columns, seed)

    monkeypatch.setattr(cells, "_write_table", refuse)
    found, out, err = ronghe(*RUN, "--lang", language, "--quiet")
    [folder] = here.glob("runs/*")
    assert (found, out, err) == (7, "", f"{folder.relative_to(here)}: {sentence}\n")
    assert sorted(path.name for path in folder.iterdir() if path.is_dir()) == ["seed-0001"] and not list(folder.glob(".writing-*"))
    monkeypatch.setattr(cells, "_write_table", whole)
    assert ronghe(*RUN, "--quiet")[0] == 0 and len(list(folder.glob("seed-*/cell.json"))) == 2


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_under_a_single_file(ronghe):
    said = "/dev/full: cannot be written (No space left on device).\n"
    assert ronghe("schema", "-o", "/dev/full", "--lang", "en") == (7, "", said)


def test_a_file_where_the_folder_of_runs_should_be(ronghe, here, fake_model):
    write("plan.yaml", HEAD)
    write("runs", "mine")
    code, out, err = ronghe(*RUN, "--lang", "en", "--quiet")
    assert (code, out) == (7, "") and err.endswith("a file stands where a folder is needed. Name another folder with --out.\n")
    assert (here / "runs").read_text() == "mine"


# ---------------------------------------------------------------------------------------------------- something to install
def absent(monkeypatch, name):
    """As if a package were not installed."""
    for module in [module for module in sys.modules if module.split(".")[0] == name]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.parametrize(("language", "sentence"), [
    ("en", 'the package openpyxl is missing. Run: pip install "ronghe[report]"'),
    ("zh", '缺少软件包 openpyxl。请运行：pip install "ronghe[report]"'),
])  # fmt: skip
def test_a_missing_extra_is_named_with_its_line(ronghe, here, monkeypatch, fake_model, language, sentence):
    write("plan.yaml", HEAD)
    write("reform.yaml", STEP.replace("my-plan", "reform") % "preset: plan")
    absent(monkeypatch, "openpyxl")
    line = ("compare", "plan.yaml", "reform.yaml", "--seeds", "1", "--jobs", "1", "-o", "sheet.xlsx", "--quiet")
    assert ronghe(*line, "--lang", language) == (6, "", f"{sentence}\n")
    assert not list(here.glob("*.xlsx"))


def test_without_a_chinese_font_no_picture_is_drawn(ronghe, here, monkeypatch, fake_model):
    pytest.importorskip("kaleido")
    write("plan.yaml", HEAD)
    monkeypatch.setattr(fonts, "chinese_font", lambda: "")
    assert ronghe("run", "plan.yaml", "--quiet", "--seeds", "1")[0] == 0
    [run] = here.glob("runs/*")
    for language, sentence in (
        ("en", "there is no font with Chinese letters: pictures would show boxes. Run: apt-get install fonts-noto-cjk"),
        ("zh", "没有中文字体，图中的汉字会变成方框。请运行：apt-get install fonts-noto-cjk"),
    ):
        code, _, err = ronghe("report", run, "--png", "pictures", "--lang", language)
        assert (code, err.splitlines()[-1]) == (6, sentence) and not (here / "pictures").exists()


def test_fonts_are_found_by_name_where_fontconfig_is_missing(here, monkeypatch):
    monkeypatch.setattr(fonts.shutil, "which", lambda name: None)
    monkeypatch.setattr(fonts, "PLACES", (str(here),))
    assert fonts.chinese_font() == ""
    with pytest.raises(InstallError):
        fonts.need_chinese_font()
    (here / "sub").mkdir()
    write("sub/NotoSansCJK-Regular.ttc", "")
    assert fonts.chinese_font() == "NotoSansCJK-Regular.ttc"
