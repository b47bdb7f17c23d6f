"""The facts known by a day in; who the firms are, their portraits and outcomes out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from xiaowei.desk.portraying.chain import with_network
from xiaowei.errors import NotFoundError
from xiaowei.facts.lake import Lake
from xiaowei.facts.sources import FAMILIES, SURROUNDINGS
from xiaowei.portraits.consent import consented
from xiaowei.portraits.moments import Moments
from xiaowei.portraits.portrait import PARTS, known_by, portraits
from xiaowei.portraits.profile import histories, profiles
from xiaowei.portraits.series import MEASURES, month_names, monthly
from xiaowei.portraits.traits.trait import Trait
from xiaowei.risk.assess import Outcomes
from xiaowei.risk.sample import GRADES, Sample

Row = dict[str, Any]
"""One row of a result, as plain values."""

_REGISTER: Final = "enterprises"
_HISTORY: Final = "credit_history"


class NobodyKnownError(NotFoundError):
    """No fact was known by the day."""

    def __init__(self, as_of: date) -> None:
        """Name the day."""
        super().__init__(
            f"no fact is known as of {as_of}",
            expected="a day on which at least one fact was known",
            remedy="Give a later day with --as-of, or hand in files",
        )


@dataclass(frozen=True, slots=True)
class Portrayed:
    """Firms and their traits as of a day.

    Args:
        sample: every firm with every trait.
        rows: enterprise to its portrait as it came.
        profiles: enterprise to name, industry, region, park.
        histories: enterprise to rating and whether it defaulted.
        families: those that state anything.
    """

    sample: Sample
    rows: Mapping[str, Row]
    profiles: Mapping[str, Row]
    histories: Mapping[str, Row]
    families: frozenset[str]

    def heard(self, trait: Trait) -> bool:
        """Test whether all sources of a trait state anything; else it says nothing.

        Args:
            trait: one of the dictionary.
        """
        return self.families.issuperset(trait.sources)

    @property
    def industries(self) -> dict[str, str]:
        """Enterprise to industry, where known."""
        return {
            firm: row["industry"]
            for firm, row in self.profiles.items()
            if row["industry"]
        }

    @property
    def outcomes(self) -> Outcomes:
        """Who defaulted, and which grade the bank gave."""
        return Outcomes(
            {firm: int(row["defaulted"]) for firm, row in self.histories.items()},
            {
                firm: GRADES.index(row["rating"])
                for firm, row in self.histories.items()
                if row["rating"]
            },
        )


def facts_held(lake: Lake) -> dict[str, ir.Table]:
    """Return the facts of each family that holds any, of what surrounds firms, too."""
    families = (*FAMILIES, *(source.family for source in SURROUNDINGS))
    return {family: lake.facts(family) for family in families if lake.holds(family)}


def last_day(facts: Mapping[str, ir.Table]) -> date:
    """Return the last day on which anything became known.

    Raises:
        NobodyKnownError: nothing is held.
    """
    days: list[date | None] = [
        table.known_on.max().to_pyarrow().as_py() for table in facts.values()
    ]
    known = [day for day in days if day is not None]
    if not known:
        raise NobodyKnownError(date.min)
    return max(known)


def outcomes_known(credit_history: ir.Table, *, as_of: date) -> dict[str, bool]:
    """Return whether each enterprise of the credit history had defaulted by a day."""
    known = histories(known_by(credit_history, as_of=as_of)).to_pyarrow()
    return {row["enterprise_id"]: row["defaulted"] for row in known.to_pylist()}


def known_facts(facts: Mapping[str, ir.Table], *, as_of: date) -> dict[str, ir.Table]:
    """Return the facts of each family known by a day, of those who agree to it."""
    moments = Moments((as_of,))
    return {
        family: consented(
            known_by(table, as_of=as_of), (family,), facts=facts, moments=moments
        )
        for family, table in facts.items()
    }


def portray(
    facts: Mapping[str, ir.Table], *, as_of: date, engine: ibis.BaseBackend
) -> Portrayed:
    """Return all firms with portraits, profiles and histories as of a day.

    Raises:
        NobodyKnownError: nothing was known by then.
    """
    linked = with_network(facts, as_of=as_of, engine=engine)
    table = engine.to_pyarrow(portraits(linked, as_of=as_of).order_by("enterprise_id"))
    if not table.num_rows:
        raise NobodyKnownError(as_of)
    known = known_facts(facts, as_of=as_of)
    return Portrayed(
        sample=_sample(table),
        rows=_by_firm(table),
        profiles=_by_firm(profiles(known[_REGISTER]).to_pyarrow())
        if _REGISTER in known
        else {},
        histories=_by_firm(histories(known[_HISTORY]).to_pyarrow())
        if _HISTORY in known
        else {},
        families=frozenset(linked),
    )


def traits_then(
    facts: Mapping[str, ir.Table],
    names: Collection[str],
    *,
    as_of: date,
    engine: ibis.BaseBackend,
) -> Sample:
    """Return some traits of all firms as of a day, and others reckoned beside them.

    Args:
        facts: of any day; those of the supply chain are not reckoned.
        names: of the traits.
        as_of: the day.
        engine: reads the facts.
    """
    parts = [
        part for part in PARTS if any(trait.name in names for trait in part.traits)
    ]
    table = portraits(facts, as_of=as_of, parts=parts).order_by("enterprise_id")
    return _sample(engine.to_pyarrow(table))


def series_of(facts: Mapping[str, ir.Table]) -> dict[str, dict[str, list[Any]]]:
    """Return each firm's monthly series over all its months.

    Args:
        facts: a family's name to its facts known by the day.

    Returns:
        enterprise to `months` and one list per measure; a month in which a source
        that the firm has states nothing is 0, a measure without a source is absent.
    """
    found: dict[str, dict[str, dict[str, int]]] = {}
    days: dict[str, list[date]] = {}
    for row in monthly(facts).to_pyarrow().to_pylist():
        measures = found.setdefault(row["enterprise_id"], {})
        month = row["month"]
        measures.setdefault(row["measure"], {})[f"{month:%Y-%m}"] = row["value"]
        days.setdefault(row["enterprise_id"], []).append(month)
    return {
        firm: _spread(measures, month_names(min(days[firm]), max(days[firm])))
        for firm, measures in found.items()
    }


def _spread(
    measures: Mapping[str, Mapping[str, int]], months: list[str]
) -> dict[str, list[Any]]:
    spread: dict[str, list[Any]] = {"months": months}
    for measure in MEASURES:
        if measure in measures:
            spread[measure] = [measures[measure].get(month, 0) for month in months]
    return spread


def _sample(table: pa.Table) -> Sample:
    names = [name for name in table.column_names if name != "enterprise_id"]
    return Sample(
        tuple(table["enterprise_id"].to_pylist()),
        {
            name: np.array(
                [np.nan if v is None else float(v) for v in table[name].to_pylist()]
            )
            for name in names
        },
    )


def _by_firm(table: pa.Table) -> dict[str, Row]:
    return {row["enterprise_id"]: row for row in table.to_pylist()}
