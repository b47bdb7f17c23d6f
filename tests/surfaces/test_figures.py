"""Numbers as people read them."""

import json
import math

import pytest

from xiaowei.surfaces.report import figures

UNKNOWN = '<span class="unknown">'


class TestMissing:
    @pytest.mark.parametrize("value", [None, math.nan, math.inf])
    def test_is_said_and_never_zero(self, value: float | None) -> None:
        for written in (
            figures.percent(value),
            figures.decimal(value),
            figures.whole(value),
            figures.amount(value, unit="share"),
        ):
            assert written.startswith(UNKNOWN)
            assert "0" not in written

    def test_money_is_said_and_never_zero(self) -> None:
        assert figures.money(None).startswith(UNKNOWN)
        assert figures.wan(None) is None

    def test_zero_is_a_number(self) -> None:
        assert figures.percent(0.0) == "0.00%"
        assert ">0.00<" in figures.money(0)


class TestMoney:
    @pytest.mark.parametrize(
        ("fen", "wan", "yuan"),
        [
            (1_000_000, "1.00", "10,000.00"),
            (4_999, "0.00", "49.99"),
            (5_000, "0.01", "50.00"),
            (-123_456_789, "\N{MINUS SIGN}123.46", "-1,234,567.89"),
        ],
    )
    def test_shows_wan_and_keeps_the_exact_yuan(
        self, fen: int, wan: str, yuan: str
    ) -> None:
        assert figures.money(fen) == f'<span title="{yuan} 元">{wan}</span>'


class TestAmount:
    @pytest.mark.parametrize(
        ("value", "unit", "written"),
        [
            (0.1234, "share", "12.34%"),
            (3, "count", "3"),
            (1.5, "ratio", "1.50"),
            ("C34", "count", "C34"),
            (-0.0, "count", "0"),
        ],
    )
    def test_is_written_in_its_unit(
        self, value: object, unit: str, written: str
    ) -> None:
        assert figures.amount(value, unit=unit) == written

    def test_names_days_in_both_languages(self) -> None:
        written = figures.amount(12, unit="days")

        assert '<span lang="zh">天</span>' in written
        assert '<span lang="en">days</span>' in written


class TestText:
    def test_says_a_word_that_each_language_has_in_its_own(self) -> None:
        said = figures.text("refused_not_held", role=("审计<", "auditor"))
        assert '<span lang="zh">账户没有角色“审计&lt;”。</span>' in said
        assert "审计" not in said.partition('<span lang="en">')[2]
        assert "“auditor”" in said

    def test_escapes_the_facts_it_is_given(self) -> None:
        assert "<script>" not in figures.text("as_of", day="<script>")

    def test_shows_an_unknown_key_as_it_is(self) -> None:
        assert figures.named("tier", "<new>") == "&lt;new&gt;"


class TestData:
    def test_cannot_leave_its_script(self) -> None:
        hostile = {"name": "</script><!-- & \u2028"}

        written = figures.data(hostile)

        assert not set("<>&\u2028") & set(written)
        assert json.loads(written) == hostile
