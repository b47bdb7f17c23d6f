"""The book of the bank's numbers and a bank's overlay."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from xiaowei.errors import InputError, NotFoundError
from xiaowei.policy.book import (
    NotYetSetError,
    PolicyFileError,
    UnknownNumberError,
    load_book,
)

DAY = date(2020, 2, 21)
OVERLAY = """
lgd:
  values: {2018-01-01: "0.50", 2020-03-01: "0.450"}
  set_by: credit committee minute 2020-02
"""


def overlay(folder: Path, text: str) -> Path:
    file = folder / "bank.yaml"
    file.write_text(text, encoding="utf-8")
    return file


class TestBook:
    def test_gives_the_shipped_numbers_as_they_are_written(self) -> None:
        book = load_book()

        assert str(book.number("turnover_share", on=DAY)) == "0.20"
        assert book.number("max_rate", on=DAY) == Decimal("0.15")

    def test_gives_yuan_as_fen(self) -> None:
        assert load_book().fen("min_limit_yuan", on=DAY) == 10_000_000

    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            (date(2018, 1, 1), "0.50"),
            (date(2020, 2, 29), "0.50"),
            (date(2020, 3, 1), "0.450"),
            (date(2030, 1, 1), "0.450"),
        ],
    )
    def test_gives_what_held_on_the_day(
        self, tmp_path: Path, day: date, expected: str
    ) -> None:
        book = load_book(overlay(tmp_path, OVERLAY))

        assert str(book.number("lgd", on=day)) == expected

    def test_refuses_a_day_before_the_first_value(self, tmp_path: Path) -> None:
        book = load_book(overlay(tmp_path, OVERLAY))

        with pytest.raises(NotYetSetError, match="'lgd' has no value on 2017-12-31"):
            book.number("lgd", on=date(2017, 12, 31))
        with pytest.raises(NotYetSetError, match="a day from 2018-01-01 on"):
            book.number("lgd", on=date(2017, 12, 31))

    def test_names_what_comes_near_an_unknown_number(self) -> None:
        with pytest.raises(UnknownNumberError, match=r"'lgdd'.*such as lgd"):
            load_book().number("lgdd", on=DAY)

    def test_says_a_missing_number_is_not_found(self) -> None:
        with pytest.raises(NotFoundError):
            load_book().entry("nothing of the kind")


class TestShippedNumbers:
    def test_each_says_what_it_is_in_two_languages_and_after_what(self) -> None:
        for entry in load_book().entries.values():
            assert entry.description
            assert entry.zh
            assert entry.set_by
            assert entry.reference["title"]

    def test_no_two_say_the_same(self) -> None:
        entries = load_book().entries.values()

        assert len({entry.description for entry in entries}) == len(entries)
        assert len({entry.zh for entry in entries}) == len(entries)

    def test_tiers_warn_from_where_no_rate_pays(self) -> None:
        book = load_book()
        pd, rate, lgd, funding = (
            book.number(name, on=DAY)
            for name in ("risk_warning_pd", "max_rate", "lgd", "funding_rate")
        )

        assert rate * (1 - pd) - lgd * pd - funding == 0


class TestOverlay:
    def test_keeps_what_it_does_not_name(self, tmp_path: Path) -> None:
        book = load_book(overlay(tmp_path, OVERLAY))

        assert book.number("max_rate", on=DAY) == Decimal("0.15")
        assert book.entry("lgd").zh == load_book().entry("lgd").zh
        assert book.entry("lgd").set_by == "credit committee minute 2020-02"

    def test_names_every_fault_at_once(self, tmp_path: Path) -> None:
        text = """
        lgd: {values: {2018-01-01: 0.5}, set_by: me}
        lgdd: {values: {2018-01-01: "0.5"}, set_by: me}
        max_rate: {values: {2018-01-01: "15"}, set_by: me}
        min_rate: {values: {2018-01-01: "0.05"}}
        """

        with pytest.raises(PolicyFileError) as caught:
            load_book(overlay(tmp_path, text))

        said = str(caught.value)
        assert "'bank.yaml' has 4 fault(s)" in said
        assert "'lgd': value of 2018-01-01 must be a quoted number" in said
        assert "'lgdd': no such number" in said
        assert "'max_rate': value of 2018-01-01 is 15; a yearly rate lies" in said
        assert "'min_rate': 'set_by' is missing" in said
        assert "nothing was taken over" in said

    def test_says_when_it_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(PolicyFileError, match=r"none\.yaml.*No such file"):
            load_book(tmp_path / "none.yaml")

    def test_says_when_it_is_not_utf_8(self, tmp_path: Path) -> None:
        file = tmp_path / "bank.yaml"
        file.write_bytes("违约损失率的取值".encode("gbk"))

        with pytest.raises(PolicyFileError, match="not written in UTF-8"):
            load_book(file)

    def test_is_an_input_that_can_be_mended(self) -> None:
        assert issubclass(PolicyFileError, InputError)
