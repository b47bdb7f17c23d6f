"""What firms know, belong to, complain of, learn, and agree to have looked at."""

from typing import Final

import numpy as np

from xiaowei.facts.sources import CONSENTS, MEMBERSHIPS, RIGHTS, SURVEYS, TRAINING
from xiaowei.simulate.arrays import Ints, whole
from xiaowei.simulate.columns import (
    NEVER,
    counts,
    dates,
    money,
    numbered,
    picked,
    words,
)
from xiaowei.simulate.firms import PARKS
from xiaowei.simulate.observed import Book, Observer
from xiaowei.simulate.trades import TRADES

KINDS: Final = ("invention", "utility_model", "design", "trademark", "software")
EVENTS: Final = ("applied", "granted", "renewed", "lapsed", "licensed", "pledged")
TOPICS: Final = (
    "finance",
    "labour",
    "orders",
    "costs",
    "receivables",
    "tax",
    "premises",
    "technology",
)
ASSOCIATIONS: Final = ("五金行业协会", "商会", "青年企业家协会", "食品行业协会")
CHAINS: Final = ("装备制造产业链", "纺织服装产业链", "电子信息产业链")
_RIGHTS_A_YEAR: Final = {"I": 0.8, "C": 0.35, "A": 0.1}
_GRANTED: Final = (0.55, 0.9, 0.9, 0.85, 0.98)
_GRANT_DAYS: Final = (600, 240, 200, 300, 60)
_SOFTWARE: Final = 0.6
_RENEWED: Final = 0.75
_USED: Final = 0.06
_LICENSED: Final = 4
_NAMED: Final = 0.4
_IN_ASSOCIATION: Final = 0.3
_IN_CHAIN: Final = 0.2
_LEAVES_A_YEAR: Final = 0.06
_ASKED_A_YEAR: Final = 0.7
_DAYS_A_YEAR: Final = 365


def programme_books(seen: Observer) -> list[Book]:
    """Return the files of rights, memberships, surveys, training and consents.

    Args:
        seen: what becomes known.
    """
    return [
        _rights(seen),
        _memberships(seen),
        _surveys(seen),
        _training(seen),
        _consents(seen),
    ]


def _span(seen: Observer) -> tuple[Ints, int]:
    """Return each firm's first day, at most ten years back, and the last day."""
    world = seen.county.world
    born = world.firms.born(world.days)
    return np.maximum(born, -10 * _DAYS_A_YEAR), world.days.count


def _rights(seen: Observer) -> Book:
    """Return what technology firms applied for, and what became of it."""
    world, rng = seen.county.world, seen.chance("rights")
    born, last = _span(seen)
    yearly = np.array([_RIGHTS_A_YEAR.get(t.group, 0.02) for t in world.firms.trades])
    yearly = yearly * np.exp(0.4 * world.firms.quality)
    number = rng.poisson(yearly * (last - born) / _DAYS_A_YEAR)
    firm = np.repeat(np.arange(len(number)), number)
    day = born[firm] + whole(rng.random(len(firm)) * (last - born[firm]))
    soft = np.array([TRADES[place].group == "I" for place in world.firms.trade])[firm]
    kind = np.where(
        soft & (rng.random(len(firm)) < _SOFTWARE), 4, rng.integers(0, 4, len(firm))
    )
    granted = rng.random(len(firm)) < np.array(_GRANTED)[kind]
    wait = whole(np.array(_GRANT_DAYS)[kind] * rng.uniform(0.6, 1.6, len(firm)))
    lives = rng.random(len(firm))
    renewed = day + wait + _DAYS_A_YEAR
    right = np.arange(len(firm))
    join = np.concatenate
    first = np.flatnonzero(granted)
    second = np.flatnonzero(granted & (lives < _RENEWED))
    third = np.flatnonzero(granted & (lives >= _RENEWED))
    fourth = np.flatnonzero(granted & (lives < _USED))
    which = join([right, first, second, third, fourth])
    sizes = tuple(len(part) for part in (right, first, second, third, fourth))
    event = np.repeat(np.arange(5), sizes)
    event = np.where(event == _LICENSED, rng.integers(4, 6, len(event)), event)
    when = join(
        [
            day,
            (day + wait)[first],
            renewed[second],
            renewed[third],
            (renewed + 200)[fourth],
        ]
    )
    paid = np.where(
        event >= _LICENSED, rng.integers(10, 300, len(event)) * 1_000_000, 0
    )
    order = np.lexsort((which, when))
    order = order[(when < last)[order] & ~seen.closed(firm[which], when)[order]]
    number_of = f"ZL{world.plan.place.number:03d}"
    return seen.book(
        RIGHTS,
        firm=firm[which][order],
        happened=when[order],
        columns={
            "right_no": numbered(number_of, which[order]),
            "kind": words(RIGHTS, "kind", kind[which][order], ours=KINDS),
            "event": words(RIGHTS, "event", event[order], ours=EVENTS),
            "amount_fen": money(paid[order], unknown=paid[order] == 0),
        },
    )


def _memberships(seen: Observer) -> Book:
    """Return parks, associations and chains, and who left them when."""
    world, rng = seen.county.world, seen.chance("memberships")
    born, last = _span(seen)
    firms = world.firms
    bodies = (*PARKS[1:], *ASSOCIATIONS, *CHAINS)
    in_park = np.flatnonzero(firms.park > 0)
    joins = np.flatnonzero(rng.random(firms.count) < _IN_ASSOCIATION)
    chain = np.flatnonzero(rng.random(firms.count) < _IN_CHAIN)
    firm = np.concatenate([in_park, joins, chain])
    first_body = len(PARKS) - 1
    body = np.concatenate(
        [
            firms.park[in_park] - 1,
            first_body + firms.trade[joins] % len(ASSOCIATIONS),
            first_body + len(ASSOCIATIONS) + firms.trade[chain] % len(CHAINS),
        ]
    )
    kind = np.repeat((0, 1, 2), (len(in_park), len(joins), len(chain)))
    since = born[firm] + whole(
        rng.random(len(firm)) ** 2 * np.maximum(last - 1 - born[firm], 1)
    )
    alive = ~seen.closed(firm, since)
    firm, body, kind, since = firm[alive], body[alive], kind[alive], since[alive]
    left = since + whole(rng.exponential(_DAYS_A_YEAR / _LEAVES_A_YEAR, len(firm)))
    ends = np.flatnonzero(left < last - 40)
    rows = np.concatenate([np.arange(len(firm)), ends])
    until = np.concatenate([np.full(len(firm), NEVER), left[ends]])
    told = np.concatenate([since, left[ends]])
    known = np.maximum(told, world.first_day) + seen.lag(MEMBERSHIPS, len(rows))
    return seen.book(
        MEMBERSHIPS,
        firm=firm[rows],
        happened=since[rows],
        known=known,
        columns={
            "kind": words(
                MEMBERSHIPS, "kind", kind[rows], ours=("park", "association", "chain")
            ),
            "body": picked(bodies, body[rows]),
            "until_on": dates(world.days, until),
        },
    )


def _surveys(seen: Observer) -> Book:
    """Return what firms said; who is short of money says so, most of the time."""
    world, rng = seen.county.world, seen.chance("surveys")
    treasury, days = seen.county.life.treasury, world.days
    years = (days.count - world.first_day) / _DAYS_A_YEAR
    visits = rng.poisson(_ASKED_A_YEAR * years, world.firms.count)
    firm = np.repeat(np.arange(len(visits)), visits)
    day = rng.integers(world.first_day, days.count, len(firm))
    open_then = seen.county.life.active[day, firm]
    firm, day = firm[open_then], day[open_then]
    strain = treasury.strain[days.month[day] - 1, firm]
    topics = np.tile(np.arange(len(TOPICS)), len(firm))
    place = np.repeat(np.arange(len(firm)), len(TOPICS))
    told = rng.random(len(place)) < _NAMED
    place, topics = place[told], topics[told]
    pain = np.array([3.0, 0.5, 2.0, 1.0, 3.0, 0.5, 0.0, 0.0])[topics] * strain[place]
    level = 1.6 + pain + rng.normal(0, 1.1, len(place))
    level -= 0.3 * world.firms.quality[firm[place]]
    order = np.lexsort((topics, firm[place], day[place]))
    place = place[order]
    return seen.book(
        SURVEYS,
        firm=firm[place],
        happened=day[place],
        columns={
            "topic": words(SURVEYS, "topic", topics[order], ours=TOPICS),
            "severity": counts(np.clip(whole(level), 0, 5)[order]),
        },
    )


def _training(seen: Observer) -> Book:
    """Return who was invited at random, and who came of their own will."""
    world = seen.county.world
    held, invited, came = world.courses.held, world.courses.invited, world.courses.came
    course, firm = np.nonzero(invited | came)
    open_then = ~seen.closed(firm, held[course])
    course, firm = course[open_then], firm[open_then]
    return seen.book(
        TRAINING,
        firm=firm,
        happened=held[course],
        columns={
            "course": picked(
                [f"KC{number:03d}" for number in range(len(held))], course
            ),
            "invited": words(
                TRAINING,
                "invited",
                invited[course, firm].astype(np.int64),
                ours=("no", "yes"),
            ),
            "attended": words(
                TRAINING,
                "attended",
                came[course, firm].astype(np.int64),
                ours=("no", "yes"),
            ),
        },
    )


def _consents(seen: Observer) -> Book:
    """Return signatures, and the withdrawals that followed some of them."""
    given, days = seen.consents, seen.county.world.days
    family, firm = np.nonzero(given.agrees)
    back = np.flatnonzero(given.withdrawn[family, firm] < days.count)
    rows = np.concatenate([np.arange(len(family)), back])
    state = np.repeat((0, 1), (len(family), len(back)))
    signed = given.signed[firm]
    happened = np.concatenate([signed, given.withdrawn[family, firm][back]])
    years = given.years[firm]
    until = np.where(years > 0, signed + years * _DAYS_A_YEAR, NEVER)
    until = np.where(until > days.count, until, NEVER)
    order = np.lexsort((firm[rows], happened))
    rows = rows[order]
    return seen.book(
        CONSENTS,
        firm=firm[rows],
        happened=happened[order],
        columns={
            "covers": picked(given.families, family[rows]),
            "state": words(
                CONSENTS, "state", state[order], ours=("granted", "withdrawn")
            ),
            "until_on": dates(days, until[rows]),
        },
    )
