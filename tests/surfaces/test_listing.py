"""Filters, order and page of the long lists."""

from typing import Any

import pytest

from xiaowei.surfaces.report import listing
from xiaowei.surfaces.report.listing import ListingError, Query, asked


class TestAsked:
    def test_reads_an_address(self) -> None:
        query = asked({"tier": "steady", "q": " 临川 ", "sort": "pd", "page": "2"})

        assert query == Query(tier="steady", text="临川", sort="pd", page=2)

    @pytest.mark.parametrize(
        ("params", "fault"),
        [
            ({"tier": "x"}, "tier 'x'"),
            ({"rating": "E"}, "rating 'E'"),
            ({"severity": "none"}, "severity 'none'"),
            ({"sort": "pd; DROP TABLE"}, "sort 'pd; DROP TABLE'"),
            ({"page": "0"}, "page '0'"),
            ({"page": "-1"}, "page '-1'"),
            ({"page": "٣"}, "page '٣'"),
        ],
    )
    def test_names_what_does_not_exist(
        self, params: dict[str, str], fault: str
    ) -> None:
        with pytest.raises(ListingError) as caught:
            asked(params)
        assert fault in str(caught.value)

    def test_names_every_fault_at_once(self) -> None:
        with pytest.raises(ListingError, match="tier 'x'; rating 'y'"):
            asked({"tier": "x", "rating": "y"})


class TestFirms:
    def test_keeps_what_all_filters_keep(self, document: dict[str, Any]) -> None:
        query = Query(tier="steady", rating="B")

        rows = listing.firms(document, query, size=None).rows

        assert rows
        assert {(row["tier"], row["rating"]) for row in rows} == {("steady", "B")}

    def test_finds_by_name_id_trade_and_park(self, document: dict[str, Any]) -> None:
        for text in ("精密机械", "e10", "通用设备", "高新区"):
            found = listing.firms(document, Query(text=text), size=None).rows
            assert "E10" in {row["enterprise_id"] for row in found}

    @pytest.mark.parametrize("key", listing.SORTS)
    @pytest.mark.parametrize("turn", ["", "-"])
    def test_keeps_every_firm_in_every_order(
        self, document: dict[str, Any], key: str, turn: str
    ) -> None:
        rows = listing.firms(document, Query(sort=turn + key), size=None).rows

        assert len(rows) == len(document["firms"])

    @pytest.mark.parametrize("sort", ["rate", "-rate", "limit", "-limit"])
    def test_puts_the_unknown_last_in_either_order(
        self, document: dict[str, Any], sort: str
    ) -> None:
        rows = listing.firms(document, Query(sort=sort), size=None).rows

        offered = [bool(row["limit_fen"]) for row in rows]
        assert offered == sorted(offered, reverse=True)

    def test_shows_the_last_page_for_a_page_beyond(
        self, document: dict[str, Any]
    ) -> None:
        shown = listing.firms(document, Query(page=99), size=5)

        assert (shown.page, shown.pages, shown.total, len(shown.rows)) == (3, 3, 12, 2)


class TestFindings:
    def test_lists_differences_only_the_gravest_first(
        self, document: dict[str, Any]
    ) -> None:
        rows = listing.findings(document, Query(), size=None).rows

        levels = [listing.SEVERITIES.index(row["finding"]["severity"]) for row in rows]
        assert levels == sorted(levels)
        assert {row["finding"]["outcome"] for row in rows} == {"differs"}

    def test_keeps_one_check_of_one_severity(self, document: dict[str, Any]) -> None:
        query = Query(check="round_trips", severity="high")

        rows = listing.findings(document, query, size=None).rows

        seen = {(row["finding"]["check"], row["finding"]["severity"]) for row in rows}
        assert seen == {("round_trips", "high")}


class TestTraits:
    def test_are_searched_in_both_languages(self, document: dict[str, Any]) -> None:
        for text in ("作废", "VOID_SHARE", "Title of void"):
            rows = listing.traits(document, Query(text=text)).rows
            assert [row["name"] for row in rows] == ["void_share_12m"]
