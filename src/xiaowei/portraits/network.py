"""Invoices in; each enterprise's position in the supply chain at each month end out.

Positions are facts of a family of their own, `network`, which hold from the month end
they are of. The desk works them out once a month; a portrait looks at those of the last
month end. Adding invoices up into trade between pairs is left to the engine, DuckDB or
Spark alike. The few rounds over pairs are NumPy and SciPy on one machine, in one order,
so that both engines give the same to the last bit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from xiaowei.portraits.consent import consented
from xiaowei.portraits.moments import Moments
from xiaowei.portraits.whole import added

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]

FAMILY: Final = "network"
SCHEMA: Final = pa.schema(
    {
        "enterprise_id": pa.string(),
        "happened_on": pa.date32(),
        "known_on": pa.date32(),
        "position": pa.float64(),
        "position_before": pa.float64(),
        "customers": pa.int64(),
        "suppliers": pa.int64(),
        "dependence": pa.float64(),
        "depth": pa.float64(),
        "known_share": pa.float64(),
    }
)
"""The columns of the family; see `traits/chain.py` for what the values mean."""

_FROM: Final = ("invoices",)
_YEAR: Final = 12
DAMPING: Final = 0.85
ROUNDS: Final = 20
"""0.85**20 is 0.04: what further rounds could still move of a position, at most."""
STEPS: Final = 10
"""Sellers more than this many steps away from a final buyer count as so many."""


def network_facts(
    facts: Mapping[str, ir.Table],
    month_ends: Iterable[date],
    *,
    engine: ibis.BaseBackend,
) -> pa.Table:
    """Return the position of each enterprise in the supply chain at month ends.

    Trade of a pair is what the seller's invoices tell of the 12 months or what the
    buyer's do, whichever is more, red letters deducted. Only what was known by each
    month end is looked at, and only invoices of those who then agreed to it.

    Args:
        facts: with `invoices`; `enterprises` and `consents` where they are held.
        month_ends: last days of months.
        engine: reads the facts.

    Returns:
        Shape: one row per month end and enterprise that trades, sorted; see `SCHEMA`.
    """
    parts = [_at(facts, day, engine) for day in month_ends]
    return pa.concat_tables([SCHEMA.empty_table(), *parts])


@dataclass(frozen=True, slots=True)
class _Web:
    """Trade among enterprises known here, by place, and what each trades in all.

    Args:
        sold: fen that each sold to anybody.
        bought: fen that each bought from anybody.
        seller: of each pair.
        buyer: of each pair.
        now: fen of each pair in the last 12 months.
        before: in the 12 before them.
    """

    sold: Floats
    bought: Floats
    seller: Ints
    buyer: Ints
    now: Floats
    before: Floats


def _at(facts: Mapping[str, ir.Table], day: date, engine: ibis.BaseBackend) -> pa.Table:
    moments = Moments((day,))
    told = _told(facts, moments)
    known = _known(facts, told, moments)
    pairs = _pairs(told, known)
    totals = engine.to_pyarrow(_totals(pairs, told, known).order_by("enterprise_id"))
    inner = pairs.filter(pairs.seller_known & pairs.buyer_known)
    trade = engine.to_pyarrow(
        inner.select("seller", "buyer", "now", "before").order_by("seller", "buyer")
    )
    names = totals["enterprise_id"].combine_chunks()
    web = _Web(
        _floats(totals["sold"]),
        _floats(totals["bought"]),
        pc.index_in(trade["seller"], names).to_numpy().astype(np.int64),
        pc.index_in(trade["buyer"], names).to_numpy().astype(np.int64),
        _floats(trade["now"]),
        _floats(trade["before"]),
    )
    partners = _floats(totals["partners"])
    columns = {
        "enterprise_id": names,
        "happened_on": pa.repeat(pa.scalar(day, pa.date32()), len(names)),
        "known_on": pa.repeat(pa.scalar(day, pa.date32()), len(names)),
        "position": _stated(positions(web.buyer, web.seller, web.now, web.sold.size)),
        "position_before": _stated(
            positions(web.buyer, web.seller, web.before, web.sold.size)
        ),
        "customers": np.bincount(web.seller[web.now > 0], minlength=len(names)),
        "suppliers": np.bincount(web.buyer[web.now > 0], minlength=len(names)),
        "dependence": _stated(_dependence(web)),
        "depth": _stated(_depth(web)),
        "known_share": _stated(_over(_floats(totals["partners_known"]), partners)),
    }
    traded = pa.array((web.sold + web.bought) > 0)
    return pa.table(columns).cast(SCHEMA).filter(traded)


def _told(facts: Mapping[str, ir.Table], moments: Moments) -> ir.Table:
    """Return what each enterprise tells of its trade with each partner."""
    cells = moments.cells(
        facts["invoices"],
        family="invoices",
        by=("direction", "counterparty_id"),
        sums={"net": lambda t: ibis.ifelse(t.state == "valid", t.net_fen, 0)},
        within=2 * _YEAR,
    )
    cells = consented(cells, _FROM, facts=facts, moments=moments)
    now, before = cells.ago.between(0, _YEAR - 1), cells.ago >= _YEAR
    told = cells.group_by(["enterprise_id", "direction", "counterparty_id"]).aggregate(
        now=_at_least_0(cells.net, now),
        before=_at_least_0(cells.net, before),
    )
    return told.filter(
        (told.now + told.before > 0) & (told.counterparty_id != told.enterprise_id)
    )


def _at_least_0(fen: ir.Value, where: ir.Value) -> ir.Value:
    return ibis.greatest(fen.sum(where=where).fill_null(0).cast("int64"), 0)


def _known(facts: Mapping[str, ir.Table], told: ir.Table, moments: Moments) -> ir.Table:
    """Return the enterprises that trade or stand in the register."""
    names = told.select("enterprise_id")
    if "enterprises" in facts:
        register = moments.rows(facts["enterprises"], family="enterprises")
        names = names.union(register.select("enterprise_id"))
    return names.distinct()


def _pairs(told: ir.Table, known: ir.Table) -> ir.Table:
    """Return the trade of each seller and buyer, and which of them is known here."""
    sale = told.direction == "sale"
    sides = told.select(
        "now",
        "before",
        seller=ibis.ifelse(sale, told.enterprise_id, told.counterparty_id),
        buyer=ibis.ifelse(sale, told.counterparty_id, told.enterprise_id),
    )
    pairs = sides.group_by(["seller", "buyer"]).aggregate(
        now=sides.now.max(), before=sides.before.max()
    )
    sellers, buyers = known.view(), known.view()
    joined = pairs.left_join(sellers, pairs.seller == sellers.enterprise_id)
    joined = joined.left_join(buyers, pairs.buyer == buyers.enterprise_id)
    return joined.select(
        *[pairs[name] for name in pairs.columns],
        seller_known=sellers.enterprise_id.notnull(),
        buyer_known=buyers.enterprise_id.notnull(),
    )


def _totals(pairs: ir.Table, told: ir.Table, known: ir.Table) -> ir.Table:
    """Return what each enterprise sold and bought, and how many partners it told of."""
    sides = [
        pairs.filter(pairs[f"{me}_known"]).select(
            enterprise_id=pairs[me],
            sold=pairs.now if me == "seller" else ibis.literal(0, "int64"),
            bought=pairs.now if me == "buyer" else ibis.literal(0, "int64"),
        )
        for me in ("seller", "buyer")
    ]
    both = sides[0].union(sides[1])
    sums = both.group_by("enterprise_id").aggregate(
        sold=added(both.sold), bought=added(both.bought)
    )
    whom = told.filter(told.now > 0)
    whom = whom.select("enterprise_id", "counterparty_id").distinct()
    they = known.view()
    linked = whom.left_join(they, whom.counterparty_id == they.enterprise_id)
    seen = linked.group_by(whom.enterprise_id).aggregate(
        partners=linked.count(),
        partners_known=they.enterprise_id.notnull().sum().cast("int64"),
    )
    seen = seen.view()
    joined = sums.left_join(seen, sums.enterprise_id == seen.enterprise_id)
    return joined.select(
        *[sums[name] for name in sums.columns],
        partners=ibis.coalesce(seen.partners, 0),
        partners_known=ibis.coalesce(seen.partners_known, 0),
    )


def positions(payer: Ints, payee: Ints, paid: Floats, count: int) -> Floats:
    """Return the PageRank of those who are paid, so that 1 is the mean.

    Whoever is bought from by many who are bought from themselves stands high.

    Args:
        payer: of each pair, by place.
        payee: of each pair.
        paid: fen, 0 or more.
        count: how many places there are.

    Returns:
        Shape: one per place; NaN for those whom nobody pays and who pay nobody.

    Source: Brin and Page, The anatomy of a large-scale hypertextual Web search engine,
    1998; weights as in Xing and Ghorbani, Weighted PageRank, 2004.
    """
    paying = np.bincount(payer, paid, count)
    linked = (paying > 0) | (np.bincount(payee, paid, count) > 0)
    size = int(linked.sum())
    if not size:
        return np.full(count, np.nan)
    shares = paid / np.where(paying[payer] > 0, paying[payer], 1)
    step = sparse.csr_array((shares, (payee, payer)), shape=(count, count))
    mass = linked / size
    silent = linked & (paying == 0)
    for _ in range(ROUNDS):
        lost = mass[silent].sum()
        spread = ((1 - DAMPING) + DAMPING * lost) / size
        mass = DAMPING * (step @ mass) + linked * spread
    return np.where(linked, mass * size, np.nan)


def _depth(web: _Web) -> Floats:
    """Return how many steps the sales of each lie before final buyers, 1 or more.

    Final buyers are all that are not known here. NaN for those who sell nothing.

    Source: Antràs, Chor, Fally, Hillberry, Measuring the upstreamness of production
    and trade flows, 2012.
    """
    shares, _ = _shares(web)
    count = web.sold.size
    step = sparse.csr_array((shares, (web.seller, web.buyer)), shape=(count, count))
    depth = np.ones(count)
    for _ in range(STEPS - 1):
        depth = 1 + np.asarray(step @ depth)
    return np.where(web.sold > 0, depth, np.nan)


def _dependence(web: _Web) -> Floats:
    """Return how much more each needs its customer than he needs it, 0..1.

    The share of its sales that a customer takes times what that customer buys from
    others, for the customer for whom this is most. NaN for those who sell nothing.
    """
    taken, given = _shares(web)
    most = np.zeros(web.sold.size)
    np.maximum.at(most, web.seller, taken * (1 - given))
    return np.where(web.sold > 0, most, np.nan)


def _shares(web: _Web) -> tuple[Floats, Floats]:
    """Return what share of its seller's sales, and of its buyer's purchases, a pair is.

    A pair without trade of the last 12 months is no share of either.
    """
    taken = _over(web.now, web.sold[web.seller])
    given = _over(web.now, web.bought[web.buyer])
    return np.nan_to_num(taken), np.nan_to_num(given)


def _over(part: Floats, whole: Floats) -> Floats:
    """Return part / whole, NaN where the whole is 0."""
    none: Floats = np.full(part.size, np.nan)
    np.divide(part, whole, out=none, where=whole > 0)
    return none


def _floats(column: pa.ChunkedArray) -> Floats:
    return np.asarray(column.to_numpy(), dtype=np.float64)


def _stated(values: Floats) -> pa.Array:
    return pa.array(values, mask=np.isnan(values))
