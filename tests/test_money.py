"""Amounts, shares and their texts."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.money import (
    AmountError,
    fen_from_yuan,
    round_fen,
    share_of,
    wan_text,
    yuan_text,
)


def half_away(fen: Fraction) -> int:
    whole = int(abs(fen) + Fraction(1, 2))
    return -whole if fen < 0 else whole


class TestFenFromYuan:
    @pytest.mark.parametrize(
        ("text", "fen"),
        [
            ("0", 0),
            (" 120.5 ", 12050),
            ("1,234.50", 123450),
            ("-0.005", -1),
            ("0.0049999999999999999999999999999", 0),
            ("+9999999999.99", 999999999999),
            ("9" * 38, int("9" * 38) * 100),
        ],
    )
    def test_reads_digits_signs_commas_and_decimals(self, text: str, fen: int) -> None:
        assert fen_from_yuan(text) == fen

    @pytest.mark.parametrize(
        "text",
        ["", "1,234.5万", "１２０", "1,23", "12.", ".5", "1e5", "￥5", "nan", "9" * 41],
    )
    def test_refuses_anything_else(self, text: str) -> None:
        with pytest.raises(AmountError):
            fen_from_yuan(text)

    def test_says_what_was_stated_what_was_expected_and_what_to_do(self) -> None:
        with pytest.raises(AmountError) as caught:
            fen_from_yuan("1,234.5万")

        assert str(caught.value) == (
            "'1,234.5万' is not an amount in yuan. Expected: digits, e.g. 120.50 or "
            "1,234.50. Write the amount in yuan without unit words such as 万."
        )

    @given(st.integers(-(10**17), 10**17))
    def test_reads_back_what_yuan_text_wrote(self, fen: int) -> None:
        assert fen_from_yuan(yuan_text(fen)) == fen

    @given(st.decimals(-(10**12), 10**12, places=7))
    def test_rounds_half_a_fen_away_from_zero(self, yuan: Decimal) -> None:
        assert fen_from_yuan(f"{yuan:f}") == half_away(Fraction(yuan) * 100)


class TestRoundFen:
    @pytest.mark.parametrize(
        ("amount", "fen"),
        [(0.5, 1), (-0.5, -1), (1.4999, 1), (Decimal("1e25"), 10**25), (7, 7)],
    )
    def test_takes_decimals_floats_and_whole_numbers(
        self, amount: Decimal | float, fen: int
    ) -> None:
        assert round_fen(amount) == fen


class TestShareOf:
    def test_takes_a_float_for_the_decimal_it_is_written_as(self) -> None:
        assert share_of(100, 0.015) == share_of(100, Decimal("0.015")) == 2

    @given(st.integers(-(10**15), 10**15), st.decimals(0, 1, places=6))
    def test_rounds_once_and_half_away_from_zero(
        self, fen: int, share: Decimal
    ) -> None:
        assert share_of(fen, share) == half_away(Fraction(share) * fen)


class TestWanText:
    @pytest.mark.parametrize(
        ("fen", "digits", "text"),
        [
            (123_456_789, 2, "123.46"),
            (-1, 2, "0.00"),
            (10**12, 0, "1,000,000"),
            (-1_500_000, 0, "-2"),
        ],
    )
    def test_writes_ten_thousands_of_yuan(
        self, fen: int, digits: int, text: str
    ) -> None:
        assert wan_text(fen, digits=digits) == text
