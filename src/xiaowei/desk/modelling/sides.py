"""A table of cases in; who is learnt from, for how long, and who is judged, out."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from xiaowei.desk.modelling.lesson import Lesson
from xiaowei.desk.modelling.tables import CaseTable
from xiaowei.errors import InputError
from xiaowei.risk.cases import (
    Days,
    Split,
    last_part,
    plus_months,
    split_by_chance,
    split_by_time,
)
from xiaowei.risk.hazard import spells_of
from xiaowei.risk.refits import Cases
from xiaowei.risk.sample import Ints


class ExposureError(InputError):
    """A model of hazards lacks what says how long loans were seen."""

    def __init__(self, lacking: list[str]) -> None:
        """Name the options that are not given."""
        super().__init__(
            "months of loans cannot be counted without " + ", ".join(lacking),
            expected="with --model hazard: --outcome, the column of the day of "
            "default, empty where there is none; --decided-on, that of the opening; "
            "--as-of, the last day seen; --window, months of the PD, 1 or more",
            remedy="Give these, or another --model",
        )


@dataclass(frozen=True, slots=True)
class Sides:
    """Cases in their places.

    Args:
        cases: whose outcome is that within the window.
        split: who is learnt from and judged.
        known: places of cases whose outcome is known, among whom leaks are looked for.
        exposed: how long each one learnt from was seen, and how that ended; null where
            outcomes are simply known.
    """

    cases: CaseTable
    split: Split
    known: Ints
    exposed: tuple[Ints, Ints] | None = None

    def learnt(self, traits: list[str]) -> Cases:
        """Return the cases learnt from.

        Args:
            traits: the columns.
        """
        learn, groups = self.split.learn, self.cases.groups
        months, bad = self.exposed or (None, self.cases.bad[learn])
        return Cases(
            self.cases.traits[traits].iloc[learn],
            bad,
            [groups[at] for at in learn] if groups else None,
            months,
        )


def sides_of(cases: CaseTable, lesson: Lesson) -> Sides:
    """Return who is learnt from and who is judged.

    Args:
        cases: the table.
        lesson: what is to be learnt.

    Raises:
        SplitError: there are too few cases on either side.
        ExposureError: a model of hazards lacks a day or the window.
        SpellsError: a loan defaulted before it was opened.
    """
    if lesson.kind == "hazard":
        return _exposed(cases, lesson)
    every = np.arange(len(cases.bad))
    if cases.decided_on is None:
        split = split_by_chance(
            cases.bad,
            generator=np.random.default_rng(lesson.seed),
            groups=cases.groups,
        )
        return Sides(cases, split, every)
    first = lesson.judged_from or last_part(cases.decided_on)
    split = _by_time(
        cases, cases.decided_on, lesson, first=first, window=lesson.window_months
    )
    return Sides(cases, split, every)


def _by_time(
    cases: CaseTable, decided_on: Days, lesson: Lesson, *, first: date, window: int
) -> Split:
    return split_by_time(
        cases.bad,
        decided_on,
        judged_from=first,
        window_months=window,
        as_of=lesson.as_of,
        groups=cases.groups,
        deal=np.random.default_rng(lesson.seed),
    )


def _exposed(cases: CaseTable, lesson: Lesson) -> Sides:
    """Learn from loans of any age as they stood on the first day judged.

    Those judged are ripe; of those learnt from a default after that day is not known.
    """
    opened, fell, as_of = cases.decided_on, cases.defaulted_on, lesson.as_of
    if opened is None or fell is None or as_of is None or lesson.window_months < 1:
        lacking = {
            "a day of default": fell is None,
            "--decided-on": opened is None,
            "--as-of": as_of is None,
            "--window": lesson.window_months < 1,
        }
        raise ExposureError([name for name, is_so in lacking.items() if is_so])
    window = lesson.window_months
    within = spells_of(opened, fell, as_of=as_of).within(window).defaulted
    cases = replace(cases, bad=within)
    ripe_until = plus_months(np.array([as_of], "datetime64[D]"), -window)[0].item()
    first = lesson.judged_from or last_part(opened[opened <= np.datetime64(ripe_until)])
    # With no window a loan is learnt from at any age; the last day is moved instead.
    whole = replace(lesson, as_of=ripe_until)
    split = _by_time(cases, opened, whole, first=first, window=0)
    learn = split.learn
    seen = spells_of(opened[learn], fell[learn], as_of=first)
    known = np.flatnonzero(opened <= np.datetime64(ripe_until, "D"))
    return Sides(cases, split, known, (seen.months, seen.defaulted))
