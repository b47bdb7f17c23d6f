"""Statements of experts and a sample's columns in; a Gaussian prior of weights out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.linalg import orth

from xiaowei.errors import InputError
from xiaowei.risk.sample import Floats
from xiaowei.risk.small.lines import Draft
from xiaowei.risk.small.said import Statement

SILENT: Final = 0.5
"""Standard deviation, in log-odds, of a weight nobody speaks of, about 0. Source: as
the ridge of a card has it, see `fit.SHRINKAGE`."""
_NEAR: Final = 1e-6


class UnusablePriorError(InputError):
    """What an expert says cannot be laid on the sample."""

    def __init__(self, one: Statement, why: str) -> None:
        """Name the statement."""
        super().__init__(
            f"what '{one.expert}' says of '{one.trait}' cannot be used: {why}",
            expected="a trait of the table that is no leak, and two values or "
            "categories that its cases have",
            remedy="Ask the expert about values that occur, or leave the statement out",
        )


@dataclass(frozen=True, slots=True)
class Prior:
    """What is held of weights before the data.

    Args:
        mean: Shape: one per weight.
        covariance: Shape: (weights, weights), positive definite.
        contrasts: Shape: one row per statement: by what its two values differ in each
            column.
    """

    mean: Floats
    covariance: Floats
    contrasts: Floats


def prior_of(drafts: Sequence[Draft], statements: Sequence[Statement]) -> Prior:
    """Return the prior of the weights of some traits.

    Who speaks of the same trait is pooled: the mean is that of their means, the
    variance that of their variances and of how far they are apart. Many who agree are
    thus not taken for much more than one, as they have read the same books.

    Args:
        drafts: the traits, in the order of their columns.
        statements: about these traits, in any order.

    Raises:
        UnusablePriorError: its two values are one in the sample, or do not occur.

    Source: linear opinion pool, Stone 1961, by its first two moments.
    """
    ends = np.cumsum([0, *(draft.columns.shape[1] for draft in drafts)])
    place = {d.bare.trait: (d, at) for d, at in zip(drafts, ends, strict=False)}
    contrasts = np.zeros((len(statements), int(ends[-1])))
    for row, one in zip(contrasts, statements, strict=True):
        _contrast(row, one, place)
    # Where experts speak nothing else draws; elsewhere weights are drawn to none.
    spoken = orth(contrasts.T) if len(statements) else np.zeros((int(ends[-1]), 0))
    precision = (np.eye(int(ends[-1])) - spoken @ spoken.T) / SILENT**2
    pull = np.zeros(int(ends[-1]))
    for group in _alike(statements):
        along = contrasts[group[0]] / np.linalg.norm(contrasts[group[0]])
        mean, deviation = _pooled(
            [(statements[at], float(contrasts[at] @ along)) for at in group]
        )
        precision += np.outer(along, along) / deviation**2
        pull += along * mean / deviation**2
    covariance = np.asarray(np.linalg.inv(precision), dtype=np.float64)
    return Prior(covariance @ pull, covariance, contrasts)


def _alike(statements: Sequence[Statement]) -> list[list[int]]:
    """Return places of statements about the same: a number, or a pair of categories."""
    groups: dict[tuple[str, frozenset[str]], list[int]] = {}
    for at, one in enumerate(statements):
        ends = {end for end in (one.start, one.end) if isinstance(end, str)}
        groups.setdefault((one.trait, frozenset(ends)), []).append(at)
    return list(groups.values())


def _pooled(told: Sequence[tuple[Statement, float]]) -> tuple[float, float]:
    """Return mean and deviation of a weight, of which each states a multiple."""
    means = np.array([one.mean / times for one, times in told])
    variances = np.array([(one.deviation / times) ** 2 for one, times in told])
    return float(means.mean()), float(np.sqrt(variances.mean() + means.var()))


def _contrast(
    row: Floats, one: Statement, place: Mapping[str, tuple[Draft, int]]
) -> None:
    """Fill in by how much the columns of a trait differ between two of its values."""
    draft, first = place[one.trait]
    if draft.bare.kind == "number":
        if isinstance(one.start, str):
            raise UnusablePriorError(one, "the trait holds numbers, no categories")
        start, end = draft.bare.standard(np.array([one.start, float(one.end)]))
        row[first] = end - start
    else:
        for label, times in ((str(one.start), -1.0), (str(one.end), 1.0)):
            if label not in draft.group:
                raise UnusablePriorError(one, f"no case has '{label}'")
            if draft.group[label] >= 0:
                row[first + draft.group[label]] += times
    if np.abs(row).max() < _NEAR:
        raise UnusablePriorError(one, "the sample does not tell its two values apart")
