"""Invoices against tax filings."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from tests.factories import Row, filing, invoice
from tests.verification.cases import case, findings

from xiaowei.verification.checks.outside import TAX
from xiaowei.verification.finding import Finding

AS_OF = date(2020, 2, 29)


def month(back: int) -> tuple[date, date]:
    """Return first and last day of the month so many before February 2020."""
    year, place = divmod(2020 * 12 + 1 - back, 12)
    return date(year, place + 1, 1), date(
        year, place + 1, monthrange(year, place + 1)[1]
    )


def sold(months: Iterable[int], net: int = 100_000, **stated: Any) -> list[Row]:  # noqa: ANN401
    return [
        invoice(happened_on=month(back)[0], net_fen=net, **stated) for back in months
    ]


def declared(months: Iterable[int], net: int = 100_000, **stated: Any) -> list[Row]:  # noqa: ANN401
    return [
        filing(
            **{
                "period_start": month(back)[0],
                "period_end": month(back)[1],
                "happened_on": month(back - 1)[0],
                "sales_fen": net,
                "line": 100 + back,
            }
            | stated
        )
        for back in months
    ]


def taxed(invoices: list[Row], filings: list[Row]) -> dict[str, Finding]:
    return findings(TAX, case(invoices=invoices, tax_filings=filings, as_of=AS_OF))


class TestTax:
    @pytest.mark.parametrize(
        ("net", "outcome", "severity"),
        [
            (100_000, "agrees", "none"),
            (90_000, "agrees", "none"),
            (89_999, "differs", "low"),
            (80_000, "differs", "low"),
            (79_999, "differs", "medium"),
            (50_000, "differs", "medium"),
            (49_999, "differs", "high"),
            (110_000, "agrees", "none"),
            (110_001, "differs", "low"),
            (900_000, "differs", "low"),
        ],
    )
    def test_is_graver_the_more_invoiced_sales_go_undeclared(
        self, net: int, outcome: str, severity: str
    ) -> None:
        one = taxed(sold(range(1, 13)), declared(range(1, 10), net))["E1"]

        assert (one.outcome, one.severity) == (outcome, severity)
        assert (one.benign is None) == (outcome == "agrees")

    @pytest.mark.parametrize(
        ("times", "least", "most"),
        [(3.0, 0.5, 1.0), (1.2, 0.5, 1.0), (0.85, 0.001, 0.05), (0.4, 0.0, 1e-4)],
    )
    def test_is_odd_as_far_as_sales_are_hidden_and_never_for_more_declared(
        self, times: float, least: float, most: float
    ) -> None:
        """Among forty firms that file to the fen; guests may want no invoice."""
        firms = [f"E{n:02}" for n in range(40)]
        invoices = [
            row for firm in firms for row in sold(range(1, 13), enterprise_id=firm)
        ]
        filings = [
            row
            for firm in firms
            for row in declared(
                range(1, 13),
                round(100_000 * times) if firm == "E00" else 100_000,
                enterprise_id=firm,
            )
        ]

        one = taxed(invoices, filings)["E00"]

        assert one.outcome == "differs"
        assert one.unlikely is not None
        assert least <= one.unlikely <= most

    def test_compares_the_months_that_were_filed_only(self) -> None:
        invoices = [*sold([1], 900_000), *sold(range(2, 13))]

        assert taxed(invoices, declared(range(2, 9)))["E1"].outcome == "agrees"

    def test_reads_quarterly_filings(self) -> None:
        """Small-scale taxpayers file by quarter."""
        quarters = [
            row | {"period_start": month(back + 2)[0]}
            for back in (2, 5, 8)
            for row in declared([back], 150_000)
        ]

        one = taxed(sold(range(1, 13)), quarters)["E1"]

        assert one.outcome == "differs"
        assert one.observed is not None
        assert one.observed.en == "4,500.00 yuan declared"
        assert one.expected is not None
        assert one.expected.en.startswith("9,000.00 yuan")

    def test_takes_the_last_of_two_filings_of_a_month(self) -> None:
        filings = [
            *declared(range(1, 9), 10_000),
            *declared(
                range(1, 9), 100_000, happened_on=date(2020, 2, 20), file="later.csv"
            ),
        ]

        assert taxed(sold(range(1, 13)), filings)["E1"].outcome == "agrees"

    def test_leaves_months_before_the_first_invoice_known_out(self) -> None:
        """Invoices never handed in are no hidden sales, nor is half a month of them."""
        found = taxed(sold(range(1, 8)), declared(range(1, 13)))["E1"]

        assert found.outcome == "agrees"
        assert "6 periods" in found.text.en

    def test_leaves_an_unfinished_month_out(self) -> None:
        filings = [
            *declared(range(2, 9)),
            *declared([0], 0, happened_on=date(2020, 2, 10)),
        ]
        facts = case(
            invoices=sold(range(12)), tax_filings=filings, as_of=date(2020, 2, 20)
        )

        assert findings(TAX, facts)["E1"].outcome == "agrees"

    def test_shows_the_filings_with_the_widest_gap(self) -> None:
        filings = [*declared(range(2, 9), 50_000), *declared([1], 10_000)]

        evidence = taxed(sold(range(1, 13)), filings)["E1"].evidence

        assert evidence[0].line == 101
        assert evidence[0].file == "tax_filings.csv"
        assert evidence[0].text == (
            "2020-01-01 – 2020-01-31 申报100.00元，开票1,000.00元",
            "2020-01-01 – 2020-01-31 declared 100.00 yuan, invoiced 1,000.00 yuan",
        )
        assert len(evidence) == 5

    @pytest.mark.parametrize(
        ("invoices", "filings"),
        [
            (sold(range(1, 13)), declared(range(1, 6))),
            (sold(range(1, 13)), declared(range(1, 9), tax="income")),
            (sold(range(1, 13), state="voided"), declared(range(1, 9))),
            (sold(range(1, 13), direction="purchase"), declared(range(1, 9))),
            (sold(range(1, 13), enterprise_id="E2"), declared(range(1, 9))),
        ],
    )
    def test_says_nothing_of_too_few_months_or_no_sales(
        self, invoices: list[Row], filings: list[Row]
    ) -> None:
        assert taxed(invoices, filings) == {}
