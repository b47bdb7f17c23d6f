"""The terms and curves that ship, and one factory per noun."""

from collections.abc import Mapping
from datetime import date

import pytest

from xiaowei.offers.demand import Churn, curves_on
from xiaowei.offers.terms import Terms, terms_on
from xiaowei.offers.tiers import TierRules, tier_rules
from xiaowei.policy.book import Book, load_book

DAY = date(2020, 2, 21)


@pytest.fixture(scope="session")
def book() -> Book:
    return load_book()


@pytest.fixture(scope="session")
def terms(book: Book) -> Terms:
    return terms_on(book, on=DAY)


@pytest.fixture(scope="session")
def drawn_terms(book: Book) -> Terms:
    return terms_on(book, on=DAY, meaning="drawn")


@pytest.fixture(scope="session")
def curves(book: Book) -> Mapping[str, Churn]:
    return curves_on(book, on=DAY)


@pytest.fixture(scope="session")
def rules(book: Book) -> TierRules:
    return tier_rules(book, on=DAY)
