"""A run's firms in; what binds the offer of each, and what could be judged, out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import ibis.expr.types as ir

from xiaowei.desk.bearing.asked import asked_of, parks_in
from xiaowei.desk.bearing.bounding import Asking, Bench, Bound, bounds_of
from xiaowei.desk.bearing.heard import Heard, heard_in
from xiaowei.desk.bearing.house import House
from xiaowei.desk.bearing.money import Books, Roll, numbers_on
from xiaowei.desk.bearing.ways import values_of
from xiaowei.desk.knowledge import Portrayed
from xiaowei.offers.applicant import Applicant, refusals
from xiaowei.offers.bounds import Bounds
from xiaowei.portraits.parts import TRAITS

_IN_STAGES: Final = Bounds(staged=True)
"""A risky firm is barred for its tier alone where no product lends in stages."""

_OWN: Final = next(trait for trait in TRAITS if trait.name == "own_balance_now")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a run knows of its firms beside portraits.

    Args:
        facts: a family's name to its facts known by the day, of those who agree.
        consents: as held; null where no consent is asked for.
        series: firm to its monthly series.
    """

    facts: Mapping[str, ir.Table]
    consents: ir.Table | None
    series: Mapping[str, Mapping[str, Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Binding:
    """What binds the firms of a run.

    Args:
        heard: what could be judged.
        firms: enterprise to what binds it.
    """

    heard: Heard
    firms: Mapping[str, Bound]


def bind(
    applicants: Sequence[Applicant],
    portrayed: Portrayed,
    told: Told,
    *,
    house: House,
    worst: Mapping[str, int],
) -> Binding:
    """Return what binds each applicant of a run.

    Args:
        applicants: every firm, free of bounds.
        portrayed: their portraits.
        told: what else is known of them.
        house: what the bank allows.
        worst: enterprise to the severity of its worst finding, of those checked.
    """
    day, ways, terms = house.day, house.ways, house.terms
    names = [one.enterprise_id for one in applicants]
    asked = asked_of(told.facts, names, as_of=day, parks=parks_in(told.facts))
    values = {
        one.enterprise_id: {
            **values_of(
                portrayed.rows[one.enterprise_id],
                pd=one.pd,
                pd_high=one.pd_high,
                worst=worst.get(one.enterprise_id),
                defaulted=portrayed.histories.get(one.enterprise_id, {}).get(
                    "defaulted"
                ),
                held=portrayed.families,
            ),
            **asked.of(one.enterprise_id),
        }
        for one in applicants
    }
    heard = heard_in(
        portrayed.families,
        values.values(),
        offerings=ways.offerings,
        strategies=ways.strategies,
    )
    profiles = portrayed.profiles
    books = Books(
        told.facts,
        told.facts,
        roll=Roll(
            industries={name: profiles.get(name, {}).get("industry") for name in names},
            traits=portrayed.rows,
            consents=told.consents,
            heard=portrayed.heard(_OWN),
        ),
        numbers=numbers_on(house.book, day=day, heard=heard.caps),
    )
    firms = bounds_of(
        [
            Asking(
                enterprise_id=one.enterprise_id,
                tier=one.tier,
                values=values[one.enterprise_id],
                pd=one.pd or 0.0,
                barred=bool(refusals(replace(one, bounds=_IN_STAGES), terms=terms)),
                series=told.series.get(one.enterprise_id, {"months": []}),
            )
            for one in applicants
        ],
        bench=Bench(ways=ways, heard=heard, terms=terms, day=day),
        books=books,
    )
    return Binding(heard, firms)
