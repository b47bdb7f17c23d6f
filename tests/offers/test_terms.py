"""The terms of lending on a day."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from xiaowei.offers.terms import Terms, TermsError, assumptions, terms_on
from xiaowei.policy.book import Book, NotYetSetError


class TestTermsOn:
    def test_takes_the_bounds_of_the_contest(self, terms: Terms) -> None:
        assert (terms.min_limit_fen, terms.max_limit_fen) == (10_000_000, 100_000_000)
        assert (terms.min_rate, terms.max_rate) == (Decimal("0.04"), Decimal("0.15"))
        assert (terms.min_lots, terms.max_lots) == (10, 100)

    def test_takes_the_recipe_of_the_paper(self, terms: Terms) -> None:
        rates = {grade: str(rate) for grade, rate in terms.recipe_rates.items()}

        assert rates == {"A": "0.0446", "B": "0.0494", "C": "0.0532"}

    def test_refuses_a_day_before_the_numbers_were_set(self, book: Book) -> None:
        with pytest.raises(NotYetSetError):
            terms_on(book, on=date(2015, 12, 31))


class TestTerms:
    def test_names_every_contradiction(self, terms: Terms) -> None:
        with pytest.raises(TermsError) as caught:
            replace(
                terms,
                max_limit_fen=1,
                min_rate=Decimal("0.16"),
                max_rate=Decimal("0.15001"),
                lgd=Decimal("1.2"),
                recipe_rates={"A": Decimal("0.05")},
            )

        said = str(caught.value)
        for fault in (
            "largest loan do not rise",
            "highest rate do not rise",
            "no whole number of basis points",
            "lgd lies outside 0 to 1",
            "no rate for grade B, C",
        ):
            assert fault in said

    def test_refuses_a_loan_that_is_no_whole_lots(self, terms: Terms) -> None:
        with pytest.raises(TermsError, match="no whole number of lots"):
            replace(terms, min_limit_fen=10_500_000)


class TestAssumptions:
    def test_say_the_numbers_they_stand_for(self, terms: Terms) -> None:
        said = assumptions(replace(terms, lgd=Decimal("0.45")))

        assert said["lgd"].en == "loss given default (LGD) 45.00%"
        assert said["lgd"].zh == "违约损失率（LGD）45.00%"
        assert "3.00%" in said["funding_rate"].en
        assert "CNY 100,000 to CNY 1,000,000 in lots of CNY 10,000" in said["bounds"].en
        assert "10.00 至 100.00 万元" in said["bounds"].zh

    def test_say_that_the_pd_is_not_that_of_a_year(self, terms: Terms) -> None:
        said = assumptions(terms)["pd"]

        assert "its level is not that of a year" in said.en
        assert "其水平并非年度违约率" in said.zh

    def test_say_what_the_budget_counts(self, terms: Terms, drawn_terms: Terms) -> None:
        assert "offered" in assumptions(terms)["meaning"].en
        assert "drawn" in assumptions(drawn_terms)["meaning"].en
