"""Unified social credit codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.facts.identity import check_digit, credit_code_fault

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
FIRST_SEVENTEEN = st.text(CHARACTERS, min_size=17, max_size=17)


class TestCheckDigit:
    @pytest.mark.parametrize(
        "code", ["91330100716105852F", "91350100M000100Y43", "91350211M000100Y46"]
    )
    def test_is_the_last_character_of_a_code(self, code: str) -> None:
        assert check_digit(code) == code[-1]

    @given(FIRST_SEVENTEEN, st.integers(0, 16), st.sampled_from(CHARACTERS))
    def test_changes_with_any_one_character(
        self, code: str, place: int, other: str
    ) -> None:
        mistyped = code[:place] + other + code[place + 1 :]

        assert (check_digit(mistyped) == check_digit(code)) == (mistyped == code)


class TestCreditCodeFault:
    @given(FIRST_SEVENTEEN)
    def test_finds_none_where_the_check_digit_fits(self, code: str) -> None:
        assert credit_code_fault(code + check_digit(code)) is None

    def test_says_which_check_digit_it_expected(self) -> None:
        fault = credit_code_fault("913301007161058520")

        assert fault == ("校验码是0，应为F", "check digit is 0, expected F")

    @pytest.mark.parametrize(
        "code", ["9133010071610585IF", "9133010071610585\uff12F", "91330100716105852f"]
    )
    def test_names_characters_that_no_code_has(self, code: str) -> None:
        assert credit_code_fault(code) == (
            "含有统一社会信用代码所没有的字符",
            "has a character that no unified credit code has",
        )

    @pytest.mark.parametrize("code", ["E1", "330100000012345", ""])
    def test_leaves_codes_of_another_length_to_their_source(self, code: str) -> None:
        assert credit_code_fault(code) is None
