"""The contracts of the sources."""

from dataclasses import replace

import pytest

from xiaowei.facts.columns import map_columns
from xiaowei.facts.sources import (
    CREDIT_HISTORY,
    ENTERPRISES,
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

            assert {"enterprise_id", "known_on", source.known} <= names
            assert source.happened in names

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
