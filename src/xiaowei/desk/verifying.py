"""All cross-checks of a lake as of a day, and what they add up to."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.desk.knowledge import NobodyKnownError, known_facts
from xiaowei.policy.book import Book
from xiaowei.portraits.profile import profiles
from xiaowei.portraits.standing import standing
from xiaowei.verification.combine import FAMILIES, Suspicion, Weights, suspicions
from xiaowei.verification.finding import Case, Finding
from xiaowei.verification.papers import Paper, papers
from xiaowei.verification.revenue import Revenue, revenues
from xiaowei.verification.trust import doubts
from xiaowei.verification.verify import CHECKS, verify

_REGISTER: Final = "enterprises"
_TABLE: Final = "standing_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What verification came to.

    Args:
        as_of: the day.
        findings: of every check on every enterprise asked for.
        suspicions: enterprise to how likely it deceives, and why.
        revenues: enterprise to the bounds of its true revenue; without sales invoices
            it has none.
        papers: enterprise to the papers still worth asking for.
        doubted: enterprise to families of facts and how far each is doubted.
    """

    as_of: date
    findings: Sequence[Finding]
    suspicions: Mapping[str, Suspicion]
    revenues: Mapping[str, Revenue]
    papers: Mapping[str, Sequence[Paper]]
    doubted: Mapping[str, Mapping[str, float]]


@contextmanager
def case_on(
    facts: Mapping[str, ir.Table],
    *,
    as_of: date,
    engine: ibis.BaseBackend,
    whom: frozenset[str] | None = None,
) -> Iterator[Case]:
    """Hold the facts known by a day as last stated, for as long as they are checked.

    Thirty checks ask for the same few families; what stands is worked out once for all
    of them and put into tables of the engine, which spills them where they are large.

    Args:
        facts: of each family, of any day.
        as_of: the day.
        engine: that reads them.
        whom: who is to be put into words; null for everybody.
    """
    told = known_facts(facts, as_of=as_of)
    made: dict[str, ir.Table] = {}
    try:
        for family, table in told.items():
            stands = standing(table, family=family)
            stands = stands.filter(stands.upto.isnull())
            made[family] = engine.create_table(_TABLE + family, stands, temp=True)
        yield Case(facts=made, as_of=as_of, industries=industries_of(made), whom=whom)
    finally:
        for family in made:
            # Ibis 12.0.0 writes a DROP without the table's name, see `finding.kept`.
            engine.raw_sql(f'DROP TABLE IF EXISTS "{_TABLE}{family}"')


def industries_of(told: Mapping[str, ir.Table]) -> dict[str, str]:
    """Return each enterprise's industry, where known."""
    if _REGISTER not in told:
        return {}
    rows = profiles(told[_REGISTER]).to_pyarrow().to_pylist()
    return {row["enterprise_id"]: row["industry"] for row in rows if row["industry"]}


def weights_on(book: Book, day: date) -> Weights:
    """Return what evidence counts on a day."""

    def number(name: str) -> float:
        return float(book.number(f"deceit_{name}", on=day))

    return Weights(
        prevalence=number("prevalence"),
        weights={family: number(f"weight_{family}") for family in FAMILIES},
        clear=number("clear"),
    )


def verified(case: Case, enterprises: Sequence[str], *, weights: Weights) -> Verified:
    """Return what all checks of enterprises come to.

    Args:
        case: the facts known by the day.
        enterprises: whom to check.
        weights: what evidence counts.

    Raises:
        NobodyKnownError: nobody is to be checked.
    """
    if not enterprises:
        raise NobodyKnownError(case.as_of)
    findings = verify(case, enterprises=enterprises)
    found = suspicions(findings, weights=weights)
    return Verified(
        as_of=case.as_of,
        findings=findings,
        suspicions=found,
        revenues=revenues(case, {firm: one.probability for firm, one in found.items()}),
        papers={firm: papers(one, weights=weights) for firm, one in found.items()},
        doubted={
            firm: doubts(one, CHECKS, weights=weights) for firm, one in found.items()
        },
    )
