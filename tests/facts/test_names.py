"""Names taken apart, and written in one way only."""

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.facts.former import FORMER, BackwardNameError, Borne, borne_by
from xiaowei.facts.names import normal, without_level

WORDS = (
    "浙江", "省", "市", "县", "区", "云溪", "青禾", "宏达", "五金", "超市", "食品",
    "（", "）", "(", "[", "】", "集团", "有限", "公司", "有限公司", "有限责任公司",
    "股份有限公司", "合伙企业", "有限合伙", "个体工商户", "经营部", "商行",
    "厂", "店", "第二", "分公司", "营业部", "场", "Ａ", "b", "３", " ", "·", "㈱", "ß",
    "中国", "北京", "自治区", "总",
)  # fmt: skip
NAMES = st.lists(st.sampled_from(WORDS), max_size=9).map("".join) | st.text(max_size=12)
PLACES = st.sampled_from([frozenset[str](), frozenset({"云溪"}), frozenset({"宏达"})])


class TestNormal:
    @pytest.mark.parametrize(
        ("name", "core", "region", "form"),
        [
            (
                "浙江省云溪县宏达五金有限公司",
                "宏达五金",
                ("浙江省", "云溪县"),
                "有限公司",
            ),
            ("上海市场营销有限公司", "市场营销", ("上海",), "有限公司"),
            ("永辉超市有限公司", "永辉超市", (), "有限公司"),
            ("宏达开发区五金厂", "宏达开发区五金", (), "厂"),
            ("内蒙古自治区宏达商行", "宏达", ("内蒙古自治区",), "商行"),
            ("宏达（集团）股份有限公司", "宏达", (), "集团股份有限公司"),
            ("宏达咨询中心（有限合伙）", "宏达咨询中心", (), "有限合伙"),
            ("老王面馆（个体工商户）", "老王面馆", (), "个体工商户"),
            ("宏达商行经营部", "宏达商行", (), "经营部"),
            ("宏达经营部（个体工商户）", "宏达", (), "个体工商户经营部"),
            ("宏达合伙企业（有限合伙）", "宏达", (), "有限合伙合伙企业"),
            ("宏达合伙企业有限合伙", "宏达", (), "合伙企业有限合伙"),
            ("宏达店（特殊普通合伙）", "宏达", (), "特殊普通合伙店"),
            ("有限公司", "有限公司", (), ""),
            ("浙江有限公司", "浙江", (), "有限公司"),
        ],
    )
    def test_splits_region_and_form_off(
        self, name: str, core: str, region: tuple[str, ...], form: str
    ) -> None:
        parted = normal(name)

        assert (parted.core, parted.region, parted.form) == (core, region, form)

    @pytest.mark.parametrize(
        "written",
        [
            "宏达五金（云溪县）有限公司",
            "宏达五金[云溪县]有限公司",
            " 云溪县 宏达·五金，有限公司。",
            "云溪县宏达五金【】有限公司",
        ],
    )
    def test_reads_one_name_however_it_is_written(self, written: str) -> None:
        assert normal(written) == normal("云溪县宏达五金有限公司")

    def test_keeps_what_other_brackets_hold(self) -> None:
        parted = normal("ＡＢｃ（二期）有限公司")

        assert (parted.core, parted.asides) == ("ABC", ("二期",))

    def test_knows_a_place_without_its_level_only_if_told(self) -> None:
        assert normal("云溪宏达五金厂").region == ()
        assert normal("云溪宏达五金厂", places={"云溪"}).region == ("云溪",)

    @pytest.mark.parametrize(
        ("name", "branch"),
        [
            ("宏达有限公司第二分公司", "第二分公司"),
            ("宏达股份有限公司云溪县分公司", "云溪县分公司"),
            ("浦东银行股份有限公司杭州分行营业部", "杭州分行营业部"),
            ("宏达第二分公司", "第二分公司"),
            ("宏达有限公司", ""),
            ("宏达经营部", ""),
        ],
    )
    def test_tells_a_branch_from_its_parent(self, name: str, branch: str) -> None:
        assert normal(name).branch == branch

    @given(NAMES, PLACES)
    def test_changes_nothing_the_second_time(
        self, name: str, places: frozenset[str]
    ) -> None:
        once = normal(name, places=places)

        assert normal(once.text, places=places) == once

    @given(st.lists(st.sampled_from(WORDS), max_size=9).map("".join))
    def test_loses_no_letter(self, name: str) -> None:
        parted = normal(name)

        assert sorted(filter(str.isalnum, parted.text)) == sorted(
            filter(str.isalnum, _folded(name))
        )


def _folded(name: str) -> str:
    """Return what a reader sees, written apart from the code that is tested."""
    table = str.maketrans("Ａｂ３", "Ab3")
    return name.translate(table).replace("㈱", "(株)").upper()


class TestWithoutLevel:
    @pytest.mark.parametrize(
        ("place", "bare"),
        [
            ("云溪县", "云溪"),
            ("浙江省", "浙江"),
            ("宁夏回族自治区", "宁夏"),
            ("市县", "市县"),
        ],
    )
    def test_leaves_a_name(self, place: str, bare: str) -> None:
        assert without_level(place) == bare


def former(*rows: tuple[str, str | None, date | None, date | None]) -> pa.Table:
    columns = zip(*rows, strict=True)
    arrays = [pa.array(c, f.type) for c, f in zip(columns, FORMER, strict=True)]
    return pa.table(arrays, schema=FORMER)


class TestBorneBy:
    def test_knows_no_name_before_its_first_day(self) -> None:
        names = former(
            ("E1", "老名", None, date(2020, 5, 1)),
            ("E1", "中名", date(2020, 5, 1), date(2024, 1, 1)),
            ("E1", "新名", date(2024, 1, 1), None),
        )

        assert [*borne_by(names, as_of=date(2023, 12, 31))] == [
            Borne("E1", "老名"),
            Borne("E1", "中名"),
        ]
        assert [one.name for one in borne_by(names, as_of=date(2024, 1, 1))] == [
            "老名",
            "中名",
            "新名",
        ]

    def test_passes_over_a_name_that_is_missing(self) -> None:
        assert [
            *borne_by(former(("E1", None, None, None)), as_of=date(2024, 1, 1))
        ] == []

    def test_refuses_a_name_that_ends_before_it_begins(self) -> None:
        backward = former(("E1", "名", date(2024, 1, 1), date(2024, 1, 1)))

        with pytest.raises(BackwardNameError, match="'E1' has a name from 2024-01-01"):
            list(borne_by(backward, as_of=date(2024, 6, 1)))
