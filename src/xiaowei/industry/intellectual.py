"""Rights and sales in; a range for what the rights are worth, with all its inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import ceil
from typing import Final

import numpy as np

from xiaowei.industry.credibility import Floats
from xiaowei.industry.rights import KINDS, Kind, Right
from xiaowei.money import Fen, round_fen, wan_text
from xiaowei.policy.book import Book
from xiaowei.said import Said, percent

DRAWS: Final = 10_000
_PERCENTILES: Final = (10, 50, 90)
_LAST_YEAR: Final = 21


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRules:
    """What rights of one kind are valued by.

    Args:
        royalty: lowest, most likely and highest share of sales, 0..1.
        term: years of protection.
        life: most years that they are taken to earn from now on.
        lapse: share given up each year, 0..1.
        fees: first year of a band of fees to the fee in fen, oldest first.
    """

    royalty: tuple[float, float, float]
    term: float
    life: float
    lapse: float
    fees: tuple[tuple[int, Fen], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsRules:
    """What rights are valued by.

    Args:
        kinds: kind to its rules.
        discount: lowest and highest yearly rate.
        share: lowest and highest share of sales that rights have a part in, 0..1.
        tax: on royalties saved, 0..1.
    """

    kinds: Mapping[Kind, KindRules]
    discount: tuple[float, float]
    share: tuple[float, float]
    tax: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Valuation:
    """What an enterprise's rights are worth to it.

    Args:
        low: 10th percentile, fen; null where nothing can be said.
        middle: median, fen, or null.
        high: 90th percentile, fen, or null.
        mean: mean, fen, or null.
        floor: what its owner has lately paid to keep them, fen; 0 where no renewal is
            on record. No end of the range is below it.
        rights: how many are alive.
        pledged: how many of them were ever pledged.
        lines: what went in and what came out, or why there is no value.
    """

    low: Fen | None
    middle: Fen | None
    high: Fen | None
    mean: Fen | None
    floor: Fen
    rights: int
    pledged: int
    lines: tuple[Said, ...]


def rights_rules(book: Book, *, on: date) -> RightsRules:
    """Return the numbers about rights that held on a day.

    Args:
        book: the bank's numbers.
        on: the day asked for.

    Raises:
        UnknownNumberError: the book lacks one of them.
        NotYetSetError: the day lies before one's first value.
    """

    def number(name: str) -> float:
        return float(book.number(f"rights_{name}", on=on))

    def of(kind: Kind) -> KindRules:
        names = [f"rights_fee_{kind}_{year}" for year in range(1, _LAST_YEAR)]
        fees = [
            (year, book.fen(name, on=on))
            for year, name in enumerate(names, start=1)
            if name in book.entries
        ]
        low, mode, high = (
            number(f"royalty_{kind}_{end}") for end in ("low", "mode", "high")
        )
        return KindRules(
            royalty=(low, mode, high),
            term=number(f"term_{kind}"),
            life=number(f"life_{kind}"),
            lapse=number(f"lapse_{kind}"),
            fees=tuple(fees),
        )

    return RightsRules(
        kinds={kind: of(kind) for kind in KINDS},
        discount=(number("discount_low"), number("discount_high")),
        share=(number("share_low"), number("share_high")),
        tax=number("tax"),
    )


def value_rights(
    rights: Sequence[Right],
    *,
    sales_fen: Fen | None,
    rules: RightsRules,
    on: date,
    generator: np.random.Generator,
    draws: int = DRAWS,
) -> Valuation:
    """Return what rights are worth: the royalties that owning them saves.

    In each draw every right lives to the end of its term or economic life unless it is
    given up before; each year the dearest right alive saves its royalty on the part of
    the sales that rights have a part in, after tax, discounted from the year's end.
    Rights share the same sales, so their royalties do not add up. Sales stay as they
    are.

    A value of rights speaks of collateral and of what a technology firm has; it does
    not enter a PD.

    Args:
        rights: those alive, see `rights_alive`.
        sales_fen: of 12 months, or null where unknown.
        rules: those of the day.
        on: the day.
        generator: the only source of chance.
        draws: how many, 1 or more.

    Returns:
        no value but a reason where there are no rights, or sales are unknown or not
        above 0: that is missing, not 0.

    Source: relief from royalty, science C18; the floor is what Pakes and Schankerman
    1984 read from renewals: who pays a fee holds the right to be worth it.
    """
    floor = sum((_paid(right, rules) for right in rights), 0)
    pledged = sum(right.pledged for right in rights)
    why = _lacking(rights, sales_fen)
    if why or sales_fen is None:
        return Valuation(
            low=None,
            middle=None,
            high=None,
            mean=None,
            floor=floor,
            rights=len(rights),
            pledged=pledged,
            lines=(*why, *_floor_lines(floor)),
        )
    factors = _factors(rights, rules=rules, on=on, rng=generator, draws=draws)
    worth = factors * float(sales_fen) * (1 - rules.tax)
    ends = np.percentile(worth, _PERCENTILES)
    low, middle, high = (max(round_fen(float(end)), floor) for end in ends)
    value = Valuation(
        low=low,
        middle=middle,
        high=high,
        mean=max(round_fen(float(worth.mean())), floor),
        floor=floor,
        rights=len(rights),
        pledged=pledged,
        lines=(),
    )
    return _with_lines(value, rights, sales_fen, rules)


def _factors(
    rights: Sequence[Right],
    *,
    rules: RightsRules,
    on: date,
    rng: np.random.Generator,
    draws: int,
) -> Floats:
    """Return the value of each draw per fen of sales and before tax."""
    kinds = sorted({right.kind for right in rights})
    royalty = {kind: _royalty(rules.kinds[kind], rng, draws) for kind in kinds}
    share = rng.uniform(*rules.share, draws)
    rate = rng.uniform(*rules.discount, draws)
    lives = [_life(right, rules.kinds[right.kind], on, rng, draws) for right in rights]
    worth = np.zeros(draws)
    for year in range(1, ceil(max(float(life.max()) for life in lives)) + 1):
        # A part of the last year counts as that part.
        saved = [
            royalty[right.kind] * np.clip(life - (year - 1), 0, 1)
            for right, life in zip(rights, lives, strict=True)
        ]
        worth += np.max(saved, axis=0) / (1 + rate) ** year
    return worth * share


def _royalty(rules: KindRules, rng: np.random.Generator, draws: int) -> Floats:
    low, mode, high = rules.royalty
    if not low < high:
        return np.full(draws, mode)
    return rng.triangular(low, mode, high, draws)


def _life(
    right: Right, rules: KindRules, on: date, rng: np.random.Generator, draws: int
) -> Floats:
    """Return the years that a right will live, one per draw."""
    left = min(max(rules.term - right.years_gone(on), 0.0), rules.life)
    if not rules.lapse > 0:
        return np.full(draws, left)
    # Fees fall due at the year's end: a right given up has lived the year out.
    return np.minimum(rng.geometric(rules.lapse, draws), left).astype(np.float64)


def _paid(right: Right, rules: RightsRules) -> Fen:
    """Return what was last paid to keep a right: as stated, else as the office asks."""
    if right.renewal_year is None:
        return 0
    if right.fee_fen is not None:
        return right.fee_fen
    fees = [f for year, f in rules.kinds[right.kind].fees if year <= right.renewal_year]
    return fees[-1] if fees else 0


def _lacking(rights: Sequence[Right], sales_fen: Fen | None) -> tuple[Said, ...]:
    if not rights:
        none = Said(
            "没有有效知识产权记录，无从估值", "no rights alive on record: no value"
        )
        return (none,)
    if sales_fen is None:
        return (Said("销售额未知，不估值", "sales unknown: no value"),)
    if sales_fen <= 0:
        return (Said("没有正的销售额，不估值", "no sales above 0: no value"),)
    return ()


def _floor_lines(floor: Fen) -> tuple[Said, ...]:
    if not floor:
        return ()
    told = wan_text(floor)
    return (
        Said(
            f"近次续展费合计{told}万元，为估值下限",
            f"last renewal fees come to {told}万 yuan: no value is below",
        ),
    )


def _with_lines(
    value: Valuation, rights: Sequence[Right], sales_fen: Fen, rules: RightsRules
) -> Valuation:
    ends = [wan_text(end or 0) for end in (value.low, value.middle, value.high)]
    counts: dict[Kind, int] = {}
    for right in rights:
        counts[right.kind] = counts.get(right.kind, 0) + 1
    sales = wan_text(sales_fen)
    lines = [
        Said(
            f"知识产权估值{ends[0]}—{ends[2]}万元，中位{ends[1]}万元（许可费节省法，"
            f"10%—90%分位；不进入违约概率）",
            f"rights are worth {ends[0]} to {ends[2]}万 yuan, median {ends[1]} (relief "
            "from royalty, 10th to 90th percentile; no part of the PD)",
        ),
        Said(
            f"年销售额{sales}万元，其中{_span(rules.share)}与权利有关；"
            f"折现率{_span(rules.discount)}，税率{percent(rules.tax, digits=0)}",
            f"sales of a year {sales}万 yuan, rights having a part in "
            f"{_span(rules.share)} of it; discounted at {_span(rules.discount)}, tax "
            f"{percent(rules.tax, digits=0)}",
        ),
        *(_kind_line(kind, counts[kind], rules.kinds[kind]) for kind in counts),
        *_floor_lines(value.floor),
    ]
    if value.pledged:
        lines.append(
            Said(
                f"其中{value.pledged}项曾质押，作押前须查解押",
                f"{value.pledged} of them were pledged: see that they are free",
            )
        )
    return replace(value, lines=tuple(lines))


def _kind_line(kind: Kind, count: int, rules: KindRules) -> Said:
    name, royalty = KINDS[kind], _span((rules.royalty[0], rules.royalty[2]))
    lapse = percent(rules.lapse, digits=0)
    return Said(
        f"{name.zh}{count}项：特许费率{royalty}，经济寿命至多{rules.life:g}年，"
        f"年失效率{lapse}",
        f"{count} {name.en}: royalty {royalty}, at most {rules.life:g} years, "
        f"{lapse} given up a year",
    )


def _span(ends: tuple[float, float]) -> str:
    return "–".join(f"{100 * end:g}%" for end in ends)
