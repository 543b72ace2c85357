"""Every clause of 吉政办函〔2020〕118号 that asks for something, and the levers that stand for it or why none does.

Phrases are the plan's own. Clauses of levers are found from the levers themselves; here stand those that this version does not simulate.
"""
from typing import NamedTuple

from sim.policies.catalogue import levers

REASONS = {
    "later": ("本版本尚未建模", "not simulated in this version"),
    "partly": ("本版本只按2019年的状况计入，不能调节", "counted at its state of 2019; it cannot be changed in this version"),
    "project": ("具体项目，缺少可核对的效果数据", "a single project without figures on its effect"),
    "conduct": ("组织实施与工作方法，不直接改变农户面对的规则", "a way of working; it changes no rule that a household faces"),
    "constraint": ("由模型检查并报告，不是可选的政策工具", "checked and reported by the model; not a lever to choose"),
}

# (place, phrase, reason)
WITHOUT_LEVER = (
    ("三(一)1", "承包地经营权、集体收益分配权流转", "partly"),
    ("三(一)1", "加快推进宅基地和农民房屋等不动产确权及颁证工作", "partly"),
    ("三(一)1", "加快农村产权交易体系建设", "partly"),
    ("三(一)1", "探索构建“实体交易+信息管理”两位一体、同步实施的工作机制", "later"),
    ("三(一)5", "加快建立普惠性农民补贴长效机制", "partly"),
    ("三(二)1", "加强国际合作", "project"),
    ("四(一)", "农业特区发展工程", "project"),
    ("四(七)", "会展经济带动工程", "project"),
    ("四(八)", "智慧农业推广工程", "later"),
    ("四(十)", "重点实施温德河综合整治工程、双阳河三期续建工程", "project"),
    ("四(十)", "推进城乡供水一体化工程建设", "later"),
    ("六(一)", "加强组织领导", "conduct"),
    ("六(二)", "强化规划引领", "conduct"),
    ("六(三)", "建立工作推进机制", "conduct"),
)


class ClauseRow(NamedTuple):
    """A clause, the ids of its levers, and where there is none the reason in both languages."""

    place: str
    phrase: str
    levers: tuple[str, ...]
    reason: dict[str, str] | None


def clauses() -> list[ClauseRow]:
    """All clauses in the order of the plan."""
    found: dict[tuple[str, str], list[str]] = {}
    for lever in levers().values():
        for clause in lever.clauses:
            found.setdefault((clause.place, clause.phrase), []).append(lever.id)
    rows = [ClauseRow(place, phrase, tuple(ids), None) for (place, phrase), ids in found.items()]
    rows += [  # a lever from outside may stand for one of these
        ClauseRow(place, phrase, (), dict(zip(("zh", "en"), REASONS[reason], strict=True)))
        for place, phrase, reason in WITHOUT_LEVER
        if (place, phrase) not in found
    ]
    return sorted(rows, key=lambda row: _order(row.place))


def _order(place: str) -> tuple[int, ...]:
    """三(一)2 as (3, 1, 2)."""
    numerals = "一二三四五六七八九十"
    return tuple(numerals.index(letter) + 1 if letter in numerals else int(letter) for letter in place if letter not in "()（）")
