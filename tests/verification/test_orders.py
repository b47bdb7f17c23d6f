"""Orders that no such firm could make are told from a good year to come."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from tests.factories import Row, invoice
from tests.verification.cases import case, findings

from xiaowei.verification.checks.orders import ABLE, ORDERS
from xiaowei.verification.finding import Case, Check, Finding

AS_OF = date(2025, 6, 30)
SHOWN = date(2025, 5, 12)
FIRMS = 100
LIAR = "F07"
WAN = 1_000_000
CHECKS = (ORDERS, ABLE)


def order(firm: str, fen: int, **stated: Any) -> Row:  # noqa: ANN401
    """An order signed a month before it was shown, to be delivered within a year."""
    return {
        "enterprise_id": firm,
        "contract_no": f"{firm}-1",
        "counterparty": "某某公司",
        "amount_fen": fen,
        "happened_on": SHOWN - timedelta(days=30),
        "starts_on": SHOWN,
        "due_on": SHOWN + timedelta(days=300),
        "known_on": SHOWN,
    } | stated


def months_back(count: int) -> list[date]:
    """Return the tenth of each of the last months."""
    return [date(2025 - (n + 6) // 12, (5 - n) % 12 + 1, 10) for n in range(count)]


def county(seed: int, *, times: float = 1.0, firms: int = FIRMS, **stated: Any) -> Case:  # noqa: ANN401
    """Firms of two trades show about half a year's sales; the liar so much more."""
    rng = np.random.default_rng(seed)
    sales, orders, heads, meters = [], [], [], []
    for number in range(firms):
        firm = f"F{number:02}"
        yearly = int(np.exp(rng.normal(15.5, 1)) * 100)
        cover = np.exp(rng.normal(-0.6, 0.3)) * (times if firm == LIAR else 1.0)
        sales += [
            invoice(
                enterprise_id=firm,
                happened_on=on,
                net_fen=int(yearly / 12 * np.exp(rng.normal(0, 0.3))),
                invoice_no=f"{firm}-{n}",
            )
            for n, on in enumerate(months_back(24))
        ]
        orders.append(order(firm, int(yearly * cover), line=number) | stated)
        people = max(round(yearly / 50_000_00 * np.exp(rng.normal(0, 0.3))), 1)
        heads.append(
            {
                "enterprise_id": firm,
                "period_end": date(2025, 5, 31),
                "headcount": people,
                "happened_on": date(2025, 6, 15),
            }
        )
        if number % 2 == 0 or firm == LIAR:
            meters.append(
                {
                    "enterprise_id": firm,
                    "meter": "M1",
                    "capacity_kva": 5.0 * people * np.exp(rng.normal(0, 0.2)),
                    "happened_on": date(2020, 1, 1),
                }
            )
    trades = ("C33", "F51")
    return case(
        as_of=AS_OF,
        industries={f"F{n:02}": trades[n % 2] for n in range(firms)},
        invoices=sales,
        order_claims=orders,
        social_security=heads,
        meters=meters,
    )


def differing(found: dict[str, Finding]) -> set[str]:
    return {firm for firm, one in found.items() if one.outcome == "differs"}


def claimed(at: Case) -> str:
    """Return what the liar is seen to claim."""
    seen = findings(ORDERS, at)[LIAR].observed
    assert seen is not None
    return seen.en


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
class TestOrders:
    def test_find_the_one_who_could_never_make_them(self, check: Check) -> None:
        found = findings(check, county(0, times=40.0))

        assert differing(found) == {LIAR}
        one = found[LIAR]
        assert "2025-05-12" in one.text.en
        assert one.benign is not None
        assert [fact.file for fact in one.evidence] == ["order_claims.csv"]
        assert "某某公司" in one.evidence[0].text.zh
        assert "due 2026-03-08" in one.evidence[0].text.en

    @pytest.mark.parametrize("seed", range(6))
    def test_leave_who_has_work_in_hand_in_peace(self, check: Check, seed: int) -> None:
        found = findings(check, county(seed))

        assert len(found) == FIRMS
        assert differing(found) == set()

    def test_say_the_same_where_one_is_asked_for(self, check: Check) -> None:
        at = county(0, times=40.0)
        whole = findings(check, at)
        asked = Case(
            facts=at.facts,
            as_of=AS_OF,
            industries=at.industries,
            whom=frozenset({LIAR}),
        )

        assert findings(check, asked) == {LIAR: whole[LIAR]}

    def test_are_silent_with_too_few_peers(self, check: Check) -> None:
        found = findings(check, county(0, times=40.0, firms=19))

        assert {one.outcome for one in found.values()} == {"silent"}

    @pytest.mark.parametrize(
        "stated",
        [
            {"known_on": AS_OF - timedelta(days=366)},
            {"due_on": SHOWN},
            {"amount_fen": 0},
        ],
        ids=["shown long ago", "delivered already", "worth nothing"],
    )
    def test_are_silent_on_what_is_no_longer_in_hand(
        self, check: Check, stated: Row
    ) -> None:
        assert findings(check, county(0, **stated)) == {}


class TestClaimed:
    def test_counts_what_falls_to_the_next_twelve_months(self) -> None:
        """Half of it was delivered before; of two years ahead one counts."""
        at = county(
            0,
            amount_fen=40 * WAN,
            starts_on=SHOWN - timedelta(days=730),
            due_on=SHOWN + timedelta(days=730),
        )

        assert claimed(at) == "orders of 10.00万 yuan for 12 months"

    def test_adds_up_what_was_shown_together_and_no_more(self) -> None:
        at = county(0)
        rows = at.facts["order_claims"].to_pyarrow().to_pylist()
        for row in [row for row in rows if row["enterprise_id"] == LIAR]:
            row["amount_fen"] = 7 * WAN
            more = {"amount_fen": 5 * WAN, "contract_no": "more"}
            old = {"contract_no": "old", "known_on": SHOWN - timedelta(days=30)}
            rows += [row | more, row | old]
        both = case(
            as_of=AS_OF,
            industries=at.industries,
            order_claims=rows,
            invoices=at.facts["invoices"].to_pyarrow(),
        )

        found = findings(ORDERS, both)

        assert claimed(both) == "orders of 12.00万 yuan for 12 months"
        assert "(2 in all)" in found[LIAR].text.en


class TestSales:
    @pytest.mark.parametrize(("months", "spoken"), [(5, False), (6, True)])
    def test_of_half_a_year_at_least_are_needed(
        self, months: int, *, spoken: bool
    ) -> None:
        at = county(0)
        sales = at.facts["invoices"].to_pyarrow().to_pylist()
        first = months_back(months)[-1]
        late = [
            row
            for row in sales
            if row["enterprise_id"] != LIAR or row["happened_on"] >= first
        ]
        young = case(
            as_of=AS_OF,
            industries=at.industries,
            order_claims=at.facts["order_claims"].to_pyarrow(),
            invoices=late,
        )

        assert (LIAR in findings(ORDERS, young)) == spoken
