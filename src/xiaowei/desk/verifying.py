"""All cross-checks of a lake as of a day, and what they add up to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.desk.home import Home
from xiaowei.desk.knowledge import (
    NobodyKnownError,
    facts_held,
    known_facts,
    last_day,
)
from xiaowei.errors import NotFoundError
from xiaowei.industry.classification import SECTIONS
from xiaowei.industry.profiles import emphasis_of, profile_of
from xiaowei.policy.book import Book
from xiaowei.policy.trades.profile import Profiles
from xiaowei.portraits import profile
from xiaowei.portraits.standing import standing
from xiaowei.said import Said
from xiaowei.verification.band import Band, bands
from xiaowei.verification.checks.circles import CIRCULAR_TRADE
from xiaowei.verification.checks.sides import TWO_SIDES
from xiaowei.verification.combine import (
    FAMILIES,
    Emphasis,
    Suspicion,
    Weights,
    suspicions,
)
from xiaowei.verification.electricity.band import Month, power_bands
from xiaowei.verification.finding import Case, Check, Finding, silent
from xiaowei.verification.mirrors import Mirror, mirrors
from xiaowei.verification.network.rings import Circle, circles_by
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
        bands: enterprise to its sales beside what other sources let expect.
        powers: enterprise to its months of sales beside what electricity lets expect.
        circles: enterprise to the circles of trade that were found odd of it.
        mirrors: enterprise to the invoices that their two sides state differently.
    """

    as_of: date
    findings: Sequence[Finding]
    suspicions: Mapping[str, Suspicion]
    revenues: Mapping[str, Revenue]
    papers: Mapping[str, Sequence[Paper]]
    doubted: Mapping[str, Mapping[str, float]]
    bands: Mapping[str, Band]
    powers: Mapping[str, Sequence[Month]]
    circles: Mapping[str, Sequence[Circle]]
    mirrors: Mapping[str, Sequence[Mirror]]


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
    rows = profile.profiles(told[_REGISTER]).to_pyarrow().to_pylist()
    return {row["enterprise_id"]: row["industry"] for row in rows if row["industry"]}


def weights_on(book: Book, day: date) -> Weights:
    """Return what evidence counts on a day."""

    def number(name: str) -> float:
        return float(book.number(f"deceit_{name}", on=day))

    return Weights(
        prevalence=number("prevalence"),
        weights={family: number(f"weight_{family}") for family in FAMILIES},
        clear=number("clear"),
        more=number("more"),
        less=number("less"),
        usual={
            section: number(f"usual_{section}")
            for section in SECTIONS
            if f"deceit_usual_{section}" in book.entries
        },
    )


def emphases_on(
    industries: Mapping[str, str],
    day: date,
    *,
    weights: Weights,
    profiles: Profiles,
) -> dict[str, Emphasis]:
    """Return what each enterprise's trade makes of the checks on a day.

    Args:
        industries: enterprise to its code of GB/T 4754; one that is not there is
            judged by the general profile.
        day: the day.
        weights: how many times more and less are.
        profiles: of all trades.
    """
    by_code = {
        code: emphasis_of(
            profile_of(profiles, code, on=day), more=weights.more, less=weights.less
        )
        for code in set(industries.values())
    }
    return {firm: by_code[code] for firm, code in industries.items()}


def applying(
    findings: Iterable[Finding], case: Case, *, profiles: Profiles
) -> list[Finding]:
    """Return findings, silent where a check does not apply to an enterprise's trade.

    Whoever looks at the worst finding would else hold against a firm what its profile
    says tells nothing of it.

    Args:
        findings: of any enterprises.
        case: whose trades they are of.
        profiles: of all trades.
    """
    void = {
        code: {
            name: stress.reason
            for name, stress in profile_of(profiles, code, on=case.as_of).checks.items()
            if stress.emphasis == "none"
        }
        for code in set(case.industries.values())
    }
    found = []
    for one in findings:
        why = void.get(case.industries.get(one.enterprise_id, ""), {}).get(one.check)
        if why is not None and one.outcome != "silent":
            said = Said(
                f"本行业不适用：{why.zh}", f"does not apply to its trade: {why.en}"
            )
            found.append(silent(one.enterprise_id, check=one.check, why=said))
        else:
            found.append(one)
    return found


def verified(
    case: Case,
    enterprises: Sequence[str],
    *,
    weights: Weights,
    profiles: Profiles,
) -> Verified:
    """Return what all checks of enterprises come to.

    Args:
        case: the facts known by the day.
        enterprises: whom to check.
        weights: what evidence counts.
        profiles: of all trades.

    Raises:
        NobodyKnownError: nobody is to be checked.
    """
    if not enterprises:
        raise NobodyKnownError(case.as_of)
    findings = applying(verify(case, enterprises=enterprises), case, profiles=profiles)
    emphases = emphases_on(
        case.industries, case.as_of, weights=weights, profiles=profiles
    )
    found = suspicions(
        findings,
        weights=weights,
        emphases=emphases,
        sections={firm: case.section_of(firm) for firm in enterprises},
    )
    circled = _odd(findings, CIRCULAR_TRADE)
    return Verified(
        as_of=case.as_of,
        findings=findings,
        suspicions=found,
        revenues=revenues(case, {firm: one.probability for firm, one in found.items()}),
        papers={firm: papers(one, weights=weights) for firm, one in found.items()},
        doubted={
            firm: doubts(one, CHECKS, weights=weights) for firm, one in found.items()
        },
        bands=bands(case),
        powers=power_bands(case),
        circles=circles_by(case, circled) if circled else {},
        mirrors=mirrors(case, _odd(findings, TWO_SIDES)),
    )


def _odd(findings: Sequence[Finding], check: Check) -> list[str]:
    """Return of whom a check says that the sources differ."""
    return [
        one.enterprise_id
        for one in findings
        if one.check == check.name and one.outcome == "differs"
    ]


def verify_home(
    home: Home, *, as_of: date | None = None, whom: Sequence[str] = ()
) -> Verified:
    """Return what verification makes of the facts a home holds.

    Args:
        home: the workspace.
        as_of: the day, or null for the last day on which anything became known.
        whom: enterprises, or none for all that any source states anything of.

    Raises:
        NobodyKnownError: no fact was known by the day.
        UnknownEnterpriseError: no source states anything of one that is asked for.
    """
    facts = facts_held(home.lake)
    day = as_of or last_day(facts)
    asked = frozenset(whom)
    # Whoever is misspelt is told so before all that stands is worked out.
    _all_known(asked, known_facts(facts, as_of=day), day)
    with case_on(facts, as_of=day, engine=home.lake.engine, whom=asked or None) as case:
        _all_known(asked, case.facts, day)
        weights = weights_on(home.book, day)
        return verified(
            case,
            sorted(asked or _known(case.facts)),
            weights=weights,
            profiles=home.profiles,
        )


def _all_known(asked: frozenset[str], facts: Mapping[str, ir.Table], day: date) -> None:
    """Refuse whoever no family states anything of."""
    for enterprise in sorted(asked - _known(facts, among=asked) if asked else ()):
        raise UnknownEnterpriseError(enterprise, day)


def _known(
    facts: Mapping[str, ir.Table], *, among: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Return everybody of whom any family states anything.

    Args:
        facts: of each family.
        among: who is looked for; none for everybody.
    """
    parts = [
        table.select("enterprise_id").distinct()
        for table in facts.values()
        if "enterprise_id" in table.columns
    ]
    if not parts:
        return frozenset()
    whole = reduce(lambda a, b: a.union(b), parts).distinct()
    if among:
        whole = whole.filter(whole.enterprise_id.isin(sorted(among)))
    return frozenset(whole.to_pyarrow()["enterprise_id"].to_pylist())


class UnknownEnterpriseError(NotFoundError):
    """No source states anything of an enterprise."""

    def __init__(self, enterprise_id: str, as_of: date) -> None:
        """Name it."""
        super().__init__(
            f"nothing is known of enterprise '{enterprise_id}' as of {as_of}",
            expected="the code under which its files were taken",
            remedy="Check the code, take its files, or give a later day with --as-of",
        )
