"""What is undone after a loan is told from what a firm undoes at any time."""

from datetime import date, timedelta
from typing import Any

import ibis
import numpy as np
import pytest
from tests.factories import Row, held, invoice
from tests.verification.cases import case, findings

from xiaowei.desk.verifying import case_on
from xiaowei.verification.checks.after_loan import UNDONE_AFTER, reversed_sales
from xiaowei.verification.finding import Finding

AS_OF = date(2025, 6, 30)
LOAN = date(2025, 3, 1)
UNDONE = date(2025, 3, 20)
LIAR = "LIAR"


def loan(firm: str, on: date = LOAN) -> Row:
    return {
        "enterprise_id": firm,
        "loan_no": f"{firm}-{on}",
        "product": "P",
        "principal_fen": 100_000_000,
        "rate": 0.05,
        "due_on": on + timedelta(days=365),
        "happened_on": on,
    }


def application(firm: str, on: date = LOAN) -> Row:
    return {
        "enterprise_id": firm,
        "application_no": f"{firm}-{on}",
        "amount_fen": 1,
        "outcome": "declined",
        "happened_on": on,
    }


def contract(firm: str, on: date = LOAN) -> Row:
    return {
        "enterprise_id": firm,
        "subject": "enterprise",
        "lender": "B1",
        "contract_no": f"{firm}-{on}",
        "happened_on": AS_OF,
        "opened_on": on,
        "limit_fen": 1,
        "balance_fen": 1,
        "overdue_fen": 0,
        "dpd": 0,
    }


BORROWED = {"loans": loan, "applications": application, "bureau_loans": contract}


def red_of(sale: Row, on: date) -> Row:
    """The red letter that reverses a sale."""
    number = f"{sale['invoice_no']}-red"
    fen = -sale["net_fen"]
    return sale | {
        "happened_on": on,
        "invoice_no": number,
        "net_fen": fen,
        "total_fen": fen,
    }


def honest(firm: str, rng: np.random.Generator) -> list[Row]:
    """Sales of two years; each firm takes back what it takes back, some in batches."""
    rows: list[Row] = []
    share = float(rng.beta(1, 30))
    for no in range(int(rng.integers(40, 200))):
        on = AS_OF - timedelta(days=int(rng.integers(0, 730)))
        sale = invoice(
            enterprise_id=firm,
            counterparty_id=f"C{rng.integers(9)}",
            happened_on=on,
            invoice_no=f"{firm}-{no}",
            net_fen=int(rng.lognormal(14, 1)),
        )
        back = on + timedelta(days=int(rng.exponential(25)) + 1)
        undone = rng.random() < share and back <= AS_OF
        if undone and rng.random() < 0.4 and back.month == on.month:
            rows.append(sale | {"state": "voided", "known_on": back})
        else:
            rows += [sale, red_of(sale, back)] if undone else [sale]
    return rows


def county(count: int = 60, seed: int = 0) -> tuple[list[Row], list[Row]]:
    """Sales and loans of honest firms that borrowed on one to three days."""
    rng = np.random.default_rng(seed)
    sales: list[Row] = []
    loans: list[Row] = []
    for number in range(count):
        firm = f"F{number:03}"
        sales += honest(firm, rng)
        days = rng.integers(70, 700, int(rng.integers(1, 4))).tolist()
        loans += [loan(firm, AS_OF - timedelta(days=ago)) for ago in days]
    return sales, loans


def shams(*, undone: date | None = UNDONE, firm: str = LIAR) -> list[Row]:
    """Forty sales of 30,000 yuan up to a loan, all reversed on one day."""
    sales = [
        invoice(
            enterprise_id=firm,
            counterparty_id=f"C{no % 4}",
            happened_on=LOAN - timedelta(days=1 + no * 3),
            invoice_no=f"{firm}-sham-{no}",
            net_fen=3_000_000,
        )
        for no in range(40)
    ]
    reds = [red_of(sale, undone) for sale in sales] if undone else []
    return [*sales, *reds]


def found_with(
    *more: Row, borrowed: dict[str, list[Row]] | None = None, as_of: date = AS_OF
) -> dict[str, Finding]:
    sales, loans = county()
    families: dict[str, Any] = {"loans": [*loans, loan(LIAR)]}
    if borrowed is not None:
        families = {"loans": loans} | borrowed
        families["loans"] = [*loans, *borrowed.get("loans", [])]
    looked_at = case(as_of=as_of, invoices=[*sales, *more], **families)
    return findings(UNDONE_AFTER, looked_at)


def tail(found: dict[str, Finding], firm: str = LIAR) -> float:
    unlikely = found[firm].unlikely
    assert unlikely is not None
    return unlikely


class TestUndoneAfter:
    @pytest.mark.parametrize("family", BORROWED)
    def test_finds_who_reverses_what_it_showed_for_money(self, family: str) -> None:
        found = found_with(*shams(), borrowed={family: [BORROWED[family](LIAR)]})

        one = found[LIAR]
        assert (one.outcome, one.severity) == ("differs", "high")
        assert tail(found) < 1e-6
        assert "40 sales (120.00万 yuan)" in one.text.en
        assert str(LOAN) in one.text.zh
        assert one.observed is not None
        assert one.observed.en.startswith("40 of 40 (100.00%)")
        assert len(one.evidence) == 5
        assert all("reversed 2025-03-20" in fact.text.en for fact in one.evidence)
        differing = [f for f, said in found.items() if said.outcome == "differs"]
        assert differing == [LIAR]

    def test_finds_shams_among_many_true_sales(self) -> None:
        true = honest(LIAR, np.random.default_rng(8))

        assert tail(found_with(*true, *shams()[:8], *shams()[40:48])) < 0.001

    def test_is_as_odd_after_an_application_and_a_loan_soon_after(self) -> None:
        both = {"loans": [loan(LIAR)], "applications": [application(LIAR)]}
        days = [LOAN - timedelta(days=9), LOAN]
        two = {"loans": [loan(LIAR, on) for on in days]}

        once = tail(found_with(*shams(), borrowed=both))

        assert once < 1e-6
        assert tail(found_with(*shams(), borrowed=two)) < 1e-6

    def test_counts_voids_that_came_after(self) -> None:
        voids = [
            invoice(
                enterprise_id=LIAR,
                happened_on=date(2025, 3, 3),
                invoice_no=f"void-{no}",
                state="voided",
                known_on=date(2025, 3, 6 if no < 12 else 4),
            )
            for no in range(24)
        ]
        borrowed = {"loans": [loan(LIAR, date(2025, 3, 4))]}

        found = found_with(*shams(undone=None), *voids, borrowed=borrowed)

        observed = found[LIAR].observed
        assert observed is not None
        assert observed.en.startswith("12 of 52")
        assert found[LIAR].evidence[0].text.en.endswith("voided, voided 2025-03-06")

    @pytest.mark.parametrize(
        ("undone", "hits"),
        [
            (LOAN, None),
            (LOAN + timedelta(days=1), 40),
            (LOAN + timedelta(days=60), 40),
            (LOAN + timedelta(days=61), 0),
        ],
    )
    def test_looks_at_sixty_days(self, undone: date, hits: int | None) -> None:
        found = found_with(*shams(undone=undone))

        if hits is None:
            assert LIAR not in found
            return
        one = found[LIAR].observed
        assert one is not None
        assert one.en.startswith(f"{hits} of 40")

    def test_does_not_know_what_became_known_later(self) -> None:
        sales, loans = county()
        facts = held(invoices=[*sales, *shams()], loans=[*loans, loan(LIAR)])
        engine = ibis.duckdb.connect()

        with case_on(facts, as_of=date(2025, 3, 19), engine=engine) as before:
            assert findings(UNDONE_AFTER, before)[LIAR].unlikely == 1.0
        with case_on(facts, as_of=date(2025, 3, 21), engine=engine) as after:
            assert tail(findings(UNDONE_AFTER, after)) < 1e-6

    def test_is_silent_so_soon_that_nothing_could_be_undone(self) -> None:
        assert LIAR not in found_with(*shams(), as_of=LOAN + timedelta(days=13))

    def test_is_silent_of_a_firm_that_neither_borrowed_nor_applied(self) -> None:
        assert LIAR not in found_with(*shams(), borrowed={})

    def test_is_silent_where_no_loan_is_known_of_anybody(self) -> None:
        assert findings(UNDONE_AFTER, case(as_of=AS_OF, invoices=shams())) == {}

    def test_is_silent_among_too_few_peers(self) -> None:
        sales, loans = county(18)

        found = findings(
            UNDONE_AFTER,
            case(as_of=AS_OF, invoices=[*sales, *shams()], loans=[*loans, loan(LIAR)]),
        )

        assert {one.outcome for one in found.values()} == {"silent"}

    def test_spares_a_firm_that_takes_as_much_back_at_any_time(self) -> None:
        """A trade on approval: a third comes back whether it borrowed or not."""
        rows: list[Row] = []
        for no in range(240):
            sale = invoice(
                enterprise_id=LIAR,
                happened_on=AS_OF - timedelta(days=40 + no * 3),
                invoice_no=f"approval-{no}",
                net_fen=100_000 + no,
            )
            later = sale["happened_on"] + timedelta(days=30)
            rows += [sale, red_of(sale, later)] if no % 3 == 0 else [sale]

        found = found_with(*rows)

        assert found[LIAR].outcome == "agrees"
        assert tail(found) > 0.05

    def test_calls_honest_firms_no_more_often_than_stated(self) -> None:
        tails = []
        for seed in range(4):
            sales, loans = county(100, seed)
            looked_at = case(as_of=AS_OF, invoices=sales, loans=loans)
            found = findings(UNDONE_AFTER, looked_at)
            assert all(one.outcome == "agrees" for one in found.values())
            tails += [one.unlikely or 0.0 for one in found.values()]

        assert len(tails) > 350
        assert np.mean(np.array(tails) <= 0.05) <= 0.05
        assert np.mean(np.array(tails) <= 0.01) <= 0.01


def paired(*rows: Row) -> list[tuple[int, int | None]]:
    """Return the day of each sale and that on which it was reversed."""
    table = reversed_sales(held(invoices=rows)["invoices"])
    told = table.order_by("happened_on", "line").to_pyarrow().to_pylist()
    return [
        (row["happened_on"].day, row["undone_on"] and row["undone_on"].day)
        for row in told
    ]


def on(day: int, net: int = 50, **stated: object) -> Row:
    return invoice(happened_on=date(2020, 1, day), net_fen=net, **stated)


class TestReversed:
    def test_is_the_last_that_stands(self) -> None:
        rows = [on(1), on(2), on(3, -50), on(4), on(5, -50), on(6, -50)]

        assert paired(*rows) == [(1, 6), (2, 3), (4, 5)]

    def test_is_not_what_came_after(self) -> None:
        assert paired(on(1, -50), on(2), on(3, -50), on(4)) == [(2, 3), (4, None)]

    def test_is_of_the_same_buyer_and_amount(self) -> None:
        rows = [on(1, 51), on(1, counterparty_id="P2"), on(1), on(2, -50)]

        assert paired(*rows) == [(1, None), (1, None), (1, 2)]
