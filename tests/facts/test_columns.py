"""Headings and the columns they stand for."""

import pytest

from xiaowei.facts.columns import DoubleColumnError, MissingColumnError, map_columns
from xiaowei.facts.sources import ELECTRICITY, ENTERPRISES


class TestMapColumns:
    @pytest.mark.parametrize(
        "heads",
        [
            ("企业代号", "电表号", "用电日期", "用电量"),
            ("统一社会信用代码", "meter", "day", "kwh"),
            ("纳税人识别号", "电表编号", "抄表日期", "电量（千瓦时）"),
            ("信用代码", "电表号", "用电日期", "用电量(KWH)"),
            (" 企业代号", "Meter ", "DAY", "kWh"),
        ],
    )
    def test_takes_chinese_and_english_in_any_mixture(
        self, heads: tuple[str, ...]
    ) -> None:
        mapped = map_columns(heads, source=ELECTRICITY, file="electricity.csv")

        assert mapped.stated == {
            "enterprise_id": "c0",
            "meter": "c1",
            "happened_on": "c2",
            "kwh": "c3",
        }
        assert mapped.unused == ()

    def test_takes_the_first_name_the_source_lists_and_tells_of_the_other(self) -> None:
        heads = ("name", "企业名称", "企业代号", "备注")

        mapped = map_columns(heads, source=ENTERPRISES, file="enterprises.csv")

        assert mapped.heads["name"] == "企业名称"
        assert mapped.unused == ("name", "备注")

    def test_names_every_column_that_is_missing_and_what_it_may_be_called(self) -> None:
        with pytest.raises(MissingColumnError) as caught:
            map_columns(("企业代号", "kwh"), source=ELECTRICITY, file="electricity.csv")

        assert str(caught.value) == (
            "'electricity.csv' lacks 2 column(s): its headings are 企业代号, kwh. "
            "Expected: one of 电表号 | meter | 电表编号; "
            "one of 用电日期 | day | 抄表日期. "
            "Add or rename the column and hand the file in again."
        )

    def test_shows_no_more_of_a_wide_file_than_can_be_read(self) -> None:
        heads = [f"x{place}" for place in range(500)]

        with pytest.raises(MissingColumnError, match=r"x28, x29 and 470 more\."):
            map_columns(heads, source=ENTERPRISES, file="enterprises.csv")

    def test_refuses_two_columns_of_one_name(self) -> None:
        heads = ("企业代号", "企业名称", " 企业名称")

        with pytest.raises(DoubleColumnError) as caught:
            map_columns(heads, source=ENTERPRISES, file="enterprises.csv")

        assert str(caught.value) == (
            "'enterprises.csv' has more than one column under the heading 企业名称. "
            "Expected: each heading once. Rename or remove the column that is not "
            "meant."
        )

    def test_does_not_mind_two_columns_that_nobody_needs(self) -> None:
        heads = ("企业代号", "企业名称", "备注", "备注")

        mapped = map_columns(heads, source=ENTERPRISES, file="enterprises.csv")

        assert mapped.unused == ("备注", "备注")
