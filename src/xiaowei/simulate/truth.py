"""What is true in the county, kept apart from what its sources say."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Floats, Ints, whole
from xiaowei.simulate.cash import CLOSES_AFTER_DAYS, ITEMS
from xiaowei.simulate.dirt import Dirt
from xiaowei.simulate.fraud import KINDS
from xiaowei.simulate.history import County
from xiaowei.simulate.sheets import Row, Sheet, yuan

_FIRM_HEADS: Final = (
    "enterprise_id",
    "quality",
    "margin",
    "customer",
    "default_on",
    "fraud_kind",
    "fraud_from",
    "intensity",
)
_MONTH_HEADS: Final = (
    "enterprise_id",
    "month",
    "capacity_use",
    "kwh",
    "ordered_yuan",
    "produced_yuan",
    "shipped_yuan",
    "cash_opening_yuan",
    *(f"{item}_yuan" for item in ITEMS),
    "cash_closing_yuan",
    "arrears_yuan",
    "vat_output_yuan",
    "vat_input_yuan",
    "vat_carry_yuan",
)
_RELATION_HEADS: Final = ("kind", "seller", "buyer", "since", "until")
_DIRT_HEADS: Final = ("file", "line", "kind", "outcome")


def truth_sheets(county: County, *, dirt: Sequence[Dirt]) -> list[Sheet]:
    """Return every file of the truth.

    Args:
        county: what was lived.
        dirt: the dirty rows in the files of the sources.
    """
    soiled: list[Row] = [(d.file, d.line, d.kind, d.outcome) for d in dirt]
    return [
        Sheet("firms.csv", _FIRM_HEADS, _firms(county)),
        Sheet("monthly.csv", _MONTH_HEADS, _monthly(county)),
        Sheet("relations.csv", _RELATION_HEADS, _relations(county)),
        Sheet("dirty.csv", _DIRT_HEADS, soiled),
    ]


def _firms(county: County) -> list[Row]:
    """Return what is true of each firm; a fraud never begun is none."""
    world, days = county.world, county.world.days
    firms, frauds = world.firms, world.frauds
    months = county.months()
    defaulted_on = county.life.treasury.defaulted_on
    begun = defaulted_on + CLOSES_AFTER_DAYS > np.array(
        [days.month_start(month) for month in frauds.since]
    )
    kinds = np.where(begun, frauds.kind, -1)
    return [
        (
            code,
            f"{firms.quality[place]:.4f}",
            f"{firms.margin[place]:.4f}",
            "yes" if world.loans.customer[place] else "no",
            days.date_of(int(lost)).isoformat() if lost < days.count else "",
            KINDS[kind] if kind >= 0 else "",
            months[frauds.since[place]] + "-01" if kind >= 0 else "",
            f"{frauds.intensity[place]:.3f}" if kind >= 0 else "",
        )
        for place, (code, lost, kind) in enumerate(
            zip(
                firms.codes,
                defaulted_on.tolist(),
                kinds.tolist(),
                strict=True,
            )
        )
    ]


def _monthly(county: County) -> list[Row]:
    life, firms = county.life, county.world.firms
    first, names = county.first_month, county.months()
    made = _by_month(county, life.produced)
    room = _by_month(county, np.broadcast_to(life.market.capacity, life.produced.shape))
    treasury, returns = life.treasury, life.taxes.returns
    opening = np.vstack([treasury.started_with[None, :], treasury.closing[first:-1]])
    amounts = [
        whole(_by_month(county, life.ordered)),
        whole(made),
        whole(_by_month(county, life.shipped)),
        opening,
        *(treasury.ledger[item][first:] for item in ITEMS),
        treasury.closing[first:],
        treasury.arrears[first:],
        life.taxes.output[first:],
        life.taxes.inputs[first:],
        returns.carry[first:],
    ]
    months = names[first:]
    return list(
        zip(
            [code for code in firms.codes for _ in months],
            months * firms.count,
            [f"{use:.4f}" for use in (made / room).T.ravel().tolist()],
            [
                f"{kwh:.1f}"
                for kwh in _by_month(county, county.power).T.ravel().tolist()
            ],
            *(yuan(amount.T.ravel().tolist()) for amount in amounts),
            strict=True,
        )
    )


def _by_month(county: County, daily: Floats) -> Floats:
    days = county.world.days
    starts: Ints = np.searchsorted(
        days.month, np.arange(county.first_month, days.months)
    )
    return np.asarray(np.add.reduceat(daily, starts, axis=0), dtype=np.float64)


def _relations(county: County) -> list[Row]:
    world = county.world
    codes, days, links = world.firms.codes, world.days, world.network.county
    months = county.months()
    supplies: list[Row] = [
        (
            "supplies",
            codes[seller],
            codes[buyer],
            days.date_of(int(since)).isoformat(),
            days.date_of(int(until)).isoformat(),
        )
        for seller, buyer, since, until in zip(
            links.supplier, links.buyer, links.since, links.until, strict=True
        )
        if until > world.first_day
    ]
    circular: list[Row] = [
        (
            "circular",
            codes[seller],
            codes[buyer],
            f"{months[world.frauds.since[seller]]}-01",
            days.date_of(days.count).isoformat(),
        )
        for ring in world.frauds.rings
        for seller, buyer in zip(ring, (*ring[1:], ring[0]), strict=True)
    ]
    return supplies + circular
