"""Cases with their days in; who may be learnt from and who is judged out, by time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from xiaowei.errors import InputError
from xiaowei.risk.sample import Ints, folds

Days = NDArray[np.datetime64]
"""Shape: one day per case."""

_LEAST: Final = 10
_PARTS: Final = 3


class SplitError(InputError):
    """Cases cannot be split into those to learn from and those to judge."""

    def __init__(self, why: str) -> None:
        """Say why."""
        super().__init__(
            f"the cases cannot be split: {why}",
            expected=f"at least {_LEAST} defaults and {_LEAST} others on either side",
            remedy="Name another first day judged, a shorter window, or more cases",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Who is learnt from and who is judged.

    Args:
        learn: places of cases.
        judge: places of cases.
        unripe: how many cases are neither, as their outcome was not known yet: their
            window was not over on the first day judged, or is not over today.
        shared: how many were not learnt from as their group is judged.
        judged_from: the first day judged; null where no day is stated.
        dealt: how many were not judged as their group is learnt from.
    """

    learn: Ints
    judge: Ints
    unripe: int
    shared: int
    judged_from: date | None
    dealt: int = 0

    @property
    def out_of_time(self) -> bool:
        """Whether those judged are later than those learnt from."""
        return self.judged_from is not None


def split_by_time(  # noqa: PLR0913 - what is known of cases, and two days
    bad: Ints,
    decided_on: Days,
    *,
    judged_from: date,
    window_months: int,
    as_of: date | None = None,
    groups: Sequence[Any] | None = None,
    deal: np.random.Generator | None = None,
) -> Split:
    """Return a split in which nothing was learnt that was not known by then.

    A case counts once its outcome window is over: those learnt from before the first
    day judged, those judged before today. A default that came early does not make its
    case ripe sooner, or the young cases would be all defaults. A group, such as an
    enterprise or an owner, is on one side only: on that which is judged. In a panel,
    where most firms are on both sides, nobody would be left to learn from: there the
    groups on both sides are dealt, two of three to be learnt from.

    Args:
        bad: Shape: 1 for a default within the window, 0 else.
        decided_on: when each case was decided; a case without a day is on no side.
        judged_from: the first day judged.
        window_months: how long a default counts, 0 where outcomes are final.
        as_of: today; null where all outcomes are final.
        groups: one name per case.
        deal: chance by which groups are dealt where more than half of the cases to
            learn from would be lost; null to lose them.

    Raises:
        SplitError: either side lacks defaults or others.
    """
    stated = ~np.isnat(decided_on)
    over = plus_months(decided_on, window_months)
    first = np.datetime64(judged_from, "D")
    early = stated & (decided_on < first) & (over <= first)
    late = stated & (decided_on >= first)
    if as_of is not None:
        late &= over <= np.datetime64(as_of, "D")
    shared, dropped = np.zeros(len(bad), dtype=np.bool_), 0
    if groups is not None:
        names = np.asarray(groups, dtype=object)
        shared = early & _of_groups(names, set(names[late]))
        if deal is not None and shared.sum() > early.sum() / 2:
            late, dropped = _dealt(names, shared, late, deal)
            shared = early & _of_groups(names, set(names[late]))
    learn = np.flatnonzero(early & ~shared)
    judge = np.flatnonzero(late)
    _enough(bad, learn, judge)
    return Split(
        learn=learn,
        judge=judge,
        unripe=int((~early & ~late).sum()) - dropped,
        shared=int(shared.sum()),
        judged_from=judged_from,
        dealt=dropped,
    )


def _of_groups(names: NDArray[Any], some: set[Any]) -> NDArray[np.bool_]:
    return np.array([name in some for name in names], dtype=np.bool_)


def _dealt(
    names: NDArray[Any],
    shared: NDArray[np.bool_],
    late: NDArray[np.bool_],
    deal: np.random.Generator,
) -> tuple[NDArray[np.bool_], int]:
    """Return who is judged when groups on both sides are dealt, and how many less."""
    both = sorted(set(names[shared]), key=str)
    learnt = deal.permutation(len(both)) % _PARTS > 0
    mine = {name for name, one in zip(both, learnt, strict=True) if one}
    judged = late & ~_of_groups(names, mine)
    return judged, int(late.sum() - judged.sum())


def split_by_chance(
    bad: Ints,
    *,
    generator: np.random.Generator,
    groups: Sequence[Any] | None = None,
    parts: int = 4,
) -> Split:
    """Return a split where no day is stated: one part is judged, the others learnt.

    It is no proof of what comes later, and must be called by its name.

    Args:
        bad: Shape: 1 for a default, 0 else.
        generator: the only source of chance.
        groups: one name per case; a group is on one side only.
        parts: in how many parts cases are dealt, 2 or more.

    Raises:
        SplitError: either side lacks defaults or others.
    """
    if groups is None:
        learn, judge = folds(bad, count=parts, generator=generator)[0]
    else:
        _, place = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
        part = generator.permutation(place.max() + 1)[place] % parts
        learn, judge = np.flatnonzero(part > 0), np.flatnonzero(part == 0)
    _enough(bad, learn, judge)
    return Split(learn=learn, judge=judge, unripe=0, shared=0, judged_from=None)


def last_part(decided_on: Days, *, share: float = 0.25) -> date:
    """Return the first day from which on the last share of cases was decided.

    Raises:
        SplitError: no case states its day.
    """
    stated = np.sort(decided_on[~np.isnat(decided_on)])
    if not len(stated):
        raise SplitError("no case states its day")
    day: date = stated[int(len(stated) * (1 - share))].astype("datetime64[D]").item()
    return day


def plus_months(days: Days, months: int) -> Days:
    """Return the same day of a later month, or the last of it.

    Args:
        days: Shape: any; a day that is not stated stays so.
        months: how many later.
    """
    month = days.astype("datetime64[M]")
    day = days.astype("datetime64[D]") - month.astype("datetime64[D]")
    later = month + np.timedelta64(months, "M")
    last = (later + np.timedelta64(1, "M")).astype("datetime64[D]") - later.astype(
        "datetime64[D]"
    )
    most = last - np.timedelta64(1, "D")
    return np.asarray(later.astype("datetime64[D]") + np.minimum(day, most))


def _enough(bad: Ints, learn: Ints, judge: Ints) -> None:
    for name, places in (("to learn from", learn), ("to judge", judge)):
        bads = int(bad[places].sum())
        if min(bads, len(places) - bads) < _LEAST:
            raise SplitError(f"{len(places)} cases {name} hold {bads} defaults")
