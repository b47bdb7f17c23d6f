"""The contracts of the sources."""

from dataclasses import replace

import pytest
from tests.facts.judging import Judge

from xiaowei.facts.columns import map_columns
from xiaowei.facts.sources import (
    CONSENTS,
    CREDIT_HISTORY,
    ENTERPRISES,
    EVERY_SOURCE,
    FAMILIES,
    PURCHASES,
    SALES,
    SOURCES,
    UnknownSourceError,
    source_of,
)


class TestSourceOf:
    @pytest.mark.parametrize(
        ("file", "source"),
        [
            ("sales_invoices-2025.csv", "sales_invoices"),
            ("Purchase_Invoices.CSV", "purchase_invoices"),
            (" 进项发票-一月.xlsx", "purchase_invoices"),
            ("纳税申报.parquet", "tax_filings"),
            ("electricity-1a2b3c4d.errors.csv", "electricity"),
        ],
    )
    def test_goes_by_how_the_name_begins(self, file: str, source: str) -> None:
        assert source_of(file).name == source

    def test_prefers_the_longest_name_that_fits(self) -> None:
        short = replace(SALES, name="sales", zh="销项")
        longer = replace(SALES, name="sales_returns", zh="销项退货")

        for sources in ([short, longer], [longer, short]):
            assert source_of("sales_returns-1.csv", sources=sources) is longer
            assert source_of("销项退货.csv", sources=sources) is longer
            assert source_of("sales-returns.csv", sources=sources) is short

    def test_names_what_a_file_could_be_called(self) -> None:
        with pytest.raises(UnknownSourceError) as caught:
            source_of("notes.txt")

        assert str(caught.value).startswith(
            "'notes.txt' does not say which source it is. Expected: a file name that "
            "begins with one of enterprises (企业名录), owners (股东及负责人)"
        )
        assert "Rename the file, e.g. sales_invoices-2025.csv." in str(caught.value)


class TestSource:
    def test_tells_the_two_sides_of_an_invoice_apart(self) -> None:
        heads = ("销售方纳税人识别号", "购买方识别号")
        rest = ("发票号码", "开票时间", "不含税金额", "税额", "含税金额", "发票状态")

        sold, bought = (
            map_columns((*heads, *rest), source=source, file="x.csv")
            for source in (SALES, PURCHASES)
        )

        assert (sold.heads["enterprise_id"], sold.heads["counterparty_id"]) == heads
        assert (bought.heads["counterparty_id"], bought.heads["enterprise_id"]) == heads
        assert sold.unused == bought.unused == ()

    def test_names_its_columns_once(self) -> None:
        for source in SOURCES:
            heads = [head.lower() for c in source.columns for head in c.heads]

            assert len(heads) == len(set(heads)), source.name

    def test_has_a_day_on_which_each_fact_is_known(self) -> None:
        for source in SOURCES:
            names = {column.name for column in source.columns}

            assert {"enterprise_id", "known_on", *source.known} <= names
            assert source.happened in names

    def test_is_known_by_no_day_that_may_be_planned(self) -> None:
        planned = {"due_on", "until_on"}

        known = {(s.name, name) for s in EVERY_SOURCE for name in s.known}

        assert {one for one in known if one[1] in planned} == {
            ("owners", "until_on"),
            ("memberships", "until_on"),
        }
        assert {one for one in known if one[1] in {"paid_on", "closed_on"}} == {
            (source.name, name)
            for source in EVERY_SOURCE
            for name in source.past
            if name in source.known
        }

    def test_says_in_every_row_what_it_is_about(self) -> None:
        for source in EVERY_SOURCE:
            asked = {column.name for column in source.columns if column.required}

            assert set(source.subject) <= asked | set(source.fixed), source.name

    def test_shares_its_columns_with_its_family(self) -> None:
        for family in FAMILIES:
            shapes = {
                tuple((column.name, column.kind) for column in source.columns)
                for source in SOURCES
                if source.family == family
            }

            assert len(shapes) == 1

    def test_is_a_register_where_it_says_how_things_stand(self) -> None:
        assert [s for s in SOURCES if s.register] == [ENTERPRISES, CREDIT_HISTORY]


class TestConsents:
    def test_cover_every_family_that_asks_and_no_other(self) -> None:
        (covers,) = (c for c in CONSENTS.columns if c.name == "covers")
        asking = [source for source in SOURCES if source.asks_consent]

        assert set(covers.choices.values()) == {"all", *(s.family for s in asking)}
        for source in asking:
            for word in (source.zh, source.name, source.family):
                assert covers.choices[word] == source.family
        assert covers.choices["发票"] == "invoices"
        assert covers.choices["全部"] == covers.choices["all"] == "all"

    @pytest.mark.parametrize(
        ("cell", "family"),
        [
            ("发票", "invoices"),
            ("销项发票", "invoices"),
            ("purchase_invoices", "invoices"),
            ("全部", "all"),
            (" ALL ", "all"),
            ("征信贷款", "bureau_loans"),
            ("electricity", "electricity"),
        ],
    )
    def test_cover_the_family_that_a_word_means(
        self, judged: Judge, cell: str, family: str
    ) -> None:
        row = {"企业代号": "E1", "状态": "撤回", "签署日期": "2025-03-04"}

        (found,) = judged(CONSENTS, {**row, "数据类别": cell}, types={})

        assert (found["covers"], found["reason"]) == (family, "")

    @pytest.mark.parametrize("cell", ["票据", "enterprises", "企业名录"])
    def test_refuse_a_word_that_means_nothing(self, judged: Judge, cell: str) -> None:
        row = {"企业代号": "E1", "状态": "撤回", "签署日期": "2025-03-04"}

        (found,) = judged(CONSENTS, {**row, "数据类别": cell}, types={})

        assert f"column 数据类别: '{cell}' is not one of 全部 | 发票 | " in str(
            found["reason"]
        )
