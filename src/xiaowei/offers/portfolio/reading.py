"""Limits and how errors of PDs count, from YAML; every fault is named at once.

limits:
budget:
title: {zh: 预算, en: budget}
counts: offered          # offered, drawn, capital, expected_loss or firms
most: "100000000"        # yuan; of firms their number
one_trade:
title: {zh: 单一行业, en: one trade}
counts: offered
each: industry           # for each label; or of: {tier: [risk_warning]}
most_share: "0.25"       # of the same count of the book
robust: {rule: upper, quantile: "0.90", width: "0.50"}    # may be left out
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from xiaowei.money import FEN_PER_YUAN
from xiaowei.offers.portfolio.limits import COUNTS, Counts, Limit, LimitsError
from xiaowei.offers.portfolio.options import DIMENSIONS, Dimension
from xiaowei.offers.portfolio.tail import Spread
from xiaowei.offers.portfolio.views import RULES, View
from xiaowei.policy.stated import Stated, stated_in

_SIDES: Final = ("most", "least", "most_share", "least_share")
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_MOST_YUAN: Final = 10**13
_MOST_FIRMS: Final = 10**8
_MOST_LABELS: Final = 1000
_ROBUST: Final = ("quantile", "width", "level", "weight", "common", "scenarios", "seed")


@dataclass(frozen=True, slots=True)
class Mandate:
    """What a book has to keep, and with which PDs it is chosen.

    Args:
        limits: each code once.
        view: of the PDs.
    """

    limits: tuple[Limit, ...]
    view: View


def read_mandate(text: str, *, file: str) -> Mandate:
    """Return limits and view that a text states.

    Args:
        text: YAML.
        file: what it is called in errors.

    Raises:
        LimitsError: it is malformed; every fault is named.
    """
    stated = stated_in(text)
    if stated.faults:
        raise LimitsError(file, stated.faults)
    parts = stated.parts("limits", may=("robust",))
    found = parts["limits"].mapping()
    limits = tuple(_limit(code, one) for code, one in found.items())
    if not limits and not stated.faults:
        stated.fault("no limit is stated")
    view = _view(parts["robust"]) if "robust" in parts else View()
    if stated.faults:
        raise LimitsError(file, stated.faults)
    return Mandate(limits, view)


def _limit(code: str, stated: Stated) -> Limit:
    if not _CODE.fullmatch(code):
        stated.fault("small letters, digits and _ are due, at most 40, a letter first")
    parts = stated.parts("title", "counts", may=("each", "of", *_SIDES))
    counts = parts["counts"].one_of(COUNTS)
    if "each" in parts and "of" in parts:
        stated.fault("one of each and of is due, not both")
    if not any(side in parts for side in _SIDES):
        stated.fault(f"at least one of {', '.join(_SIDES)} is due")
    limit = Limit(
        code=code,
        title=parts["title"].said(),
        counts=counts,
        each=parts["each"].one_of(DIMENSIONS) if "each" in parts else None,
        of=_of(parts["of"]) if "of" in parts else None,
        most=_amount(parts.get("most"), counts),
        least=_amount(parts.get("least"), counts),
        most_share=_share(parts.get("most_share")),
        least_share=_share(parts.get("least_share")),
    )
    _check_sides(stated, limit)
    return limit


def _check_sides(stated: Stated, limit: Limit) -> None:
    for low, high in (
        (limit.least, limit.most),
        (limit.least_share, limit.most_share),
    ):
        if low is not None and high is not None and low > high:
            stated.fault("the least is above the most")


def _of(stated: Stated) -> tuple[Dimension, tuple[str, ...]]:
    found = stated.mapping()
    if len(found) != 1:
        stated.fault("one dimension is due, such as {tier: [risk_warning]}")
        return DIMENSIONS[0], ()
    ((name, labels),) = found.items()
    dimension = Stated(name, stated.at, stated.faults).one_of(DIMENSIONS)
    texts = labels.items(least=1, most=_MOST_LABELS)
    return dimension, tuple(one.text() for one in texts)


def _amount(stated: Stated | None, counts: Counts) -> int | None:
    if stated is None:
        return None
    if counts == "firms":
        return stated.whole(0, _MOST_FIRMS)
    fen = stated.number(0, _MOST_YUAN) * FEN_PER_YUAN
    if fen != int(fen):
        stated.fault("whole fen are due")
    return int(fen)


def _share(stated: Stated | None) -> Fraction | None:
    return None if stated is None else Fraction(stated.number(0, 1))


def _view(stated: Stated) -> View:
    parts = stated.parts("rule", may=_ROBUST)
    usual = Spread()
    below_one = Decimal("0.999999")

    def number(name: str, most: int | Decimal, default: float) -> float:
        return float(parts[name].number(0, most)) if name in parts else default

    def whole(name: str, low: int, default: int) -> int:
        return parts[name].whole(low, 1000) if name in parts else default

    half = Decimal("0.5")
    quantile = parts.get("quantile")
    return View(
        rule=parts["rule"].one_of(RULES),
        quantile=float(quantile.number(half, below_one)) if quantile else 0.9,
        width=number("width", 5, 0.5),
        spread=Spread(
            level=number("level", below_one, usual.level),
            weight=number("weight", 1, usual.weight),
            common=number("common", 1, usual.common),
            scenarios=whole("scenarios", 1, usual.scenarios),
        ),
        seed=whole("seed", 0, 0),
    )
