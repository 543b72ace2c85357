"""The pages of `docs/generated`: tables of everything that is declared, written from the declarations and never by hand.

    python -m sim.report.generated            writes them (`python dev.py docs` does)
    python -m sim.report.generated --check    writes nothing; exit code 4 where a page is not what the declarations say

Not here: the references for users in both languages (`references.py`), explanations (`docs/model.md`), figures of runs.
"""
import argparse
import ast
import itertools
import sys
from pathlib import Path

from sim.data_files import SUMS, sums_text, write_sums
from sim.errors import IDENTITY as STALE, INVALID
from sim.evidence import DATA
from sim.report import references
from sim.report.markdown import code, number, page, table
from sim.shipped_files import PACKAGE

FOLDER = PACKAGE.parent / "docs" / "generated"
DRAWING = ("key", "keys", "lognormal")       # functions that take the name of an event


def parameters():
    """Behavioural parameters and what calibration made of them."""
    from sim import behaviour
    from sim.data_files import table as read
    from sim.words import assumption_words

    fitted = behaviour.calibrated()
    rows = [(code(p.name), p.unit, number(p.default), number(fitted[p.name]) if p.name in fitted else "", f"{number(p.low)} to {number(p.high)}",
             p.grade, p.source, p.sentence, assumption_words(p, "zh")) for p in behaviour.PARAMETERS]
    grades = [sum(p.grade == grade for p in behaviour.PARAMETERS) for grade in "ABCD"]
    columns = ("name", "value", "target", "target_value", "reached", "quality", "source", "households")
    kept = [row.cells for row in read(PACKAGE / "data" / "calibration.csv", columns)]
    found = [(code(r["name"]), number(r["value"]), r["target"], number(r["target_value"]), number(r["reached"]), r["quality"], r["source"])
             for r in kept]
    size = "the whole zone" if kept[0]["households"] == "all" else f"{number(kept[0]['households'])} households"
    return page(
        "Behavioural parameters", "`sim/behaviour.py` and `sim/data/calibration.csv`",
        "A scenario's `assumptions` may set any of them within the bounds. Where a calibrated value stands it is used in place of the default.\n"
        "Grades: A causal estimate for China or a rule; B observational or structural estimate for China; C another country, or only the sign; "
        "D judgement.\n" + f"Of {len(rows)} parameters {grades[0]} are graded A, {grades[1]} B, {grades[2]} C and {grades[3]} D. "
        "\"Recalled\" and \"assumed\" mean that no page was found: such a value is swept, never shown as a fact.",
        table(("name", "unit", "default", "calibrated", "bounds", "grade", "source", "what it is", "中文"), rows, ("default", "calibrated")),
        f"## Calibrated values and their targets\n\nFound by `python -m sim.study.calibration` on {size}; "
        "`reached` is the moment of the last round. The quality is that of the target.\n",
        table(("name", "value", "target", "target value", "reached", "quality", "source"), found, ("value", "target value", "reached")))


def rules():
    """Rules that agents read, with the lever that owns each."""
    from sim.places import DISTRICTS
    from sim.policies.catalogue import owner
    from sim.policies.rulebook import base_rules
    from sim.rules import RULES

    values, rows = base_rules(), []
    for i, rule in enumerate(RULES):
        usual = max(set(values[i]), key=list(values[i]).count)
        special = ", ".join(f"{d.id} {number(v)}" for d, v in zip(DISTRICTS, values[i]) if v != usual)
        found = owner(rule.name)
        rows.append((code(rule.name), rule.sentence, rule.unit, number(usual) + (f" ({special})" if special else ""),
                     code(f"{found[0].id}.{found[1].name}") if found else "nobody: the base holds always", found[1].kind if found else ""))
    return page("Rules", "`sim/rules.py` and `sim/policies`",
                "One value per rule, year and district, in model units; agents read nothing else of policy. A rule has at most one owner.",
                table(("rule", "what it is", "unit", "base 2019", "owner", "kind"), rows, ("base 2019",)))


def columns():
    """Every column of every table."""
    from sim import tables
    from sim.declare import GIVEN

    parts = []
    for made in (tables.Spans, tables.Households, tables.Persons, tables.Collectives, tables.DistrictLand, tables.DistrictPublic, tables.DistrictIndustry):
        rows = [(code(c.name), c.dtype, c.unit, c.kind, "given" if c.start is GIVEN else number(c.start), c.sentence) for c in made.columns]
        parts.append(f"## {made.__name__}\n\n{len(rows)} columns.\n\n" + table(("column", "type", "unit", "kind", "start", "what it is"), rows))
    return page("Columns", "`sim/tables.py`",
                "`fixed` never changes, `stock` is of 31 December, `flow` is set to 0 at the start of each year. Start `given`: the population\n"
                "provides it. A household flow in yuan a year begins with the sign with which it moves deposits; 0 does not move them.", *parts)


def schedule():
    """The phases of the year."""
    from sim.schedule import PHASES

    rows = [(i, phase.name, " ".join(phase.doc.split()), ", ".join(phase.reads), ", ".join(phase.writes)) for i, phase in enumerate(PHASES, 1)]
    return page("The year", "`sim/schedule.py`", "Every simulated year walks these phases in this order; `ronghe schedule` prints the same list.",
                table(("", "phase", "what happens", "reads", "writes"), rows))


def institution_postings(source):
    """(code, payer, receiver) of every `books.pay` and `books.post` with names that the source states; loops over pairs are followed."""
    from sim import accounts

    tree, found = ast.parse(source), []
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            child.parent = node
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("pay", "post") and len(node.args) == 4):
            continue
        code_nodes, *sector_nodes = (_stands_for(argument, node) for argument in node.args[:3])
        names = [one.value for one in code_nodes if isinstance(one, ast.Constant) and one.value in accounts.CODE]
        payers, receivers = ([_sector(one, accounts) for one in nodes] for nodes in sector_nodes)
        found += [one for one in itertools.product(names, payers, receivers) if None not in one]
    return sorted(set(found), key=lambda one: ([c.name for c in accounts.CODES].index(one[0]), one[1:]))


def _sector(node, accounts):
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    value = getattr(accounts, name, None)
    return value if value in accounts.SECTORS else None


def _stands_for(node, call):
    """What an argument may be: itself, or each value that a loop around the call gives to its name (over a tuple, or a zip of tuples)."""
    loop = call
    while isinstance(node, ast.Name) and loop is not None:
        if isinstance(loop, ast.For):
            targets = loop.target.elts if isinstance(loop.target, ast.Tuple) else [loop.target]
            at = next((i for i, one in enumerate(targets) if getattr(one, "id", "") == node.id), None)
            if at is not None:
                zipped = isinstance(loop.iter, ast.Call) and getattr(loop.iter.func, "id", "") == "zip"
                values = getattr(loop.iter.args[at] if zipped else loop.iter, "elts", [])
                return values if zipped or not isinstance(loop.target, ast.Tuple) else [one.elts[at] for one in values]
        loop = getattr(loop, "parent", None)
    return [node]


def accounts():
    """Sectors, codes, and who pays whom."""
    from sim import accounts as books
    from sim.tables import FLOWS

    sectors = [(code(name), zh, en) for name, (zh, en) in books.SECTOR_WORDS.items()]
    payers = {one.name: set() for one in books.CODES}
    receivers = {one.name: set() for one in books.CODES}
    households = "households"
    for flow in FLOWS:
        posting = books.HOUSEHOLD_FLOWS.get(flow.name)
        if posting:
            (receivers if flow.sign > 0 else payers)[posting.code].add(households)
            other = households if posting.counterpart in books.HOUSEHOLD_SECTORS[:2] else posting.counterpart
            (payers if flow.sign > 0 else receivers)[posting.code].add(other)
    files = [PACKAGE / "schedule.py", *sorted((PACKAGE / "institutions").glob("*.py"))]
    for name, payer, receiver in sorted({one for path in files for one in institution_postings(path.read_text(encoding="utf-8"))}):
        payers[name].add(households if payer in (books.RURAL, books.URBAN) else payer)
        receivers[name].add(households if receiver in (books.RURAL, books.URBAN) else receiver)
    codes = [(code(one.name), one.kind, one.zh, one.en, ", ".join(sorted(payers[one.name])), ", ".join(sorted(receivers[one.name])))
             for one in books.CODES]
    order = [households, *(s for s in books.SECTORS if s not in (books.RURAL, books.URBAN))]
    matrix = []
    for one in books.CODES:
        pay, get = payers[one.name], receivers[one.name]
        if pay or get:
            matrix.append((code(one.name), *({(1, 0): "−", (0, 1): "+", (1, 1): "±"}.get((s in pay, s in get), "") for s in order)))
    flows = [(code(flow.name), {1: "+", -1: "−", 0: "memo"}[flow.sign], *(
        (code(books.HOUSEHOLD_FLOWS[flow.name].code), books.HOUSEHOLD_FLOWS[flow.name].counterpart) if flow.name in books.HOUSEHOLD_FLOWS else ("", "")))
        for flow in FLOWS]
    return page(
        "Accounts", "`sim/accounts.py`, `sim/tables.py` and the postings of `sim/schedule.py` and `sim/institutions`",
        "Every transfer of money is posted with a code, a payer, a receiver and a district. Kinds: `current` and `capital` are payments, `loan` moves\n"
        "deposits and debt together, `volume` is a change of who holds what without a payment (moves, inheritance, write-offs).",
        "## Sectors\n\n" + table(("sector", "", ""), sectors),
        "## Codes\n\n" + table(("code", "kind", "zh", "en", "paid by", "received by"), codes),
        "## Codes by sectors\n\n− pays, + receives, ± both (households of both sectors are one column; remittances run between them).\n\n"
        + table(("code", *(s.replace("_", " ") for s in order)), matrix),
        "## Household flows\n\nHow each household column moves deposits and who stands on the other side.\n\n"
        + table(("column", "deposits", "code", "other side"), flows))


def events_in(source):
    """Event names that a module draws: in `EVENT[...]`, in comprehensions over it, and as arguments of `key` and its like."""
    if "EVENT" not in source and "rng." not in source:
        return set()
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Subscript) and getattr(node.value, "id", "") == "EVENT":
            found |= _texts(node.slice)
        elif isinstance(node, ast.GeneratorExp) and getattr(getattr(node.elt, "value", None), "id", "") == "EVENT":
            found |= _texts(node.generators[0].iter)
        elif isinstance(node, ast.Call) and (getattr(node.func, "id", None) or getattr(node.func, "attr", None)) in DRAWING:
            found |= set().union(*map(_texts, node.args))
    return found


def _texts(node):
    return {one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def events():
    """Events of the random numbers and where they are drawn."""
    from sim.rng import EVENTS

    drawn = {name: [] for name in EVENTS}
    for path in sorted(PACKAGE.rglob("*.py")):
        for name in events_in(path.read_text(encoding="utf-8")) & set(EVENTS):
            drawn[name].append(code(f"sim/{path.relative_to(PACKAGE).as_posix()}"))
    rows = [(i, code(name), ", ".join(drawn[name]) or "reserved") for i, name in enumerate(EVENTS)]
    return page("Events of the random numbers", "`sim/rng.py`",
                "A draw is a function of seed, uid, year, event and alternative: `bits = mix(mix(uid) + hash(seed, year, event, k))`. An event names a sort\n"
                "of draw; its number is never used twice.",
                table(("", "event", "drawn in"), rows))


PAGES = {**references.pages(), "parameters.md": parameters, "rules.md": rules, "columns.md": columns, "schedule.md": schedule,
         "accounts.md": accounts, "events.md": events}


def index():
    """The list of the pages."""
    lines = [f"- [{name.removesuffix('.md')}]({name}): {function.__doc__.rstrip('.')}" for name, function in PAGES.items()]
    return page("Generated tables", "the declarations", "Tables written from the code. What they mean: [the model](../model.md).", "\n".join(lines) + "\n")


def render():
    """{file name: text} of every page."""
    return {"README.md": index(), **{name: function() for name, function in PAGES.items()}}


def stale(folder=FOLDER):
    """Names of pages that are missing, differ from the declarations, or are no longer made."""
    made = render()
    wrong = [name for name, text in made.items() if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text]
    return wrong + sorted(path.name for path in Path(folder).glob("*.md") if path.name not in made)


def write(folder=FOLDER):
    """Write every page; the names of those that changed."""
    changed = stale(folder)
    folder.mkdir(parents=True, exist_ok=True)
    made = render()
    for name in changed:
        if name in made:
            (folder / name).write_text(made[name], encoding="utf-8", newline="\n")
        else:
            (folder / name).unlink()
    return changed


def main(words=None):
    asked = argparse.ArgumentParser(prog="python -m sim.report.generated", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--check", action="store_true")
    check = asked.parse_args(words).check
    if not FOLDER.parent.is_dir():
        print(f"{FOLDER.parent}: there is no such folder. The pages belong to a checkout of the repository.", file=sys.stderr)
        return INVALID
    if check:
        old = [f"docs/generated/{name}" for name in stale()]
        old += [] if (DATA / SUMS).read_text(encoding="utf-8") == sums_text(DATA) else [f"sim/data/{SUMS}"]
        for name in old:
            print(f"{name}: not what the declarations and data say. `python dev.py docs` writes it anew.", file=sys.stderr)
        return STALE if old else 0
    write_sums(DATA)
    for name in write():
        print(f"docs/generated/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
