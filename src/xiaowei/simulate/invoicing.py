"""The files of invoices: both directions, with goods, form, and what may be issued."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xiaowei.facts.sources import PURCHASES, SALES, Source
from xiaowei.simulate.arrays import Ints
from xiaowei.simulate.columns import money, picked, words
from xiaowei.simulate.goods import GOODS, goods_of
from xiaowei.simulate.limits import limit_book
from xiaowei.simulate.observed import Book, Observer
from xiaowei.simulate.tickets import OUTSIDE, Tickets

FORMS: Final = (
    "special",
    "plain",
    "electronic_special",
    "electronic_plain",
    "digital_special",
    "digital_plain",
)
ELECTRONIC_FROM: Final = date(2021, 1, 1)
DIGITAL_FROM: Final = (date(2022, 6, 1), date(2024, 6, 1))
"""Between these two days one firm after another comes to the all-digital invoice."""

_STATES: Final = ("有效发票", "作废发票")
_ROOM: Final = 10**12


def invoice_books(seen: Observer) -> list[Book]:
    """Return the files of sales, purchases and limits.

    An invoice voided on a later day was first known as valid: it stands in two rows.

    Args:
        seen: what becomes known.
    """
    county, rng = seen.county, seen.chance("invoices")
    tickets = county.tickets
    turns = _turns(seen)
    parts = _Parts(
        number=_numbers(seen, tickets, rng=rng),
        goods=goods_of(county, rng=rng),
        form=_forms(seen, tickets, turns),
        wait=_noticed(seen, tickets, rng=rng),
    )
    books = [
        *_direction(seen, SALES, tickets.seller, tickets.buyer, parts=parts),
        *_direction(seen, PURCHASES, tickets.buyer, tickets.seller, parts=parts),
    ]
    return [*books, limit_book(seen, turns)]


@dataclass(frozen=True, slots=True)
class _Parts:
    """What both sides of an invoice see of it."""

    number: pa.Array
    goods: Ints
    form: Ints
    wait: Ints


def _direction(
    seen: Observer, source: Source, own: Ints, other: Ints, *, parts: _Parts
) -> list[Book]:
    """Return a file per year of one direction."""
    county = seen.county
    tickets = county.tickets
    mine = np.flatnonzero(own != OUTSIDE)
    lag = seen.lag(source, len(mine))
    issued = tickets.day[mine]
    voided = tickets.voided[mine]
    first = issued + lag
    later = issued + np.maximum(parts.wait[mine], lag)
    corrected = np.flatnonzero(voided & (later > first))
    rows = np.concatenate([np.arange(len(mine)), corrected])
    known = np.where(voided & (later <= first), later, first)
    known = np.concatenate([known, later[corrected]])
    void = np.concatenate([voided & (later <= first), np.ones(len(corrected), bool)])
    order = np.lexsort((known, issued[rows]))
    rows, known, void = rows[order], known[order], void[order]
    place = mine[rows]
    years = _years(seen)[tickets.day[place]]
    books = []
    for year in np.unique(years).tolist():
        chosen = years == year
        at = place[chosen]
        book = seen.book(
            source,
            firm=own[at],
            happened=tickets.day[at],
            known=known[chosen],
            columns={
                "invoice_no": parts.number.take(pa.array(at)),
                "counterparty_id": _codes(seen, other[at], tickets.partner[at]),
                "net_fen": money(tickets.net[at]),
                "tax_fen": money(tickets.tax[at]),
                "total_fen": money(tickets.total[at]),
                "state": picked(_STATES, void[chosen].astype(np.int64)),
                "goods": picked(GOODS, parts.goods[at]),
                "form": words(source, "form", parts.form[at], ours=FORMS),
            },
        )
        books.append(Book(book.source, book.table, str(year)))
    return books


def _codes(seen: Observer, firm: Ints, partner: Ints) -> pa.Array:
    world = seen.county.world
    pool = world.firms.count + partner
    place = np.where(firm == OUTSIDE, pool, firm)
    return picked([*world.firms.codes, *world.network.pool], place)


def _years(seen: Observer) -> Ints:
    days = seen.county.world.days
    first = np.datetime64(days.first) + np.arange(days.count)
    return first.astype("datetime64[Y]").astype(np.int64) + 1970


def _numbers(seen: Observer, tickets: Tickets, *, rng: np.random.Generator) -> pa.Array:
    """Return a 20-digit number per invoice: year, province, serial; all different."""
    count = max(tickets.count, 1)
    world = seen.county.world
    room = _ROOM // (2 * count + 1)
    serial = rng.permutation(np.cumsum(rng.integers(1, room, tickets.count)))
    serial += world.plan.place.number * _ROOM
    codes = [*world.firms.codes, *world.network.pool]
    provinces = np.array(
        [int(code[2:4]) if code[2:4].isdigit() else 0 for code in codes]
    )
    place = np.where(
        tickets.seller == OUTSIDE, world.firms.count + tickets.partner, tickets.seller
    )
    head = _years(seen)[tickets.day] % 100 * 100 + provinces[place]
    front = pc.utf8_lpad(pa.array(head).cast(pa.string()), 4, "0")
    back = pc.utf8_lpad(pa.array(serial).cast(pa.string()), 16, "0")
    return pc.binary_join_element_wise(front, back, pa.scalar(""))


def _turns(seen: Observer) -> Ints:
    """Return the day from which each firm issues all-digital invoices."""
    days = seen.county.world.days
    first, last = ((day - days.first).days for day in DIGITAL_FROM)
    count = seen.county.world.firms.count
    turn = seen.chance("forms").integers(first, last, count)
    starts = days.starts[:-1]
    at = np.searchsorted(starts, turn)
    after = turn > starts[-1]
    turned = np.where(after, days.count, starts[np.minimum(at, days.months - 1)])
    return np.where(turn < 0, turn, turned).astype(np.int64)


def _forms(seen: Observer, tickets: Tickets, turns: Ints) -> Ints:
    world = seen.county.world
    code = world.network.pool
    person = np.array([text.startswith("GR") for text in code])
    to_person = (tickets.buyer == OUTSIDE) & person[tickets.partner]
    rates_plain = np.zeros(world.firms.count, dtype=np.bool_)
    rates_plain |= world.firms.small_scale
    seller = np.maximum(tickets.seller, 0)
    plain = to_person | (
        (tickets.seller != OUTSIDE) & rates_plain[seller] & (tickets.net % 2 == 0)
    )
    electronic = tickets.day >= (ELECTRONIC_FROM - world.days.first).days
    middle = (turns.min() + turns.max()) // 2
    turn = np.where(tickets.seller == OUTSIDE, middle, turns[seller])
    kind = np.where(tickets.day >= turn, 2, np.where(electronic, 1, 0))
    return np.asarray(2 * kind + plain, dtype=np.int64)


def _noticed(seen: Observer, tickets: Tickets, *, rng: np.random.Generator) -> Ints:
    """Return after how many days a void is noted, within the month of issue."""
    wait = rng.integers(0, 8, tickets.count)
    left = seen.county.world.days.left_in_month[tickets.day]
    return np.minimum(wait, left)
