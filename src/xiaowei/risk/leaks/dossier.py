"""All that the check looks at: the candidates, the outcome and the circumstances."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import numpy as np

from xiaowei.risk.leaks.bounds import Doubt, Marks
from xiaowei.risk.leaks.candidate import Candidate, made
from xiaowei.risk.sample import Floats, Ints, folds

ROW_ORDER: Final = "(row order)"
"""The candidate that is no column: the place of a row in the table."""

FOLDS: Final = 5
"""In how many parts the rows are dealt, each to be judged by the others."""

_LOOKS_PER_COLUMN: Final = 100


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """A table as the check sees it.

    Args:
        candidates: the columns that may be traits.
        defaulted: Shape: 1 for a default, 0 else.
        seed: of every draw of rows and folds.
        decided: Shape: day of decision of each firm, from 1970-01-01.
        happened: Shape: day of default, NaN where there is none.
        observed: Shape: last day on which the outcome was watched.
        known_on: trait to the day on which each firm's value became known.
        planned: traits whose days were fixed beforehand.
        groups: Shape: number of the firm or owner that each row belongs to.
        test: Shape: whether each row is kept for the test.
        snapshot: trait to its column as known on the day of the decision.
    """

    candidates: tuple[Candidate, ...]
    defaulted: Ints
    seed: int = 0
    decided: Floats | None = None
    happened: Floats | None = None
    observed: Floats | None = None
    known_on: Mapping[str, Floats] = field(default_factory=dict)
    planned: frozenset[str] = frozenset()
    groups: Ints | None = None
    test: Marks | None = None
    snapshot: Mapping[str, Candidate] = field(default_factory=dict)

    @cached_property
    def fold(self) -> Ints:
        """Return the fold of each row, the bad rate alike in each.

        Returns:
            Shape: one number per row, 0 up to FOLDS.
        """
        fold = np.empty(len(self.defaulted), dtype=np.int64)
        dealt = folds(self.defaulted, count=FOLDS, generator=self.generator())
        for at, (_, judge) in enumerate(dealt):
            fold[judge] = at
        return fold

    @cached_property
    def bads(self) -> int:
        """Return how many firms defaulted."""
        return int(self.defaulted.sum())

    @property
    def doubt(self) -> Doubt:
        """Return the doubt of looking at every column in every way."""
        return Doubt(_LOOKS_PER_COLUMN * (len(self.candidates) + 1))

    @cached_property
    def order(self) -> Candidate:
        """Return the place of each row, as a candidate."""
        return made(ROW_ORDER, np.arange(len(self.defaulted), dtype=np.float64))

    def generator(self) -> np.random.Generator:
        """Return the only source of chance, always at its start."""
        return np.random.default_rng(self.seed)

    def without(self, names: frozenset[str]) -> "Dossier":
        """Return it without some candidates."""
        kept = tuple(one for one in self.candidates if one.name not in names)
        return replace(self, candidates=kept)

    def numbers(self) -> Iterator[Candidate]:
        """Yield the candidates that are numbers or days."""
        return (one for one in self.candidates if one.form != "category")

    def thinned(self, most: int) -> "Dossier":
        """Return about so many rows at most, in order, the bad rate kept.

        Their columns and owners are kept; days, sides and the snapshot are left out.
        """
        if len(self.defaulted) <= most:
            return self
        share = most / len(self.defaulted)
        generator = self.generator()
        kept = [
            generator.permutation(places)[: int(np.ceil(share * len(places)))]
            for value in (0, 1)
            if len(places := np.nonzero(self.defaulted == value)[0])
        ]
        rows = np.sort(np.concatenate(kept))
        return Dossier(
            candidates=tuple(one.take(rows) for one in self.candidates),
            defaulted=self.defaulted[rows],
            seed=self.seed,
            groups=None if self.groups is None else self.groups[rows],
        )

    def drawn(self, most: int) -> Ints:
        """Return places of rows, at most so many of each outcome, in order."""
        generator = self.generator()
        places = [np.nonzero(self.defaulted == value)[0] for value in (0, 1)]
        kept = [
            one if len(one) <= most else generator.choice(one, most, replace=False)
            for one in places
        ]
        return np.sort(np.concatenate(kept))
