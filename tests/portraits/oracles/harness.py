"""Draws facts, and sets the traits of some parts beside a second reckoning of them."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TypeVar

from tests.factories import Row, held
from tests.portraits.oracles.base import within
from tests.portraits.worlds import World, placed

from xiaowei.facts.sources import contracts_of
from xiaowei.portraits.moments import Moments
from xiaowei.portraits.standing import about
from xiaowei.portraits.traits.trait import Part, portrayed

T = TypeVar("T")
Told = dict[str, list[Row]]
"""Families to facts."""
Portraits = dict[str, Row]
"""Enterprises to traits."""
Oracle = Callable[[Told, date], Portraits]
"""Facts that stand as of a day, and the day, to portraits."""

DAYS = (
    date(2020, 2, 21),
    date(2020, 2, 29),
    date(2020, 3, 30),
    date(2021, 2, 28),
)
FIRMS = tuple(f"E{n}" for n in range(12))


class Draw(World):
    """Draws facts of any family around a day."""

    def one_of(self, *choices: T) -> T:
        return choices[int(self.rng.integers(len(choices)))]

    def end(self, day: date) -> date | None:
        """Draw the last day of what began on a day; often near the day asked for."""
        near = self.as_of + timedelta(days=int(self.rng.integers(-2, 3)))
        far = day + timedelta(days=int(self.rng.integers(0, 900)))
        return self.one_of(None, near, far)

    def rows(
        self, make: Callable[["Draw"], Row], *, firms: Sequence[str] = FIRMS, most: int
    ) -> list[Row]:
        """Draw up to so many facts per firm, some of them stated anew later.

        Args:
            make: draws all but whose it is and when it became known.
            firms: whose; some have none.
            most: facts per firm.
        """
        rows: list[Row] = []
        for firm in firms:
            for _ in range(int(self.rng.integers(0, most + 1))):
                row = make(self) | {"enterprise_id": firm}
                row["known_on"] = self.later(row["happened_on"])
                rows.append(row)
                if self.rng.random() < 0.3:
                    again = make(self) | {"enterprise_id": firm}
                    fixed = {
                        name: row[name]
                        for name in ("happened_on", *named(make))
                        if name in row
                    }
                    rows.append(
                        again | fixed | {"known_on": self.later(row["known_on"])}
                    )
        return rows


def named(make: Callable[[Draw], Row]) -> tuple[str, ...]:
    """Return what a drawn fact is about, as its function is named after its family."""
    return contracts_of(make.__name__)[0].about


def stands(facts: Mapping[str, Iterable[Row]], as_of: date) -> Told:
    """Return the facts known by a day that nothing known by it has corrected.

    Of an invoice stated twice on one day both are lines of it.
    """
    told: Told = {}
    for family, rows in placed({k: list(v) for k, v in facts.items()}).items():
        known = [
            row for row in rows if max(row["known_on"], row["happened_on"]) <= as_of
        ]
        source = contracts_of(family)[0]
        if not source.about and not source.register:
            told[family] = known
            continue
        last: dict[tuple[object, ...], Row] = {}
        told_before: dict[tuple[object, ...], list[Row]] = defaultdict(list)
        for row in known:
            group = tuple(row.get(name) for name in about(family))
            told_before[group].append(row)
            row["statements"] = told_before[group]
            if group not in last or _order(row) > _order(last[group]):
                last[group] = row
        told[family] = [
            row
            for row in known
            for end in [last[tuple(row.get(name) for name in about(family))]]
            if row is end or (family == "invoices" and _known(row) == _known(end))
        ]
    return told


def _known(row: Row) -> object:
    return row["known_on"]


def _order(row: Row) -> tuple[object, ...]:
    return tuple(row[name] for name in ("known_on", "happened_on", "file", "line"))


def single(parts: Iterable[Part], facts: Told, as_of: date) -> Portraits:
    """Return what our parts make of a day."""
    return _portraits(parts, facts, (as_of,))[as_of]


def many(
    parts: Iterable[Part], facts: Told, days: Sequence[date]
) -> dict[date, Portraits]:
    """Return what our parts make of many days at once."""
    return _portraits(parts, facts, tuple(days))


def _portraits(
    parts: Iterable[Part], facts: Told, days: tuple[date, ...]
) -> dict[date, Portraits]:
    tables, moments = held(**facts), Moments(days)
    found: dict[date, Portraits] = {day: defaultdict(dict) for day in days}
    for part in parts:
        ages = {trait.name for trait in part.traits if trait.ages}
        for row in portrayed(part, tables, moments).to_pyarrow().to_pylist():
            day = days[row.pop("moment", 0)]
            firm = row.pop("enterprise_id")
            found[day][firm] |= {
                name: (day - value).days if name in ages and value else value
                for name, value in row.items()
            }
    return found


def differing(mine: Portraits, theirs: Portraits) -> list[tuple[object, ...]]:
    """Return where two sets of portraits are not the same."""
    return [
        (firm, name, mine.get(firm, {}).get(name), theirs.get(firm, {}).get(name))
        for firm in sorted(mine.keys() | theirs.keys())
        for name in sorted(mine.get(firm, {}).keys() | theirs.get(firm, {}).keys())
        if not same(mine.get(firm, {}).get(name), theirs.get(firm, {}).get(name))
    ]


def same(mine: object, theirs: object) -> bool:
    """Test whether two values are equal, floats to within 1e-9."""
    if isinstance(mine, float) and isinstance(theirs, float | int):
        return math.isclose(mine, theirs, rel_tol=1e-9, abs_tol=1e-9)
    return type(mine) is type(theirs) and mine == theirs


def check(parts: Sequence[Part], facts: Told, oracle: Oracle) -> None:
    """Assert that a day, many days and a second reckoning agree, whatever comes later.

    Each trait must have a value somewhere, or nothing was compared.
    """
    at_once = many(parts, facts, DAYS)
    valued: set[str] = set()
    for day in DAYS:
        mine, theirs = single(parts, facts, day), oracle(stands(facts, day), day)
        assert differing(mine, theirs) == []
        assert differing(at_once[day], mine) == []
        valued |= {n for one in mine.values() for n, x in one.items() if x is not None}
    day = DAYS[1]
    later = single(parts, rewritten(facts, day), day)
    assert differing(later, at_once[day]) == []
    assert valued == {trait.name for part in parts for trait in part.traits}


def rewritten(facts: Told, as_of: date) -> Told:
    """Return other facts that became known after a day, the same until then."""
    told: Told = {}
    for family, rows in facts.items():
        known = [row for row in rows if row["known_on"] <= as_of]
        later = [row for row in rows if row["known_on"] > as_of]
        shifted = [row | {"known_on": as_of + timedelta(days=1)} for row in known]
        told[family] = known + shifted[: len(known) // 2] + later[::2]
    return told


def by_firm(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return rows by enterprise."""
    firms: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        firms[row["enterprise_id"]].append(row)
    return firms


def lasts(row: Row, as_of: date) -> bool:
    """Test whether what has an end has not ended."""
    return row["until_on"] is None or row["until_on"] >= as_of


def lately(day: date | None, as_of: date, months: int) -> bool:
    """Test whether a day lies in the last complete months."""
    return day is not None and within(day, as_of, months)


def share(part: float, whole: float) -> float | None:
    """Return part / whole, None where the whole is not above 0."""
    return part / whole if whole > 0 else None
