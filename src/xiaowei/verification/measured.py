"""Checks that measure everybody at once and put into words only who is asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from xiaowei.verification import evidence
from xiaowei.verification.chances import MIN_PEERS, Floats, discoveries
from xiaowei.verification.finding import Case, Evidence, Finding, Severity
from xiaowei.verification.statistical import FALSE_DISCOVERIES, told, too_few

Row: TypeAlias = Mapping[str, Any]
Measure: TypeAlias = Callable[[Case], pa.Table]
"""Returns Shape: one row per enterprise the check can say something of, in the order of
`enterprise_id`; `tail`, the probability 0..1 of a value at least this odd for an honest
firm; and whatever numbers the words need."""

Say: TypeAlias = Callable[[Row], Finding]
"""Returns a row's finding in words, as if the sources differed."""

Show: TypeAlias = Callable[[Case, Sequence[str]], Mapping[str, tuple[Evidence, ...]]]
"""Returns the facts behind the findings of these enterprises."""

CALLED_BY_RANK: Final = 0.01
"""Of honest firms so many are called by checks whose tails are ranks, or end early:
false discoveries among all firms cannot be held down by them, for the oddest of n firms
has a tail of 2 / (n + 1), and Benjamini and Hochberg ask for a twentieth of 1 / n."""

_TAILS: Final = 9
"""Digits of a tail: its last bits differ between builds of libm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How a check that measures comes to its findings.

    Args:
        measure: the numbers of everybody.
        say: a row in words.
        worst: the gravest severity that the check may give.
        show: the facts behind, or null where the words name them.
        called: the share of honest firms that is called, 0..1; null where instead
            false discoveries among all firms are held down.
    """

    measure: Measure
    say: Say
    worst: Severity
    show: Show | None = None
    called: float | None = None

    def __call__(self, case: Case) -> list[Finding]:
        """Return the finding of each enterprise asked for.

        Fewer than MIN_PEERS enterprises have nobody to be compared with: all silent.
        """
        table = self.measure(case)
        firms = table["enterprise_id"].to_pylist()
        asked = [n for n, firm in enumerate(firms) if case.asks_for(firm)]
        rows = table.take(pa.array(asked, pa.int64())).to_pylist()
        if len(firms) < MIN_PEERS:
            return [too_few(self.say(row)) for row in rows]
        tails = tails_of(table)
        stands = (
            discoveries(tails.tolist(), rate=FALSE_DISCOVERIES)
            if self.called is None
            else tails <= self.called
        )
        found = [
            told(
                self.say(row),
                tail=row["tail"],
                differs=bool(stands[place]),
                worst=self.worst,
            )
            for place, row in zip(asked, rows, strict=True)
        ]
        return self._shown(case, found)

    def _shown(self, case: Case, found: list[Finding]) -> list[Finding]:
        firms = [one.enterprise_id for one in found if one.outcome == "differs"]
        if self.show is None or not firms:
            return found
        facts = self.show(case, firms)
        return [
            replace(one, evidence=facts.get(one.enterprise_id, one.evidence))
            if one.outcome == "differs"
            else one
            for one in found
        ]


def tails_of(table: pa.Table) -> Floats:
    """Return the tails of a measure. Shape: one per row; 0..1."""
    return np.asarray(table["tail"].to_numpy(), dtype=np.float64)


def with_tails(table: pa.Table, tails: Floats) -> pa.Table:
    """Return a table with tails, rounded so that every machine says the same.

    Args:
        table: Shape: one row per enterprise.
        tails: one per row, 0..1.
    """
    kept = np.clip(np.round(tails, _TAILS), 0.0, 1.0)
    return table.append_column("tail", pa.array(kept, pa.float64()))


def rows_behind(table_of: Callable[[Case], ir.Table], *, say: evidence.Say) -> Show:
    """Return how to show the rows of facts that weigh most in a finding.

    Args:
        table_of: the rows a check objects to; `enterprise_id`, `weight`, `file`,
            `line` and what the sentence needs.
        say: the sentence of a row.
    """

    def show(case: Case, firms: Sequence[str]) -> Mapping[str, tuple[Evidence, ...]]:
        return evidence.gravest_of(table_of(case), firms, say=say)

    return show
