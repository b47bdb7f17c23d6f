"""Codes and numbers are valid, and nobody shares one."""

import numpy as np
import pytest

from xiaowei.facts.identity import credit_code_fault
from xiaowei.simulate.history import County
from xiaowei.simulate.names import (
    county_codes,
    firm_names,
    organisation_check,
)
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
