"""The registry's files: how firms stood in it, who was behind them, what changed."""

from typing import Final

import numpy as np
import pyarrow as pa

from xiaowei.facts.sources import CHANGES, ENTERPRISES, OWNERS
from xiaowei.money import FEN_PER_WAN
from xiaowei.simulate.arrays import Ints
from xiaowei.simulate.columns import (
    NEVER,
    counts,
    dates,
    money,
    numbers,
    picked,
    words,
)
from xiaowei.simulate.firms import DAYS_A_YEAR, PARKS
from xiaowei.simulate.fraud import HIDDEN_FROM
from xiaowei.simulate.observed import Book, Observer
from xiaowei.simulate.people import ROLES
from xiaowei.simulate.staff import hands

STATUSES: Final = ("open", "suspended", "revoked", "closed")
_CAPITALS: Final = (10, 50, 100, 200, 500, 1000, 2000)
_MOVES: Final = 0.08
_NO_PHONE: Final = 0.04
_NO_STAFF: Final = 0.06
_CLOSES: Final = (200, 500)
_STREETS: Final = ("人民路", "建设路", "工业大道", "振兴路", "滨河路", "创业路")


def registry_books(seen: Observer) -> list[Book]:
    """Return the files of enterprises, owners and changes.

    Args:
        seen: what becomes known.
    """
    rng = seen.chance("registry")
    world = seen.county.world
    count = world.firms.count
    address, phone = _addresses(seen, rng=rng), _phones(seen, rng=rng)
    moved = np.where(
        rng.random(count) < _MOVES,
        rng.integers(world.first_day + 40, world.days.count, count),
        NEVER,
    )
    moved = np.where(moved > world.firms.opens, moved, NEVER)
    home = [f"{text[:-1]}甲号" for text in address]
    ended, status = _ends(seen, rng=rng)
    changes = _changes(seen, moved, (address, home), (ended, status))
    enterprises = _enterprises(seen, moved, (address, home, phone), (ended, status))
    return [enterprises, _owners(seen), changes]


def _enterprises(
    seen: Observer,
    moved: Ints,
    texts: tuple[list[str], list[str], list[str]],
    end: tuple[Ints, Ints],
) -> Book:
    """Return a row per firm, and one more where it moved, grew or closed."""
    world, rng = seen.county.world, seen.chance("enterprises")
    firms, days = world.firms, world.days
    everyone = np.arange(firms.count)
    born = firms.born(days)
    begun = np.maximum(born, world.first_day)
    ended, status = end
    yearly = firms.scale * DAYS_A_YEAR / FEN_PER_WAN
    size = np.searchsorted(_CAPITALS, yearly * rng.lognormal(-0.9, 0.8, firms.count))
    capital = np.array(_CAPITALS)[np.minimum(size, len(_CAPITALS) - 1)]
    address, home, phone = texts
    recounted = np.flatnonzero(begun + DAYS_A_YEAR < days.count)
    went, closed = np.flatnonzero(moved != NEVER), np.flatnonzero(ended != NEVER)
    firm = np.concatenate([everyone, recounted, went, closed])
    known = np.concatenate(
        [
            begun,
            begun[recounted] + DAYS_A_YEAR,
            np.maximum(moved[went] + 10, begun[went]),
            ended[closed] + 5,
        ]
    )
    order = np.lexsort((known, firm))
    firm, known = firm[order], known[order]
    gone = (moved[firm] != NEVER) & (known > moved[firm])
    over = (ended[firm] != NEVER) & (known > ended[firm])
    staff = hands(seen)
    month = days.month[np.clip(known, 0, days.count - 1)] - 1
    no_phone = rng.random(firms.count) < _NO_PHONE
    told_phone = np.where(no_phone, len(phone), np.arange(firms.count))
    columns: dict[str, pa.Array] = {
        "name": picked(firms.names, firm),
        "industry": picked([trade.code for trade in firms.trades], firm),
        "region": picked(firms.towns, firm),
        "park": picked([PARKS[park] or None for park in firms.park], firm),
        "staff": counts(staff[month, firm], unknown=rng.random(len(firm)) < _NO_STAFF),
        "capital_fen": money(capital[firm] * FEN_PER_WAN),
        "address": picked([*address, *home], np.where(gone, firm + firms.count, firm)),
        "phone": picked([*phone, None], told_phone[firm]),
        "status": words(
            ENTERPRISES, "status", np.where(over, status[firm], 0), ours=STATUSES
        ),
    }
    return seen.book(
        ENTERPRISES, firm=firm, happened=born[firm], columns=columns, known=known
    )


def _owners(seen: Observer) -> Book:
    people, days = seen.people, seen.county.world.days
    order = np.lexsort((people.since, people.role, people.firm))
    share = people.share[order]
    # A role that ends is told when it begins and again when it ends.
    ends = people.until[order]
    again = np.flatnonzero(ends != NEVER)
    rows = np.concatenate([np.arange(len(order)), again])
    until = np.concatenate([np.full(len(order), NEVER), ends[again]])
    rows_since = people.since[order][rows]
    happened = np.where(until == NEVER, rows_since, until)
    lag = seen.lag(OWNERS, len(rows))
    known = np.maximum(happened, seen.county.world.first_day) + lag
    return seen.book(
        OWNERS,
        firm=people.firm[order][rows],
        happened=rows_since,
        known=known,
        columns={
            "person_id": picked(people.ids, people.person[order][rows]),
            "person": picked(people.names, people.person[order][rows]),
            "role": words(OWNERS, "role", people.role[order][rows], ours=ROLES),
            "share": numbers(share[rows], digits=2, unknown=share[rows] < 0),
            "until_on": dates(days, until),
        },
    )


def _changes(
    seen: Observer,
    moved: Ints,
    homes: tuple[list[str], list[str]],
    end: tuple[Ints, Ints],
) -> Book:
    """Return moves, new legal persons, and firms that closed."""
    people, firms = seen.people, seen.county.world.firms
    ended, status = end
    items = ("address", "legal_person", "status")
    zh = {"open": "存续", "suspended": "停业", "revoked": "吊销", "closed": "注销"}
    rows: list[tuple[int, int, int, str, str]] = []
    for firm in range(firms.count):
        if moved[firm] != NEVER:
            rows.append((firm, int(moved[firm]), 0, homes[0][firm], homes[1][firm]))
        if people.changed[firm] != NEVER:
            old, new = people.leader[firm], people.successor[firm]
            day = int(people.changed[firm])
            rows.append((firm, day, 1, people.names[old], people.names[new]))
        if ended[firm] != NEVER:
            after = zh[STATUSES[status[firm]]]
            rows.append((firm, int(ended[firm]), 2, zh["open"], after))
    rows.sort(key=lambda row: row[1])
    numbers_of = np.array([row[:3] for row in rows], dtype=np.int64).reshape(-1, 3)
    return seen.book(
        CHANGES,
        firm=numbers_of[:, 0],
        happened=numbers_of[:, 1],
        columns={
            "item": words(CHANGES, "item", numbers_of[:, 2], ours=items),
            "before": pa.array([row[3] for row in rows], pa.string()),
            "after": pa.array([row[4] for row in rows], pa.string()),
        },
    )


def _ends(seen: Observer, *, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return on which day a firm lost its standing, and what it is since."""
    world = seen.county.world
    count = world.firms.count
    lost = seen.county.life.treasury.defaulted_on
    wait = rng.integers(*_CLOSES, count)
    ended = np.where(lost < world.days.count, lost + wait, world.days.count)
    struck = world.firms.ends < np.minimum(ended, world.days.count)
    ended = np.minimum(ended, world.firms.ends)
    status = np.where(struck, 2, rng.choice((1, 1, 2, 3), count))
    return np.where(ended < world.days.count, ended, NEVER), status


def _addresses(seen: Observer, *, rng: np.random.Generator) -> list[str]:
    """Return where each firm sits; shells and an agent's clients share a room."""
    firms = seen.county.world.firms
    street = rng.integers(len(_STREETS), size=firms.count).tolist()
    number = rng.integers(1, 900, firms.count).tolist()
    texts = [
        f"{firms.towns[firm]}{_STREETS[street[firm]]}{number[firm]}号"
        for firm in range(firms.count)
    ]
    for members in _sharing(seen):
        for firm in members[1:]:
            texts[firm] = texts[members[0]]
    return texts


def _phones(seen: Observer, *, rng: np.random.Generator) -> list[str]:
    number = rng.integers(10**9, 10**10, seen.county.world.firms.count).tolist()
    texts = [f"1{digits:010d}" for digits in number]
    for members in _sharing(seen):
        for firm in members[1:]:
            texts[firm] = texts[members[0]]
    return texts


def _sharing(seen: Observer) -> list[list[int]]:
    """Return groups that share a room and a telephone."""
    frauds = seen.county.world.frauds
    plain = frauds.camouflage < HIDDEN_FROM
    shells = [firm for firm in frauds.of_kind("shell") if plain[firm]]
    hosts = [group for group in frauds.groups["packaged"] if plain[group[0]]]
    alone = [firm for firm in shells if frauds.kind[firm - 1] < 0 and firm > 0]
    return [
        *([firm - 1, firm] for firm in alone),
        *([*group] for group in hosts),
    ]
