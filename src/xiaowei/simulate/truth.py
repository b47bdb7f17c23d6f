"""What is true in the county, kept apart from what its sources say."""

from typing import Final

import numpy as np
import pyarrow as pa

from xiaowei.simulate.arrays import Floats, Ints, whole
from xiaowei.simulate.cash import ITEMS
from xiaowei.simulate.columns import NEVER, counts, dates, money, numbers, picked
from xiaowei.simulate.fraud import KINDS
from xiaowei.simulate.history import County

_NONE: Final = len(KINDS)


def truth_tables(county: County) -> dict[str, pa.Table]:
    """Return every table of the truth by its name.

    Args:
        county: what was lived.
    """
    return {
        "firms": _firms(county),
        "monthly": _monthly(county),
        "relations": _relations(county),
    }


def begun(county: County) -> Ints:
    """Return the kind of each firm's fraud, -1 where it closed before it began."""
    world, days = county.world, county.world.days
    begins = days.starts[world.frauds.since]
    closed = county.life.treasury.closes_on
    return np.where(closed > begins, world.frauds.kind, -1)


def _firms(county: County) -> pa.Table:
    """Return what is true of each firm; a fraud never begun is none."""
    world, days = county.world, county.world.days
    firms, frauds = world.firms, world.frauds
    lost = county.life.treasury.defaulted_on
    kinds = begun(county)
    honest = kinds < 0
    starts = days.starts
    everyone = np.arange(firms.count)
    return pa.table(
        {
            "enterprise_id": picked(firms.codes, everyone),
            "quality": numbers(firms.quality, digits=4),
            "margin": numbers(firms.margin, digits=4),
            "customer": picked(("no", "yes"), world.loans.customer.astype(np.int64)),
            "default_on": dates(days, np.where(lost < days.count, lost, NEVER)),
            "fraud_kind": picked([*KINDS, None], np.where(honest, _NONE, kinds)),
            "fraud_from": dates(days, np.where(honest, NEVER, starts[frauds.since])),
            "intensity": numbers(frauds.intensity, digits=3, unknown=honest),
            "camouflage": counts(frauds.camouflage, unknown=honest),
        }
    )


def _monthly(county: County) -> pa.Table:
    life, firms = county.life, county.world.firms
    first, names = county.first_month, county.months()
    made = _by_month(county, life.produced)
    room = _by_month(county, np.broadcast_to(life.market.capacity, life.produced.shape))
    power = _by_month(county, county.power)
    treasury, taxes = life.treasury, life.taxes
    opening = np.vstack([treasury.started_with[None, :], treasury.closing[first:-1]])
    amounts = {
        "ordered": whole(_by_month(county, life.ordered)),
        "produced": whole(made),
        "shipped": whole(_by_month(county, life.shipped)),
        "cash_opening": opening,
        **{item: treasury.ledger(item)[first:] for item in ITEMS},
        "cash_closing": treasury.closing[first:],
        "arrears": treasury.arrears[first:],
        "vat_output": taxes.output[first:],
        "vat_input": taxes.inputs[first:],
        "vat_carry": taxes.returns.carry[first:],
    }
    months = len(names) - first
    return pa.table(
        {
            "enterprise_id": picked(
                firms.codes, np.repeat(np.arange(firms.count), months)
            ),
            "month": picked(names[first:], np.tile(np.arange(months), firms.count)),
            "capacity_use": numbers((made / room).T.ravel(), digits=4),
            "kwh": numbers(power.T.ravel(), digits=1),
            **{
                f"{name}_yuan": money(amount.T.ravel())
                for name, amount in amounts.items()
            },
        }
    )


def _by_month(county: County, daily: Floats) -> Floats:
    days = county.world.days
    starts = days.starts[county.first_month : -1]
    return np.asarray(np.add.reduceat(daily, starts, axis=0), dtype=np.float64)


def _relations(county: County) -> pa.Table:
    """Return who truly supplies whom, and who acts together against the bank."""
    world = county.world
    days, links = world.days, world.network.county
    alive = np.flatnonzero(links.until > world.first_day)
    starts = days.starts
    rows = [
        (kind, seller, buyer, starts[world.frauds.since[seller]], days.count)
        for kind, groups in world.frauds.groups.items()
        for group in groups
        for seller, buyer in zip(group, (*group[1:], group[0]), strict=True)
        if kind != "related_party" or seller == group[0]
    ]
    kinds = ["supplies", *world.frauds.groups]
    ends = np.array([row[1:] for row in rows], dtype=np.int64).reshape(-1, 4)
    kind = [kinds.index(row[0]) for row in rows]
    join = np.concatenate
    return pa.table(
        {
            "kind": picked(kinds, join([0 * alive, np.array(kind, dtype=np.int64)])),
            "seller": picked(
                world.firms.codes, join([links.supplier[alive], ends[:, 0]])
            ),
            "buyer": picked(world.firms.codes, join([links.buyer[alive], ends[:, 1]])),
            "since": dates(days, join([links.since[alive], ends[:, 2]])),
            "until": dates(days, join([links.until[alive], ends[:, 3]])),
        }
    )
