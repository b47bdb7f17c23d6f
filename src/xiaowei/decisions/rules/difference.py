"""What is other in one version of the rules than in another, rule by rule."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from xiaowei.decisions.rules.grammar import (
    Comparison,
    Condition,
    Group,
    Rule,
    RuleSet,
)
from xiaowei.decisions.rules.saying import (
    condition_said,
    effect_said,
    outcome_said,
    rule_said,
)
from xiaowei.said import Said

Kind: TypeAlias = Literal[
    "added",
    "removed",
    "moved",
    "limit",
    "operator",
    "condition",
    "outcome",
    "when_unknown",
    "reason",
    "title",
    "source",
    "set",
]

KINDS: Final[Mapping[Kind, Said]] = {
    "added": Said("新增", "added"),
    "removed": Said("删除", "removed"),
    "moved": Said("移动", "moved"),
    "limit": Said("限值", "limit"),
    "operator": Said("运算", "operator"),
    "condition": Said("条件", "condition"),
    "outcome": Said("结果", "outcome"),
    "when_unknown": Said("未知时", "where unknown"),
    "reason": Said("原因类别", "family of reasons"),
    "title": Said("名称", "title"),
    "source": Said("依据", "source"),
    "set": Said("规则集", "rule set"),
}
"""Each kind of change and what it is called."""

WORDS_ONLY: Final = frozenset({"title", "source", "reason"})
"""Kinds of change that decide no firm otherwise."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is other.

    Args:
        kind: what kind.
        code: of the rule; what of the set, where it is about the set.
        before: what it was; null where it was not there.
        after: what it is; null where it no longer is.
    """

    kind: Kind
    code: str
    before: Said | None
    after: Said | None

    @property
    def text(self) -> Said:
        """What is other, for people."""
        kind = KINDS[self.kind]
        none = Said("无", "none")
        before, after = self.before or none, self.after or none
        if self.kind in ("added", "removed"):
            only = after if self.kind == "added" else before
            return Said(
                f"{self.code}：{kind.zh}：{only.zh}",
                f"{self.code}: {kind.en}: {only.en}",
            )
        return Said(
            f"{self.code}：{kind.zh}由“{before.zh}”改为“{after.zh}”",
            f"{self.code}: {kind.en} from '{before.en}' to '{after.en}'",
        )


def changes(before: RuleSet, after: RuleSet) -> tuple[Change, ...]:
    """Return what is other, none where nothing but version and days is.

    Args:
        before: the older version. Where both are settled and a number of the policy
            book is another, limits that name it have changed.
        after: the newer; rules are the same by their code.

    Returns:
        what of the set, then of rules removed, added, moved and changed, in the order
        of the newer. Moved are as few as can be.
    """
    older = {rule.code: rule for rule in before.rules}
    newer = {rule.code: rule for rule in after.rules}
    kept = [code for code in newer if code in older]
    found = list(_of_the_set(before, after))
    for code, rule in older.items():
        if code not in newer:
            found.append(Change("removed", code, rule_said(rule), None))
    for place, rule in enumerate(after.rules):
        if rule.code not in older:
            found.append(Change("added", rule.code, None, _placed(rule, after, place)))
    found += _moves(before, after, kept)
    for code in kept:
        found += _of_a_rule(older[code], newer[code])
    return tuple(found)


def _of_the_set(before: RuleSet, after: RuleSet) -> Iterator[Change]:
    if before.default != after.default:
        was, now = outcome_said(before.default), outcome_said(after.default)
        yield Change("set", "default", was, now)
    for name, was, now in (
        ("title", before.title, after.title),
        ("purpose", before.purpose, after.purpose),
    ):
        if was != now:
            yield Change("set", name, was, now)
    days = [_days(before), _days(after)]
    if days[0] != days[1]:
        yield Change("set", "days", *days)


def _days(rules: RuleSet) -> Said:
    until = "" if rules.until is None else rules.until.isoformat()
    return Said(f"{rules.since} 至 {until}", f"{rules.since} to {until}")


def _placed(rule: Rule, rules: RuleSet, place: int) -> Said:
    said = rule_said(rule)
    if not place:
        return Said(f"首条：{said.zh}", f"first: {said.en}")
    before = rules.rules[place - 1].code
    return Said(f"在 {before} 之后：{said.zh}", f"after {before}: {said.en}")


def _moves(before: RuleSet, after: RuleSet, kept: Sequence[str]) -> Iterator[Change]:
    places = {rule.code: place for place, rule in enumerate(before.rules)}
    stay = set(_rising([places[code] for code in kept]))
    for code in kept:
        if places[code] not in stay:
            yield Change("moved", code, _follows(code, before), _follows(code, after))


def _follows(code: str, rules: RuleSet) -> Said:
    codes = [rule.code for rule in rules.rules]
    place = codes.index(code)
    if not place:
        return Said("首条", "first")
    return Said(f"在 {codes[place - 1]} 之后", f"after {codes[place - 1]}")


def _rising(places: Sequence[int]) -> list[int]:
    """Return a longest rising run of places, so that as few as can be are moved.

    Source: Fredman 1975, patience sorting.
    """
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for place in places:
        at = bisect_left(ends, place)
        before[place] = ends[at - 1] if at else None
        ends[at : at + 1] = [place]
    run: list[int] = []
    last = ends[-1] if ends else None
    while last is not None:
        run.append(last)
        last = before[last]
    return run[::-1]


def _of_a_rule(before: Rule, after: Rule) -> Iterator[Change]:
    code = after.code
    yield from _of_conditions(code, before.when, after.when)
    was, now = effect_said(before), effect_said(after)
    if was != now:
        yield Change("outcome", code, was, now)
    for kind, one, other in (
        ("when_unknown", before.when_unknown, after.when_unknown),
        ("reason", before.reason, after.reason),
        ("source", before.source, after.source),
    ):
        if one != other:
            yield Change(_KIND[kind], code, Said(one, one), Said(other, other))
    if before.title != after.title:
        yield Change("title", code, before.title, after.title)


_KIND: Final[Mapping[str, Kind]] = {kind: kind for kind in KINDS}


def _of_conditions(code: str, before: Condition, after: Condition) -> Iterator[Change]:
    """Name comparisons that changed; the whole condition where its form did."""
    pairs = list(_paired(before, after))
    if any(one is None or other is None for one, other in pairs):
        yield Change("condition", code, condition_said(before), condition_said(after))
        return
    for one, other in pairs:
        if one is None or other is None or _same(one, other):
            continue
        kind: Kind = "operator" if one.operator != other.operator else "limit"
        yield Change(kind, code, condition_said(one), condition_said(other))


def _same(one: Comparison, other: Comparison) -> bool:
    """Say whether two ask the same; a number that is not settled is only its name."""
    if len(one.limits) != len(other.limits):
        return False
    return replace(one, limits=()) == replace(other, limits=()) and all(
        mine == theirs
        or (mine.policy == theirs.policy and None in (mine.value, theirs.value))
        for mine, theirs in zip(one.limits, other.limits, strict=True)
    )


def _paired(
    before: Condition, after: Condition
) -> Iterator[tuple[Comparison | None, Comparison | None]]:
    """Pair comparisons that stand at the same place; nulls where the form is other."""
    if isinstance(before, Comparison) and isinstance(after, Comparison):
        same = before.field == after.field
        yield (before, after) if same else (None, None)
    elif isinstance(before, Group) and isinstance(after, Group):
        if before.join != after.join or len(before.parts) != len(after.parts):
            yield None, None
            return
        for one, other in zip(before.parts, after.parts, strict=True):
            yield from _paired(one, other)
    else:
        yield None, None
