"""Two lives of one household side by side: what happened in each, year by year, the years that differ marked, and where they part.

Not here: the full page of one life (`trace_page.py`).
"""

from sim.cli.show import width
from sim.cli.trace_page import eventful, heading, label, screen
from sim.cli.trace_words import amount, event, wrap, yuan
from sim.policies.catalogue import owner
from sim.study.trace import same_happens
from sim.words import CATALOGUE, language, pick, say

NAMED = 6                # inputs that are named where the lives part
OTHERWISE, AMOUNTS = "≠", "~"       # something else happens; only amounts differ
GROUPS = {"land": ("contract_mu", "operated_mu", "let_mu", "rented_mu", "rent"), "home": ("plot_m2", "house_m2", "house_use"),
          "rights": ("qualification", "shares"), "money": ("income", "disposable_income", "deposits", "debt")}


def page(story, picked, other, parting) -> list[str]:
    """The lines of the page."""
    wide = screen()
    half = (wide - 10) // 2
    lines = [*heading(story, picked, wide), *wrap(say("trace.run", run=other.run.id, title=other.run.title(language()), seed=other.seed,
                                                      weight=f"{other.span['weight']:.1f}"), wide), "",
             *(line for text in _parting(parting) for line in wrap(text, wide)), ""]
    lines.append(_row("", _cut(story.run.title(language()), half), " ", other.run.title(language()), half))
    lines.append(_row("", "-" * half, " ", "-" * half, half))
    for here, there in _pairs(story, other):
        left, right = _text(here, half), _text(there, half)
        mark = _mark(here, there)
        for i in range(max(len(left), len(right))):
            lines.append(_row(label(here or there) if i == 0 else "", left[i] if i < len(left) else "", mark if i == 0 else " ",
                              right[i] if i < len(right) else "", half))
    return [*lines, "", *wrap(say("trace.beside.years"), wide)]


def _row(year, left, mark, right, half) -> str:
    return f"{year:<7} {left}{' ' * (half - width(left))} {mark} {right}".rstrip()


def _cut(text, wide):
    while width(text) > wide:
        text = text[:-1]
    return text


def _mark(here, there):
    if here is None or there is None or not all(same_happens(one, its) for one, its in zip(here, there)):
        return OTHERWISE
    return " " if here == there else AMOUNTS


def _pairs(story, other):
    """(years here, years there): eventful or differing years alone, quiet equal ones together, quiet differing ones together."""
    ours, theirs = ({year.year: year for year in one.years} for one in (story, other))
    groups = []
    for year in sorted({*ours, *theirs}):
        here, there = ours.get(year), theirs.get(year)
        quiet = here is not None and there is not None and not eventful(here) and not eventful(there)
        kind = (quiet, here == there)
        if groups and quiet and groups[-1][0] == kind:
            groups[-1][1].append((here, there))
        else:
            groups.append((kind, [(here, there)]))
    for _, pairs in groups:
        here, there = ([one for one in side if one is not None] for side in zip(*pairs))
        yield here or None, there or None


def _text(group, half) -> list[str]:
    """A cell: mean income and last deposits, then what happened."""
    if group is None:
        return [say("trace.beside.gone")]
    income = sum(year.disposable_income for year in group) / len(group)
    lines = wrap(say("trace.beside.income", income=yuan(income), deposits=yuan(group[-1].deposits)), half)
    for name, fields in group[0].events:
        lines += wrap(event(name, fields), half, "· ", "  ")
    if group[0].answer:
        lines += wrap(say("trace.beside.offer", reason=say(f"trace.short.{group[0].answer.reason}")), half, "· ", "  ")
    return lines


def _parting(parting) -> list[str]:
    """Where and through what the lives part, a sentence each."""
    if parting.year is None:
        return [say("trace.beside.same")]
    fields = dict.fromkeys(next((group for group, names in GROUPS.items() if name in names), name) for name in parting.differs)
    through = [_input(*one) for one in parting.through]
    if len(through) > NAMED:
        through = [*through[:NAMED], say("trace.beside.more", number=len(through) - NAMED)]
    happens = say("trace.beside.never") if parting.happens is None else say("trace.beside.happens", year=parting.happens)
    return [say("trace.beside.parts", year=parting.year, differs=say("trace.and").join(say(f"trace.field.{name}") for name in fields)),
            say("trace.beside.through", through=say("trace.beside.join").join(through) or say("trace.beside.nothing")), happens]


def _input(sort, name, here, there) -> str:
    """One input that differs, with its value here and there."""
    if sort == "rule" and owner(name):
        parameter = owner(name)[1]
        return say("trace.beside.change", name=pick(parameter.words), here=amount(here, parameter.unit), there=amount(there, parameter.unit))
    key = f"trace.through.{name}"
    texts = [f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}" for value in (here, there)]
    change = say("trace.beside.change", name=say(key) if key in CATALOGUE else name, here=texts[0], there=texts[1])
    return change + (f" ({100 * (here / there - 1):+.1g} %)" if texts[0] == texts[1] and there else "")


