"""What holds of rules whatever firm comes: gaps, overlaps, rules that never decide.

Each is settled over every combination of regions, with an example firm that is handed
to the evaluator and must bear it out. What is not settled within the bound on steps is
named as not proven. Fields are taken as free of each other, so an example may be a firm
that does not exist, such as one whose PD is above the upper end of its interval; rules
that are sound for all of them are sound for those that do.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Final, Literal, TypeAlias

from xiaowei.decisions.rules import generosity
from xiaowei.decisions.rules.fields import FIELDS
from xiaowei.decisions.rules.grammar import Rule
from xiaowei.decisions.rules.questions import Questions, Row
from xiaowei.decisions.rules.ruling import Ruling, decide
from xiaowei.decisions.rules.saying import effect_said, outcome_said, value_said
from xiaowei.decisions.rules.search import MOST_STEPS, NotProvenError
from xiaowei.decisions.rules.settled import Settled
from xiaowei.decisions.rules.truth import truth_of
from xiaowei.said import Said

Kind: TypeAlias = Literal[
    "gap", "contradiction", "tautology", "unreachable", "generous", "overlap", "default"
]
KINDS: Final = {
    "gap": Said("空档", "gap"),
    "contradiction": Said("自相矛盾", "contradiction"),
    "tautology": Said("恒成立", "always true"),
    "unreachable": Said("不可达", "unreachable"),
    "generous": Said("隐瞒得利", "hiding pays"),
    "overlap": Said("重叠，先后有别", "overlap, order decides"),
    "default": Said("落入默认", "left to the default"),
}
"""Each kind of remark and what it is called; the last two are no faults."""
_NO_FAULTS: Final = frozenset({"overlap", "default"})


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that holds of the rules.

    Args:
        kind: what kind.
        rules: codes of the rules it is about.
        text: what it is.
        example: a firm that shows it; null where none can be, as of a contradiction.
        beside: the same firm otherwise, where hiding something pays.
    """

    kind: Kind
    rules: tuple[str, ...]
    text: Said
    example: Row | None = None
    beside: Row | None = None

    @property
    def fault(self) -> bool:
        """Whether the rules had better be mended."""
        return self.kind not in _NO_FAULTS

    @property
    def lines(self) -> tuple[Said, ...]:
        """What it is, and its examples, for people."""
        head = KINDS[self.kind]
        rows = [row_said(row) for row in (self.example, self.beside) if row is not None]
        shown = [Said(f"  例：{one.zh}", f"  e.g. {one.en}") for one in rows]
        told = Said(f"{head.zh}：{self.text.zh}", f"{head.en}: {self.text.en}")
        return (told, *shown)


@dataclass(frozen=True, slots=True)
class Proof:
    """All that was found of rules.

    Args:
        remarks: what was found, with the rules' order.
        unproven: questions that took more steps than they may: kind and rules.
        asked: how many questions were asked.
    """

    remarks: tuple[Remark, ...]
    unproven: tuple[tuple[Kind, tuple[str, ...]], ...]
    asked: int

    @property
    def faults(self) -> tuple[Remark, ...]:
        """What had better be mended."""
        return tuple(one for one in self.remarks if one.fault)

    @property
    def sound(self) -> bool:
        """Whether it is proven that there is no fault."""
        return not self.faults and not self.unproven

    @property
    def lines(self) -> tuple[Said, ...]:
        """All of it, for people."""
        known = [line for remark in self.remarks for line in remark.lines]
        for kind, codes in self.unproven:
            title, named = KINDS[kind], ", ".join(codes)
            zh = f"未证明：{title.zh}（{named}）"
            known.append(Said(zh, f"not proven: {title.en} ({named})"))
        if self.sound:
            told = f"all {self.asked} questions are settled and no fault is found"
            known.append(Said(f"{self.asked}个问题全部证毕，未见缺陷", told))
        return tuple(known)


class UnconfirmedError(AssertionError):
    """The evaluator does not bear out an example; one of both is wrong."""


def prove(settled: Settled, *, most: int = MOST_STEPS) -> Proof:
    """Return what holds of rules whatever firm comes.

    Args:
        settled: rules of a day.
        most: steps that each question may take before it is given up as not proven.
    """
    asked = Questions(settled, most=most)
    remarks: list[Remark] = []
    unproven: list[tuple[Kind, tuple[str, ...]]] = []
    count = 0
    for kind, codes, ask in _all(asked):
        count += 1
        try:
            remark = ask()
        except NotProvenError:
            unproven.append((kind, codes))
            continue
        if remark is not None:
            remarks.append(remark)
    return Proof(tuple(remarks), tuple(unproven), count)


_Ask: TypeAlias = tuple[Kind, tuple[str, ...], Callable[[], Remark | None]]


def _all(asked: Questions) -> Iterator[_Ask]:
    kind: Kind = "gap" if asked.settled.rules.default is None else "default"
    yield kind, (), partial(_gap, asked, kind)
    rules = asked.rules
    for place, rule in enumerate(rules):
        yield "unreachable", (rule.code,), partial(_reach, asked, place)
        yield "tautology", (rule.code,), partial(_always, asked, place)
    for first, later in combinations(range(len(rules)), 2):
        one, other = rules[first], rules[later]
        if _effect(one) != _effect(other):
            codes = (one.code, other.code)
            yield "overlap", codes, partial(_overlap, asked, first, later)
    for name in generosity.hidden_fields(asked):
        for way in generosity.approvals(asked):
            yield "generous", (way.code, name), partial(_generous, asked, name, way)


def _effect(rule: Rule) -> object:
    return rule.outcome, rule.cap_fen, rule.rate_add


def _gap(asked: Questions, kind: Kind) -> Remark | None:
    row = asked.row(asked.none_decides())
    if row is None:
        return None
    _confirm(asked, row, lambda ruling: ruling.rule is None)
    default = outcome_said(asked.settled.rules.default)
    text = Said(
        f"有企业不触发任何规则，按默认：{default.zh}",
        f"a firm may meet no rule; then {default.en}",
    )
    return Remark(kind, (), text, row)


def _reach(asked: Questions, place: int) -> Remark | None:
    rule = asked.rules[place]
    row = asked.row(asked.fires(place))
    if row is not None:
        _confirm(asked, row, lambda ruling: ruling.rule == rule and not ruling.unknown)
        return None
    row = asked.row([asked.truth(rule, (True,))])
    if row is None:
        text = Said(
            f"规则 {rule.code} 的条件不可能成立",
            f"the condition of rule {rule.code} can never hold",
        )
        return Remark("contradiction", (rule.code,), text)
    ruling = decide(asked.settled, row)
    _confirm(asked, row, lambda one: one.rule is not None and one.rule != rule)
    before = ruling.rule.code if ruling.rule else ""
    text = Said(
        f"规则 {rule.code} 成立时总已由前面的规则决定，如 {before}",
        f"whenever rule {rule.code} holds an earlier rule decides, such as {before}",
    )
    return Remark("unreachable", (rule.code, before), text, row)


def _always(asked: Questions, place: int) -> Remark | None:
    rule = asked.rules[place]
    if asked.row([asked.truth(rule, (False,))]) is not None:
        return None
    row = asked.row([asked.truth(rule, (True, None))])
    text = Said(
        f"规则 {rule.code} 的条件不可能不成立：它是默认，不是规则",
        f"the condition of rule {rule.code} is never false: a default and not a rule",
    )
    return Remark("tautology", (rule.code,), text, row)


def _overlap(asked: Questions, first: int, later: int) -> Remark | None:
    one, other = asked.rules[first], asked.rules[later]
    row = asked.row([*asked.fires(first), asked.truth(other, (True,))])
    if row is None:
        return None
    _confirm(asked, row, lambda ruling: ruling.rule == one)
    if truth_of(other.when, row) is not True:
        raise UnconfirmedError(other.code)
    mine, theirs = effect_said(one), effect_said(other)
    text = Said(
        f"{one.code}（{mine.zh}）与 {other.code}（{theirs.zh}）同时成立，前者决定",
        f"{one.code} ({mine.en}) and {other.code} ({theirs.en}) hold at once; "
        "the former decides",
    )
    return Remark("overlap", (one.code, other.code), text, row)


def _generous(asked: Questions, name: str, way: generosity.Way) -> Remark | None:
    gained = generosity.gained_by_hiding(asked, name, way)
    if gained is None:
        return None
    other, row, beside = gained
    _confirm(asked, row, lambda ruling: ruling.rule == way.rule)
    _confirm(asked, beside, lambda ruling: ruling.rule == other.rule)
    label = FIELDS[name].label
    text = Said(
        f"{label.zh}未知时由 {way.code} 通过，已知时可能由 {other.code} 更严",
        f"with {label.en} unknown {way.code} approves; with it known {other.code} may "
        "be stricter",
    )
    return Remark("generous", (way.code, other.code, name), text, row, beside)


def _confirm(asked: Questions, row: Row, bears: Callable[[Ruling], bool]) -> None:
    if not bears(decide(asked.settled, row)):
        raise UnconfirmedError(f"{asked.settled.rules.name}: {row_said(row).en}")


def row_said(row: Row) -> Said:
    """Say a firm: every field of the rules and its value."""
    told = [
        (FIELDS[name].label, value_said(value, field=FIELDS[name]))
        for name, value in row.items()
    ]
    return Said(
        "，".join(f"{label.zh}{value.zh}" for label, value in told),
        ", ".join(f"{label.en} {value.en}" for label, value in told),
    )
