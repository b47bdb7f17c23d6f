"""Traits as columns in; the few that tell most, by a test at each step, out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from xiaowei.risk.firth import firth_weights
from xiaowei.risk.sample import Floats, Ints, one_thread
from xiaowei.risk.small.lines import Draft, Refusal

CASES_PER_WEIGHT: Final = 10
"""Defaults, or others where they are fewer, that there must be for each weight. Source:
Peduzzi et al. 1996; a rule of thumb, and here a bound."""
NOISE: Final = 0.5
"""Chance at each step that the best of traits that tell nothing is taken all the same.
Source: own measure, `bench/few.py`: stricter tests left too much on small samples, one
of 0.157 for each trait alone took too much of many traits."""
_ALONE: Final = 1e-6


def room_for(defaulted: Ints, *, most: int) -> int:
    """Return how many weights there is room for, 1 or more.

    Args:
        defaulted: Shape: 1 for a default, 0 else.
        most: no more than so many.
    """
    rare = int(min(defaulted.sum(), len(defaulted) - defaulted.sum()))
    return max(1, min(most, rare // CASES_PER_WEIGHT))


def chosen(
    drafts: Sequence[Draft],
    defaulted: Ints,
    *,
    room: int,
    noise: Callable[[int], float] = lambda tried: NOISE / tried,
) -> tuple[list[Draft], dict[str, Refusal]]:
    """Return the traits taken, in the order of their taking, and why others are not.

    At each step the one is taken that tells most beside those taken already, by Rao's
    score test, so that a trait which another one says already is left.

    Args:
        drafts: of the traits.
        defaulted: Shape: 1 for a default, 0 else; both occur.
        room: how many weights may be learnt.
        noise: how likely by chance the score of the best may be at most, by how many
            traits are tried.
    """
    left = {draft.bare.trait: draft for draft in drafts}
    wide = {name for name, draft in left.items() if draft.columns.shape[1] > room}
    refused: dict[str, Refusal] = dict.fromkeys(sorted(wide), "too_many")
    for name in wide:
        del left[name]
    taken: list[Draft] = []
    while left:
        tests = _tests(taken, left, defaulted)
        for name in [name for name, chance in tests.items() if np.isnan(chance)]:
            refused[name] = "others"
            del left[name], tests[name]
        best = min(tests, key=lambda name: (tests[name], name), default=None)
        if best is None or tests[best] > noise(len(tests)):
            break
        if left[best].columns.shape[1] > room:
            refused[best] = "no_room"
            del left[best]
            continue
        taken.append(left.pop(best))
        room -= taken[-1].columns.shape[1]
    return taken, refused | dict.fromkeys(sorted(left), "nothing")


def adds(taken: Sequence[Draft], draft: Draft, *, cases: int) -> bool:
    """Tell whether the columns of a trait say what those taken do not add up to.

    Args:
        taken: of the traits taken; maybe none.
        draft: of one more.
        cases: how many rows there are.
    """
    base = np.column_stack([np.ones(cases), side_by_side(taken, cases=cases)])
    with one_thread():
        left = draft.columns - base @ np.linalg.lstsq(base, draft.columns)[0]
        own = float((draft.columns**2).sum(axis=0).max())
        return bool((np.linalg.eigvalsh(left.T @ left) > _ALONE * own).all())


def side_by_side(drafts: Sequence[Draft], *, cases: int) -> Floats:
    """Return the columns of traits side by side.

    Args:
        drafts: of the traits; maybe none.
        cases: how many rows there are.
    """
    return np.column_stack([np.empty((cases, 0)), *(one.columns for one in drafts)])


def _tests(
    taken: Sequence[Draft], left: Mapping[str, Draft], defaulted: Ints
) -> dict[str, float]:
    """Return of each trait how likely its score is by chance; NaN if others hold it."""
    inside = side_by_side(taken, cases=len(defaulted))
    with one_thread():
        weights = firth_weights(inside, defaulted)
        design = np.column_stack([np.ones(len(defaulted)), inside])
        pd_ = 1 / (1 + np.exp(-np.clip(design @ weights, -500, 500)))
        spread = pd_ * (1 - pd_)
        known = np.linalg.inv(design.T @ (design * spread[:, None]))
        return {
            name: _chance(draft.columns, design, spread, known, defaulted - pd_)
            for name, draft in left.items()
        }


def _chance(
    block: Floats,
    design: Floats,
    spread: Floats,
    known: NDArray[Any],
    gap: Floats,
) -> float:
    weighed = block * spread[:, None]
    across = design.T @ weighed
    own = block.T @ weighed
    inner = own - across.T @ known @ across
    if (np.linalg.eigvalsh(inner) <= _ALONE * np.diag(own).max()).any():
        return np.nan
    score = block.T @ gap
    return float(chi2.sf(score @ np.linalg.solve(inner, score), block.shape[1]))
