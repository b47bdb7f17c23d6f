"""Codes and numbers are valid, and nobody shares one."""

import numpy as np
import pytest

from xiaowei.facts.identity import credit_code_fault, organisation_check
from xiaowei.simulate.history import County
from xiaowei.simulate.invoicing import invoice_books
from xiaowei.simulate.names import county_codes, firm_names
from xiaowei.simulate.observed import Observer
from xiaowei.simulate.places import Place


class TestCodes:
    def test_of_all_firms_and_partners_are_valid_and_differ(
        self, county: County
    ) -> None:
        codes = county.world.firms.codes + [
            code for code in county.world.network.pool if len(code) == 18
        ]

        assert len(set(codes)) == len(codes)
        assert [code for code in codes if credit_code_fault(code)] == []

    def test_hold_the_check_digit_of_the_organisation(self, county: County) -> None:
        for code in county.world.firms.codes:
            assert code[16] == organisation_check(code[8:16])

    def test_tell_own_account_businesses_apart(self) -> None:
        codes = county_codes([True, False], place=Place())
        assert [code[:2] for code in codes] == ["92", "91"]

    # Source: the organisation code of GB 11714-1997's own worked kind: X stands for 10.
    @pytest.mark.parametrize(
        ("number", "expected"),
        [("00000000", "0"), ("00000020", "3"), ("00000005", "1")],
    )
    def test_organisation_check_runs_from_0_to_x(
        self, number: str, expected: str
    ) -> None:
        assert organisation_check(number) == expected


class TestInvoiceNumbers:
    def test_have_twenty_digits_that_begin_with_year_and_province(
        self, county: County
    ) -> None:
        books = invoice_books(Observer(county, seed=(7, 4, 0)))
        provinces = set()
        for book in books:
            if book.source.name not in {"sales_invoices", "purchase_invoices"}:
                continue
            columns = ("enterprise_id", "counterparty_id", "invoice_no", "happened_on")
            sold = book.source.name == "sales_invoices"
            for own, other, number, day in zip(
                *(book.table[name].to_pylist() for name in columns), strict=True
            ):
                seller = own if sold else other
                assert len(number) == 20
                assert number.isdecimal()
                assert number[:2] == f"{day.year % 100:02d}"
                assert number[2:4] == seller[2:4]
                provinces.add(number[2:4])
        assert len(provinces) > 4

    def test_stand_for_one_invoice_each(self, county: County) -> None:
        books = invoice_books(Observer(county, seed=(7, 4, 0)))
        columns = ["enterprise_id", "invoice_no", "happened_on", "total_fen"]
        stated: dict[str, tuple[object, ...]] = {}
        for book in books:
            if book.source.name != "sales_invoices":
                continue
            for row in book.table.select(columns).to_pylist():
                told = (row["enterprise_id"], row["happened_on"], row["total_fen"])
                assert stated.setdefault(row["invoice_no"], told) == told
        assert len(stated) > 100_000


class TestNames:
    def test_are_never_given_twice(self) -> None:
        rng = np.random.Generator(np.random.PCG64(1))
        names = firm_names(
            ["五金"] * 900, own_account=[False] * 900, place=Place(), rng=rng
        )
        assert len(set(names)) == 900

    def test_of_districts_differ(self) -> None:
        assert len({Place(number).name for number in range(400)}) == 400


class TestDistricts:
    def test_share_no_code(self) -> None:
        first = county_codes([False] * 900, place=Place(0, 0, 7))
        second = county_codes([False] * 900, place=Place(1, 900, 7))
        assert len({*first, *second}) == 1800
