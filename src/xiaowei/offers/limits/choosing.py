"""Which schedule suits a firm's cash, and the most that its cash bears by it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from xiaowei.money import Fen, wan_text
from xiaowei.offers.limits.assumptions import Assumptions
from xiaowei.offers.limits.limit import Cap
from xiaowei.offers.limits.paths import Paths
from xiaowei.offers.limits.season import Floats
from xiaowei.offers.limits.shortfall import Chance, paid_by, shortfall
from xiaowei.offers.schedules.schedule import Schedule
from xiaowei.offers.terms import cny
from xiaowei.policy.products.product import KINDS, Kind
from xiaowei.said import Said, percent

Plan: TypeAlias = Callable[[Kind, Fen], Schedule]
"""The schedule of an amount by a kind."""

_TENTH: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a firm's cash is asked to bear.

    Args:
        amount_fen: what is wanted, whole lots.
        most_fen: no more is looked at, whole lots, at least the amount wanted.
        lot_fen: amounts are whole multiples of it.
        start: first day of the paths' first month.
    """

    amount_fen: Fen
    most_fen: Fen
    lot_fen: Fen
    start: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a kind of schedule does to a firm's cash.

    Args:
        kind: of schedule.
        asked: chance of a shortfall with the amount asked for.
        limit_fen: the most that cash bears by it, in whole lots; 0 for not one.
    """

    kind: Kind
    asked: Chance
    limit_fen: Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The schedule that suits a firm, and what the others would have done.

    Args:
        kind: chosen.
        trials: of every kind, in the product's order.
        reason: why.
        cap: the most that cash bears by the kind chosen.
    """

    kind: Kind
    trials: tuple[Trial, ...]
    reason: Said
    cap: Cap

    @property
    def trial(self) -> Trial:
        """That of the kind chosen."""
        return next(one for one in self.trials if one.kind == self.kind)


def choose(
    paths: Paths,
    *,
    kinds: Sequence[Kind],
    plan: Plan,
    ask: Ask,
    assumed: Assumptions,
) -> Choice:
    """Return the kind of schedule by which an amount puts cash least at risk.

    Where some kinds let the whole amount through, the one with the least chance of a
    shortfall is taken; else the one with the largest limit. Ties go to the kind that
    the product names first.

    Args:
        paths: of the firm, as long as any of the schedules.
        kinds: of the product, at least one.
        plan: makes schedules.
        ask: what is wanted.
        assumed: the highest chance allowed, and the share of a loan that is spent.
    """
    trials = tuple(
        _trial(paths, kind=kind, plan=plan, ask=ask, assumed=assumed) for kind in kinds
    )
    through = [one for one in trials if one.limit_fen >= ask.amount_fen]
    if through:
        best = min(through, key=lambda one: one.asked.value)
    else:
        best = min(trials, key=lambda one: (-one.limit_fen, one.asked.value))
    return Choice(
        kind=best.kind,
        trials=trials,
        reason=_reason(best, trials, ask=ask, whole=bool(through)),
        cap=_cap(best, ask=ask, assumed=assumed),
    )


def largest_lots(bears: Callable[[int], bool], *, most: int) -> int:
    """Return the most lots that cash bears, by bisection.

    Args:
        bears: whether it bears so many; whoever bears more bears less.
        most: no more are looked at.

    >>> largest_lots(lambda lots: lots <= 7, most=100)
    7
    """
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if bears(middle) else (low, middle - 1)
    return low


def _trial(
    paths: Paths, *, kind: Kind, plan: Plan, ask: Ask, assumed: Assumptions
) -> Trial:
    def paid(amount: Fen) -> Floats:
        schedule = plan(kind, amount)
        return paid_by(schedule, start=ask.start, spent=assumed.limit_loan_spent)

    def bears(lots: int) -> bool:
        chance = shortfall(paths, paid=paid(lots * ask.lot_fen))
        return chance.high <= assumed.limit_shortfall_most

    lots = largest_lots(bears, most=ask.most_fen // ask.lot_fen)
    return Trial(
        kind=kind,
        asked=shortfall(paths, paid=paid(ask.amount_fen)),
        limit_fen=lots * ask.lot_fen,
    )


def _cap(best: Trial, *, ask: Ask, assumed: Assumptions) -> Cap:
    most = percent(assumed.limit_shortfall_most, digits=_TENTH)
    least = best.limit_fen >= ask.most_fen
    held = Said("至少 ", "at least ") if least else Said("", "")
    name = KINDS[best.kind]
    return Cap(
        "cash",
        best.limit_fen,
        Said(
            f"{name.zh}方式下现金缺口概率不超过 {most} 的额度{held.zh}"
            f" {wan_text(best.limit_fen)} 万元",
            f"by {name.en} cash bears {held.en}{cny(best.limit_fen)} at a chance of a"
            f" shortfall of at most {most}",
        ),
    )


def _reason(best: Trial, trials: Sequence[Trial], *, ask: Ask, whole: bool) -> Said:
    name, share = KINDS[best.kind], percent(best.asked.value, digits=_TENTH)
    others = [one for one in trials if one.kind != best.kind]
    zh = "，".join(
        f"{KINDS[one.kind].zh} {percent(one.asked.value, digits=_TENTH)}"
        for one in others
    )
    en = ", ".join(
        f"{KINDS[one.kind].en} {percent(one.asked.value, digits=_TENTH)}"
        for one in others
    )
    beside = Said(f"；其他：{zh}", f"; others: {en}") if others else Said("", "")
    asked = Said(f"{wan_text(ask.amount_fen)} 万元", cny(ask.amount_fen))
    if whole:
        return Said(
            f"{name.zh}使 {asked.zh} 的现金缺口概率最低：{share}{beside.zh}",
            f"by {name.en} the chance of a shortfall with {asked.en} is least:"
            f" {share}{beside.en}",
        )
    return Said(
        f"各方式均承受不了 {asked.zh}，{name.zh}可承受最多："
        f"缺口概率 {share}{beside.zh}",
        f"no kind bears {asked.en}; {name.en} bears most: chance of a shortfall"
        f" {share}{beside.en}",
    )
