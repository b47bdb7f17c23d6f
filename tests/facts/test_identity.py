"""Codes of enterprises, new and old."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.facts.identity import (
    CodeKind,
    check_digit,
    code_kind,
    credit_code_fault,
    organisation_check,
    organisation_code,
    registration_check,
)

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
DIGITS = "0123456789"
EIGHT = st.text(DIGITS + "ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8)
REGION = st.text(DIGITS, min_size=6, max_size=6)
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


class TestOrganisationCheck:
    @pytest.mark.parametrize("code", ["D2143569X", "716105852", "M000100Y4"])
    def test_is_the_last_character_of_a_code(self, code: str) -> None:
        assert organisation_check(code[:8]) == code[8]


class TestRegistrationCheck:
    def test_is_the_last_digit_of_the_number_in_the_standard(self) -> None:
        assert registration_check("11010800000001") == "6"

    @given(st.text(DIGITS, min_size=14, max_size=14), st.integers(0, 13))
    def test_changes_with_any_one_digit(self, number: str, place: int) -> None:
        other = str((int(number[place]) + 1) % 10)
        mistyped = number[:place] + other + number[place + 1 :]

        assert registration_check(mistyped) != registration_check(number)


class TestCodeKind:
    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            ("91330100716105852F", "unified"),
            ("913301007161058520", "other"),
            ("716105852", "organisation"),
            ("71610585-2", "organisation"),
            ("716105853", "other"),
            ("7161-05852", "other"),
            ("110108000000016", "registration"),
            ("110108000000017", "other"),
            ("35021171610585-2", "other"),
            ("350211D2143569X", "taxpayer"),
            ("11010519491231002X01", "taxpayer_of_person"),
            ("11010519491231002X0A", "other"),
            ("11010519491231002101", "other"),
            ("", "other"),
            ("\uff11" * 15, "other"),
        ],
    )
    def test_is_told_by_length_and_check(self, code: str, kind: CodeKind) -> None:
        assert code_kind(code) == kind

    @given(REGION, EIGHT)
    def test_says_so_when_two_kinds_claim_a_code(self, region: str, eight: str) -> None:
        code = region + eight + organisation_check(eight)
        digits = code.isdigit() and registration_check(code) == code[-1]

        assert code_kind(code) == ("unclear" if digits else "taxpayer")

    def test_finds_a_code_that_two_kinds_claim(self) -> None:
        eights = (f"{number:08d}" for number in range(1000))
        codes = (f"330100{eight}{organisation_check(eight)}" for eight in eights)

        assert {code_kind(code) for code in codes} == {"taxpayer", "unclear"}


class TestOrganisationCode:
    @given(REGION, EIGHT)
    def test_is_where_old_and_new_codes_of_one_firm_meet(
        self, region: str, eight: str
    ) -> None:
        nine = eight + organisation_check(eight)
        body = f"91{region}{nine}"
        unified = body + check_digit(body)
        taxpayer = organisation_code(region + nine)

        assert organisation_code(unified) == organisation_code(nine) == nine
        assert organisation_code(f"{eight}-{nine[-1]}") == nine
        assert taxpayer == (None if code_kind(region + nine) == "unclear" else nine)

    @pytest.mark.parametrize(
        "code", ["913301007161058520", "110108000000016", "11010519491231002X01", ""]
    )
    def test_is_none_where_a_code_holds_none(self, code: str) -> None:
        assert organisation_code(code) is None
