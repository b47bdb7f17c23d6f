"""Parts of log-odds in; families of reasons out, the adverse ones sorted."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from xiaowei.policy.reasons.families import Families, Family
from xiaowei.risk.sample import Floats, Ints
from xiaowei.risk.why.parts import Parts

_NOTHING: Final = 1e-9
"""Log-odds that are none; rounding must not make a reason."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a PD is above that of the firms compared with.

    Args:
        family: which.
        log_odds: what it adds, above 0.
        traits: those of the family that add to it, the most first.
    """

    family: Family
    log_odds: float
    traits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """The PD of each firm, told in families.

    Args:
        families: those that the model's traits belong to, sorted by key.
        added: Shape: (firms, families), log-odds; a row and the baseline add up to the
            log-odds of the PD, with what is withheld.
        parts: of the traits.
        homes: Shape: (terms, families): which part of a term each family takes.
    """

    families: tuple[Family, ...]
    added: Floats
    parts: Parts
    homes: Floats

    def ranked(self, most: int) -> Ints:
        """Return the families that add most, of those that may be a reason.

        Args:
            most: how many, 1 or more.

        Returns:
            Shape: (firms, most): places in `families`, the most adverse first; -1 where
            no more add anything.
        """
        open_ = np.array([not family.withheld for family in self.families], dtype=bool)
        shown = np.where(open_[None, :], self.added, -np.inf)
        order = np.argsort(-shown, axis=1, kind="stable")[:, :most]
        kept = np.take_along_axis(shown, order, axis=1) > _NOTHING
        found = np.where(kept, order, -1).astype(np.int64)
        short = most - found.shape[1]
        return np.pad(found, ((0, 0), (0, max(short, 0))), constant_values=-1)

    def adverse(self, place: int, *, most: int) -> list[Reason]:
        """Return the reasons of one firm, the most adverse first; maybe none.

        Args:
            place: of the firm.
            most: how many at most.
        """
        one = Told(
            self.families, self.added[[place]], self.parts, self.homes
        )  # ranking one firm need not rank all
        return [
            Reason(
                self.families[at],
                float(self.added[place, at]),
                self._traits(place, int(at)),
            )
            for at in one.ranked(most)[0]
            if at >= 0
        ]

    @property
    def withheld(self) -> Floats:
        """What facts that may be no reason add to each firm's log-odds."""
        closed = [at for at, family in enumerate(self.families) if family.withheld]
        return np.asarray(self.added[:, closed].sum(axis=1), dtype=np.float64)

    def _traits(self, place: int, family: int) -> tuple[str, ...]:
        row = self.parts.traits.iloc[place].to_numpy(dtype=np.float64)
        mine = row * self.homes[:, family]
        order = np.argsort(-mine, kind="stable")
        names = self.parts.traits.columns
        return tuple(str(names[at]) for at in order if mine[at] > _NOTHING)


def told_of(parts: Parts, families: Families) -> Told:
    """Return the parts of a PD in families.

    A pair that acts together goes half to the family of each; whole to what is withheld
    where one of them is, so that no reason rests on it.

    Args:
        parts: of the firms.
        families: of the policy; a trait that none holds is its own.
    """
    shares = [_shares(term, families) for term in parts.terms]
    found = {family.key: family for one in shares for family in one}
    order = sorted(found)
    homes = np.zeros((len(shares), len(order)))
    for at, one in enumerate(shares):
        for family in one:
            homes[at, order.index(family.key)] += 1 / len(one)
    added = parts.traits.to_numpy(dtype=np.float64) @ homes
    return Told(tuple(found[key] for key in order), added, parts, homes)


def _shares(term: tuple[str, ...], families: Families) -> list[Family]:
    homes = [families.of(trait) for trait in term]
    closed = [family for family in homes if family.withheld]
    return closed[:1] or homes
