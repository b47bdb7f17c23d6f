"""A world of trade with rings planted in it, written as the facts of a lake.

Firms have standing partners, most of whom are firms too; rings are of three to six
firms, at four levels of camouflage.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SEED: Final = 11
AS_OF: Final = date(2026, 6, 30)
MONTHS: Final = 36
INSIDE: Final = 0.7
"""Share of partners that are firms we know."""
PARTNERS: Final = 6
WITH_ANOTHER: Final = 0.2
LENGTHS: Final = (3, 4, 5, 6)
LEVELS: Final = {
    0: "one invoice a leg",
    1: "cut up over days",
    2: "amounts blurred, every third month left out",
    3: "as 2, beside honest trade of the same pairs",
}


@dataclass(frozen=True, slots=True)
class Sales:
    """Sales by place of seller and buyer; a buyer beyond the firms is an outsider."""

    seller: Ints
    buyer: Ints
    day: Ints
    net: Floats


@dataclass(frozen=True, slots=True)
class Ring:
    """A planted ring: its firms in order, and how well it hides."""

    firms: tuple[int, ...]
    level: int


def write(
    place: Path, *, firms: int, invoices: int, rings: int, seed: int = SEED
) -> list[Ring]:
    """Write a world's facts as Parquet files.

    Args:
        place: a folder.
        firms: how many.
        invoices: of honest trade; those of rings are added.
        rings: how many are planted.
        seed: where chance comes from.
    """
    rng = np.random.default_rng(seed)
    honest, pairs = _honest(rng, firms, invoices)
    planted = _rings(rng, firms, rings)
    added = [_ring_sales(rng, ring) for ring in planted]
    beside = [
        _standing(rng, ring, pairs) for ring in planted if ring.level == max(LEVELS)
    ]
    every = [honest, *added, *beside]
    sales = Sales(
        np.concatenate([one.seller for one in every]),
        np.concatenate([one.buyer for one in every]),
        np.concatenate([one.day for one in every]),
        np.concatenate([one.net for one in every]),
    )
    pq.write_table(_invoices(sales, firms), place / "invoices.parquet")
    pq.write_table(_register(rng, firms), place / "enterprises.parquet")
    pq.write_table(_owners(rng, firms), place / "owners.parquet")
    return planted


def _honest(
    rng: np.random.Generator, firms: int, invoices: int
) -> tuple[Sales, Floats]:
    """Return sales of standing pairs, and the size of each firm.

    Firms differ in how many partners they have and in how much they trade; a pair
    lives for about a year, and a third of pairs bill at month ends.
    """
    count = firms * PARTNERS
    wealth = rng.normal(0, 1, firms)
    weight = np.exp(0.7 * wealth + rng.normal(0, 0.7, firms))
    weight /= weight.sum()
    seller, buyer = (rng.choice(firms, count, p=weight) for _ in range(2))
    outside = rng.random(count) > INSIDE
    buyer = np.where(outside, firms + rng.integers(0, 10 * firms, count), buyer)
    keep = seller != buyer
    seller, buyer = seller[keep], buyer[keep]
    size = wealth[seller] + np.where(buyer < firms, wealth[buyer % firms], 0)
    level = 14 + 0.6 * size + rng.normal(0, 0.8, len(seller))
    begin = rng.integers(-12, MONTHS, len(seller)) * 30
    busy = np.exp(rng.normal(0, 0.8, len(seller)))
    pair = rng.choice(len(seller), invoices, p=busy / busy.sum())
    month = begin[pair] // 30 + rng.geometric(1 / 12, invoices)
    month = np.clip(month, 0, MONTHS - 1)
    at_end = (rng.random(len(seller)) < 1 / 3)[pair]
    own = rng.integers(0, 28, len(seller))[pair] + rng.integers(-2, 3, invoices)
    dom = np.where(at_end, rng.integers(24, 30, invoices), np.clip(own, 0, 29))
    net = np.exp(level[pair] + rng.normal(0, 0.7, invoices))
    return Sales(seller[pair], buyer[pair], month * 30 + dom, net), wealth


def _rings(rng: np.random.Generator, firms: int, count: int) -> list[Ring]:
    """Return rings of all lengths and levels in turn, no firm in two."""
    order = iter(rng.permutation(firms).tolist())
    kinds = [(length, level) for length in LENGTHS for level in LEVELS]
    return [
        Ring(tuple(next(order) for _ in range(length)), level)
        for length, level in (kinds[n % len(kinds)] for n in range(count))
    ]


def _ring_sales(rng: np.random.Generator, ring: Ring) -> Sales:
    """Return what goes round a ring, once a month for a year."""
    length = len(ring.firms)
    rows = []
    usual = rng.uniform(16.5, 18)
    for month in range(MONTHS - 13, MONTHS - 1):
        if ring.level > 1 and month % 3 == 0:
            continue
        net = np.exp(usual + rng.normal(0, 0.3))
        day = month * 30 + int(rng.integers(0, 5))
        for n in range(length):
            blur = rng.uniform(0.97, 1.03) if ring.level > 1 else 1.0
            parts = int(rng.integers(2, 6)) if ring.level else 1
            pair = ring.firms[n], ring.firms[(n + 1) % length]
            each = net * blur / parts
            rows += [(*pair, day + min(part, 2), each) for part in range(parts)]
            day += int(rng.integers(3, 6))
            net *= 1 - rng.uniform(0.03, 0.08)
    seller, buyer, on, fen = zip(*rows, strict=True)
    return Sales(np.array(seller), np.array(buyer), np.array(on), np.array(fen))


def _standing(rng: np.random.Generator, ring: Ring, wealth: Floats) -> Sales:
    """Return honest trade of one pair of a ring, on days of its own."""
    count = MONTHS
    seller, buyer = ring.firms[:2]
    net = np.exp(
        14 + 0.6 * (wealth[seller] + wealth[buyer]) + rng.normal(0, 0.7, count)
    )
    return Sales(
        np.full(count, seller),
        np.full(count, buyer),
        np.arange(count) * 30 + rng.integers(0, 30, count),
        net,
    )


def _invoices(sales: Sales, firms: int) -> pa.Table:
    """Return the sellers' books, and for every second pair of firms the buyers' too."""
    known = (sales.buyer < firms) & ((sales.seller + sales.buyer) % 2 == 0)
    mine, theirs = np.arange(len(sales.day)), np.flatnonzero(known)
    row = np.append(mine, theirs)
    bought = np.append(np.zeros(len(mine), bool), np.ones(len(theirs), bool))
    names = np.char.add("E", np.arange(11 * firms).astype(str))
    codes = pa.array(names.tolist())
    seller, buyer = (codes.take(pa.array(x[row])) for x in (sales.seller, sales.buyer))
    first = (np.datetime64(AS_OF) - np.timedelta64(MONTHS * 30 - 1, "D")).astype(
        "datetime64[D]"
    )
    on = pa.array(first + sales.day[row])
    net = sales.net[row].astype(np.int64) + 100
    tax = net * 13 // 100
    flag = pa.array(bought)
    return pa.table(
        {
            "enterprise_id": pc.if_else(flag, buyer, seller),
            "counterparty_id": pc.if_else(flag, seller, buyer),
            "direction": pc.if_else(flag, "purchase", "sale"),
            "happened_on": on,
            "known_on": on,
            "invoice_no": pc.cast(pa.array(row), pa.string()),
            "net_fen": net,
            "tax_fen": tax,
            "total_fen": net + tax,
            "state": pa.repeat("valid", len(row)),
            "goods": pa.nulls(len(row), pa.string()),
            "form": pa.nulls(len(row), pa.string()),
            "again": pa.repeat(pa.scalar(value=False), len(row)),
            "file": pa.repeat("books.csv", len(row)),
            "line": np.arange(len(row)),
        }
    )


def _register(rng: np.random.Generator, firms: int) -> pa.Table:
    """Return the register; two addresses and one phone in a hundred are shared."""
    home, line = (
        np.where(rng.random(firms) < share, rng.integers(0, firms, firms), range(firms))
        for share in (0.02, 0.01)
    )
    return pa.table(
        _stated(firms)
        | {
            "name": [f"企业{n}" for n in range(firms)],
            "industry": pa.nulls(firms, pa.string()),
            "region": pa.nulls(firms, pa.string()),
            "park": pa.nulls(firms, pa.string()),
            "staff": pa.nulls(firms, pa.int64()),
            "capital_fen": pa.nulls(firms, pa.int64()),
            "address": [f"路{n}号" for n in home],
            "phone": [f"13{n:09d}" for n in line],
            "status": pa.repeat("open", firms),
        }
    )


def _owners(rng: np.random.Generator, firms: int) -> pa.Table:
    """Return an owner for each firm, of whom a fifth has another firm."""
    whose = np.where(
        rng.random(firms) < WITH_ANOTHER, rng.integers(0, firms, firms), range(firms)
    )
    return pa.table(
        _stated(firms)
        | {
            "person_id": [f"P{n}" for n in whose],
            "person": pa.nulls(firms, pa.string()),
            "role": pa.repeat("controller", firms),
            "share": pa.nulls(firms, pa.float64()),
            "until_on": pa.nulls(firms, pa.date32()),
        }
    )


def _stated(firms: int) -> dict[str, Any]:
    on = pa.repeat(pa.scalar(date(2015, 1, 1), pa.date32()), firms)
    return {
        "enterprise_id": [f"E{n}" for n in range(firms)],
        "happened_on": on,
        "known_on": on,
        "again": pa.repeat(pa.scalar(value=False), firms),
        "file": pa.repeat("register.csv", firms),
        "line": np.arange(firms),
    }


def opened(place: Path, engine: ibis.BaseBackend) -> dict[str, ibis.Table]:
    """Return the families of a world as tables of an engine."""
    return {
        path.stem: engine.read_parquet(path, table_name=path.stem)
        for path in sorted(place.glob("*.parquet"))
    }
