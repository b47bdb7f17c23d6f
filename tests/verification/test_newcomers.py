"""New customers before an application are told from those who come every year."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
from tests.factories import Row, registered
from tests.verification.cases import case, findings
from tests.verification.network.books import AS_OF, books, sales

from xiaowei.verification.checks.newcomers import NEW_PARTNERS
from xiaowei.verification.finding import Case, Finding

PLANTED = 3


def fresh(*, ago: int = 0, whom: str = "NEW", also: bool = False) -> pa.Table:
    """Return sales of F3 to five new customers within 150 days up to so long ago."""
    count = 60
    net = np.full(count, 2e7)
    day = ago + np.arange(count) * 5 // 2
    customers = [f"{whom}{n % 5}" for n in range(count)]
    mine = sales(np.full(count, PLANTED), customers, day, net)
    if not also:
        return mine
    others = sales(10 + np.arange(count) % 20, customers, day, net / 1e4)
    return pa.concat_tables([mine, others])


def looked_at(*more: pa.Table, seed: int = 0, **families: list[Row]) -> Case:
    invoices = pa.concat_tables([books(seed), *more])
    return case(as_of=AS_OF, industries={}, invoices=invoices, **families)


def differing(at: Case) -> dict[str, Finding]:
    found = findings(NEW_PARTNERS, at)
    return {firm: one for firm, one in found.items() if one.outcome == "differs"}


def application(day: date) -> Row:
    return {
        "enterprise_id": f"F{PLANTED}",
        "application_no": "A1",
        "amount_fen": 1,
        "outcome": "approved",
        "happened_on": day,
    }


class TestNewPartners:
    def test_calls_who_lives_on_new_customers_of_its_own(self) -> None:
        found = differing(looked_at(fresh()))

        assert set(found) == {"F3"}
        assert "9 customers never seen before" in found["F3"].text.en
        assert all("20.00万 yuan" in one.text.en for one in found["F3"].evidence)

    def test_looks_before_an_application_that_is_near(self) -> None:
        applied = AS_OF - timedelta(days=200)
        at = looked_at(fresh(ago=205), applications=[application(applied)])

        found = differing(at)

        assert set(found) == {"F3"}
        assert str(applied) in found["F3"].text.en

    def test_looks_before_the_day_where_none_is_near(self) -> None:
        applied = AS_OF - timedelta(days=400)
        at = looked_at(fresh(), applications=[application(applied)])

        assert set(differing(at)) == {"F3"}

    def test_leaves_new_customers_who_buy_from_others_too_alone(self) -> None:
        assert differing(looked_at(fresh(also=True))) == {}

    def test_calls_those_who_buy_from_others_if_they_are_young(self) -> None:
        young = [
            registered(
                enterprise_id=f"NEW{n}",
                happened_on=AS_OF - timedelta(days=250),
                known_on=AS_OF,
            )
            for n in range(5)
        ]

        found = differing(looked_at(fresh(also=True), enterprises=young))

        assert set(found) == {"F3"}

    def test_leaves_old_customers_alone(self) -> None:
        before = sales(
            np.full(5, PLANTED),
            [f"NEW{n}" for n in range(5)],
            np.full(5, 500),
            np.full(5, 1e5),
        )

        assert differing(looked_at(fresh(), before)) == {}

    def test_says_nothing_of_a_firm_whose_books_are_short(self) -> None:
        short = sales(
            np.full(60, 900),
            [f"X{n}" for n in range(60)],
            np.arange(60) * 5,
            np.full(60, 1e6),
        )

        assert "F900" not in findings(NEW_PARTNERS, looked_at(short))

    def test_calls_honest_worlds_no_more_often_than_stated(self) -> None:
        calls = [differing(looked_at(seed=seed)) for seed in range(12)]

        assert sum(map(bool, calls)) <= 2
