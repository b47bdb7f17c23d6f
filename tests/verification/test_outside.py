"""Invoices against tax filings and against electricity."""

import math
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pytest
from tests.factories import Row, filing, invoice, reading
from tests.verification.cases import case, findings

from xiaowei.verification.checks.outside import ELECTRICITY, TAX, _gap_sd
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


def used(months: Iterable[int], kwh: float = 100, **stated: Any) -> list[Row]:  # noqa: ANN401
    """Readings at the end of months."""
    return [reading(happened_on=month(back)[1], kwh=kwh, **stated) for back in months]


def metered(
    invoices: list[Row], readings: list[Row], industry: str | None = "C13"
) -> dict[str, Finding]:
    industries = {"E1": industry} if industry else {}
    facts = case(
        invoices=invoices, electricity=readings, as_of=AS_OF, industries=industries
    )
    return findings(ELECTRICITY, facts)


class TestElectricity:
    def test_agrees_where_sales_and_electricity_grow_alike(self) -> None:
        one = metered(
            [*sold(range(6), 300_000), *sold(range(6, 18))],
            [*used(range(6), 300), *used(range(6, 18))],
        )["E1"]

        assert one.outcome == "agrees"
        assert one.unlikely == 0.5
        assert one.evidence == ()

    @pytest.mark.parametrize(
        ("times", "severity"), [(2, "none"), (4, "low"), (9, "medium"), (40, "high")]
    )
    def test_is_graver_the_further_sales_outrun_electricity(
        self, times: int, severity: str
    ) -> None:
        one = metered(
            [*sold(range(6), 100_000 * times), *sold(range(6, 18))], used(range(18))
        )["E1"]

        assert one.severity == severity
        gap = math.log(times) / _gap_sd(6)
        assert one.unlikely == pytest.approx(
            math.erfc(gap / math.sqrt(2)) / 2, abs=1e-9
        )

    def test_does_not_mind_electricity_outrunning_sales(self) -> None:
        one = metered(sold(range(18)), [*used(range(6), 900), *used(range(6, 18))])

        assert one["E1"].outcome == "agrees"

    def test_shows_the_largest_sales_of_the_half_year(self) -> None:
        invoices = [
            *sold(range(6), 9_000_000, line=7),
            *sold([0], 99_000_000, line=8),
            *sold([6], 999_000_000, line=9),
            *sold(range(7, 18)),
        ]

        evidence = metered(invoices, used(range(18)))["E1"].evidence

        assert [fact.line for fact in evidence] == [8, 7, 7, 7, 7]

    def test_takes_a_month_not_read_for_unknown_and_not_for_idle(self) -> None:
        """The grid's file ends two months early; sales of both years are cut alike."""
        one = metered(sold(range(18)), used(range(2, 18)))["E1"]

        assert one.outcome == "agrees"
        assert one.unlikely == 0.5
        assert "sales of 4 months" in one.text.en

    def test_counts_a_reading_stated_twice_once(self) -> None:
        later = [row | {"known_on": AS_OF, "kwh": 100.0} for row in used(range(6), 1)]

        one = metered(
            sold(range(18)), [*used(range(6), 1), *used(range(6, 18)), *later]
        )

        assert one["E1"].unlikely == 0.5

    @pytest.mark.parametrize("industry", ["F51", "I64"])
    def test_is_silent_on_trades_that_sell_without_electricity(
        self, industry: str
    ) -> None:
        one = metered(sold(range(18)), used(range(18)), industry)["E1"]

        assert one.outcome == "silent"
        assert "not applicable" in one.text.en

    def test_judges_a_firm_of_unknown_industry(self) -> None:
        assert metered(sold(range(18)), used(range(18)), None)["E1"].outcome == "agrees"

    @pytest.mark.parametrize(
        ("invoices", "readings"),
        [
            (sold(range(17)), used(range(18))),
            (sold(range(18)), used(range(3, 18))),
            (sold(range(18)), used(range(18), 0)),
            (sold(range(12)), used(range(18))),
            (sold(range(12, 30)), used(range(18))),
            (sold(range(18), direction="purchase"), used(range(18))),
        ],
    )
    def test_says_nothing_without_both_years_of_both(
        self, invoices: list[Row], readings: list[Row]
    ) -> None:
        assert metered(invoices, readings) == {}


class TestGapSd:
    def test_is_the_spread_of_simulated_half_years(self) -> None:
        rng = np.random.default_rng(5)

        def log_ratio(sd: float) -> Any:  # noqa: ANN401
            shock = rng.normal(size=(18, 20_000))
            months = np.empty_like(shock)
            months[0] = shock[0]
            for n in range(1, 18):
                months[n] = 0.3 * months[n - 1] + math.sqrt(1 - 0.09) * shock[n]
            amounts = np.exp(sd * months)
            return np.log(amounts[12:].sum(axis=0) / amounts[:6].sum(axis=0))

        gaps = log_ratio(0.80) - log_ratio(0.32)

        assert _gap_sd(6) == pytest.approx(gaps.std(), rel=0.03)

    def test_falls_with_the_months_compared(self) -> None:
        assert _gap_sd(4) > _gap_sd(5) > _gap_sd(6)
