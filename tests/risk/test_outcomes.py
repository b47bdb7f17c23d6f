"""Who defaulted when follows from facts of credit; who owed nothing has no outcome."""

from datetime import date, timedelta

import pytest
from tests.factories import Row, credit, held

from xiaowei.risk.outcomes import defaults, watched

DUE = date(2020, 3, 31)
TODAY = date(2020, 12, 31)


def instalment(**stated: object) -> Row:
    """The first instalment of E1, of 1,000 yuan, unpaid."""
    return {
        "enterprise_id": "E1",
        "loan_no": "L1",
        "instalment": 1,
        "happened_on": DUE,
        "due_fen": 100_000,
        "paid_fen": 0,
        "paid_on": None,
    } | stated


def paid(on: date, **stated: object) -> Row:
    return instalment(paid_fen=100_000, paid_on=on, known_on=on) | stated


def report(**stated: object) -> Row:
    """A loan of E1 that the bureau reports as paid in time."""
    return {
        "enterprise_id": "E1",
        "subject": "enterprise",
        "lender": "B1",
        "contract_no": "C1",
        "happened_on": DUE,
        "opened_on": date(2019, 1, 1),
        "limit_fen": 100_000,
        "balance_fen": 100_000,
        "overdue_fen": 0,
        "dpd": 0,
        "five_class": "normal",
    } | stated


def told(as_of: date = TODAY, **facts: list[Row]) -> dict[str, date]:
    rows = defaults(held(**facts), as_of=as_of).to_pyarrow().to_pylist()
    return {row["enterprise_id"]: row["day"] for row in rows}


class TestDefaults:
    @pytest.mark.parametrize(
        ("rows", "defaulted"),
        [
            ([instalment()], True),
            ([instalment(), paid(DUE + timedelta(days=90))], False),
            ([instalment(), paid(DUE + timedelta(days=91))], True),
            ([paid(DUE, paid_fen=99_999)], True),
        ],
        ids=["never paid", "90 days", "91 days", "a fen short"],
    )
    def test_by_an_instalment_of_ours(self, rows: list[Row], defaulted: bool) -> None:
        day = DUE + timedelta(days=91)

        assert told(repayments=rows) == ({"E1": day} if defaulted else {})

    def test_is_none_while_an_instalment_may_still_be_paid(self) -> None:
        ninety = DUE + timedelta(days=90)

        assert told(ninety, repayments=[instalment()]) == {}
        assert told(ninety + timedelta(days=1), repayments=[instalment()])

    def test_is_not_undone_by_what_is_known_later_only(self) -> None:
        late = paid(date(2020, 12, 1))
        before = told(date(2020, 11, 30), repayments=[instalment(), late])

        assert before == told(repayments=[instalment(), late])

    @pytest.mark.parametrize(
        ("stated", "defaulted"),
        [
            ({"dpd": 90}, False),
            ({"dpd": 91}, True),
            ({"five_class": "special_mention"}, False),
            ({"five_class": "substandard"}, True),
            ({"five_class": None, "dpd": 120}, True),
            ({"five_class": None}, False),
            ({"dpd": 200, "subject": "legal_person"}, False),
        ],
    )
    def test_by_a_report_of_the_bureau(self, stated: Row, defaulted: bool) -> None:
        assert bool(told(bureau_loans=[report(**stated)])) is defaulted

    def test_by_our_own_record_for_ever(self) -> None:
        rows = [
            credit(defaulted="yes", happened_on=DUE),
            credit(defaulted="no", happened_on=date(2020, 8, 1)),
        ]

        assert told(credit_history=rows) == {"E1": DUE}

    def test_counts_from_the_first(self) -> None:
        early = credit(defaulted="yes", happened_on=date(2020, 2, 1))

        assert told(credit_history=[early], repayments=[instalment()]) == {
            "E1": date(2020, 2, 1)
        }

    def test_takes_nothing_known_later(self) -> None:
        late = credit(defaulted="yes", happened_on=DUE, known_on=date(2021, 1, 1))

        assert told(credit_history=[late]) == {}
        assert told() == {}


class TestWatched:
    def test_are_those_whose_credit_was_looked_at(self) -> None:
        rows = watched(
            held(
                repayments=[instalment(enterprise_id="E1")],
                bureau_loans=[
                    report(enterprise_id="E2"),
                    report(enterprise_id="E3", subject="legal_person"),
                ],
                credit_history=[credit(enterprise_id="E4", happened_on=DUE)],
            ),
            as_of=TODAY,
        ).to_pyarrow()

        assert sorted(rows["enterprise_id"].to_pylist()) == ["E1", "E2", "E4"]
        assert set(rows["day"].to_pylist()) == {DUE}
