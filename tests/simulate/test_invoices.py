"""Invoices of the county: what must hold exactly, whatever the seed."""

import csv
from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from xiaowei.simulate.cash import CLOSES_AFTER_DAYS
from xiaowei.simulate.county import CountyFiles
from xiaowei.simulate.deliver import ENCODINGS
from xiaowei.simulate.fraud import KINDS
from xiaowei.simulate.history import County
from xiaowei.simulate.vat import rates


def _rows(files: CountyFiles, zh: str, source: str) -> list[dict[str, str]]:
    found = []
    for path in sorted(files.sources.glob(f"{zh}*.csv")):
        with path.open(encoding=ENCODINGS[source], newline="") as file:
            found += list(csv.DictReader(file))
    return found


class TestInvoices:
    def test_bear_the_tax_of_a_rate_of_their_day(self, county: County) -> None:
        tickets, days = county.tickets, county.world.days
        whole = tickets.net > 100_000
        rate = np.rint(100 * tickets.tax / tickets.net)
        table = rates(days)[tickets.day]
        assert (table == rate[:, None]).any(axis=1)[whole].all()

    def test_add_up_in_every_file_but_for_the_dirty_rows(
        self, village: CountyFiles
    ) -> None:
        wrong = [
            row
            for zh, source in (
                ("销项发票", "sales_invoices"),
                ("进项发票", "purchase_invoices"),
            )
            for row in _rows(village, zh, source)
            if "万" not in row["金额"]
            and round(float(row["金额"]) * 100) + round(float(row["税额"]) * 100)
            != round(float(row["价税合计"]) * 100)
        ]
        assert {row["价税合计"] for row in wrong} <= {"0.01"}
        assert len(wrong) == 2

    def test_agree_on_both_sides_of_a_trade_inside_the_county(
        self, village: CountyFiles
    ) -> None:
        sides: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        last: dict[str, dict[str, str]] = defaultdict(dict)
        columns = ("开票日期", "金额", "税额", "价税合计", "商品编码", "发票种类")
        for zh, source, ours, theirs in (
            ("销项发票", "sales_invoices", "统一社会信用代码", "购方单位代号"),
            ("进项发票", "purchase_invoices", "销方单位代号", "统一社会信用代码"),
        ):
            for row in _rows(village, zh, source):
                if "330999" in row[ours] and "330999" in row[theirs]:
                    stated = (row[column].strip() for column in columns)
                    ends = (row[ours].strip(), row[theirs].strip())
                    sides[row["发票号码"]].add((*ends, *stated))
            for row in sorted(_rows(village, zh, source), key=lambda r: r["获知日期"]):
                if row["开票日期"].strip() < "2025-06-15":
                    last[row["发票号码"]][source] = row["发票状态"]
        both = [set(told.values()) for told in last.values() if len(told) == 2]
        assert len(both) > 100
        assert {"作废发票"} in both
        assert all(len(states) == 1 for states in both)
        differing = [number for number, seen in sides.items() if len(seen) != 1]
        assert len(sides) > 100
        assert len(differing) <= 5  # the dirty rows that are set aside

    def test_inside_the_county_always_have_a_link_or_a_ring(
        self, county: County
    ) -> None:
        tickets, links = county.tickets, county.world.network.county
        inside = (tickets.seller >= 0) & (tickets.buyer >= 0)
        linked = tickets.where(inside & ~tickets.staged)
        assert (links.supplier[linked.link] == linked.seller).all()
        assert (links.buyer[linked.link] == linked.buyer).all()
        ringed = tickets.where(inside & tickets.staged)
        kind = county.world.frauds.kind
        together = [KINDS.index("circular"), KINDS.index("related_party")]
        assert np.isin(kind[ringed.seller], together).all()

    def test_are_never_of_firms_that_do_not_trade_yet_or_any_more(
        self, county: County
    ) -> None:
        tickets, opens = county.life.tickets, county.world.firms.opens
        last = county.life.treasury.defaulted_on + CLOSES_AFTER_DAYS
        issued = tickets.where((tickets.net > 0) & ~tickets.voided)
        for firm in (issued.seller, issued.buyer):
            inside = firm >= 0
            assert (issued.day >= opens[firm])[inside].all()
            late = (issued.day >= last[firm]) & inside
            assert late.mean() < 0.003  # a bill for what was shipped before

    def test_are_voided_only_before_the_right_one_in_their_month(
        self, county: County
    ) -> None:
        tickets = county.tickets
        honest = ~tickets.staged
        right = {
            (s, b, p, n, m) for s, b, p, n, m in _keys(county, honest & ~tickets.voided)
        }
        voided = _keys(county, honest & tickets.voided)
        assert len(voided) > 1000
        assert [key for key in voided if key not in right] == []

    def test_are_taken_back_by_red_letters_to_those_who_had_them(
        self, county: County
    ) -> None:
        tickets = county.life.tickets
        valid = tickets.where(~tickets.voided & (tickets.seller >= 0))
        ends = np.stack([valid.seller, valid.buyer, valid.partner], axis=1)
        red = valid.net < 0
        assert red.sum() > 500
        had = {tuple(end) for end in ends[~red].tolist()}
        assert {tuple(end) for end in ends[red].tolist()} <= had

    def test_are_shipped_goods_for_honest_firms(self, county: County) -> None:
        """Over the years what was shipped was billed, but for what is still open."""
        life, world = county.life, county.world
        sold = life.tickets.where(
            (life.tickets.seller >= 0)
            & ~life.tickets.voided
            & ~life.tickets.staged
            & (life.tickets.net > 0)
        )
        billed = np.bincount(sold.seller, weights=sold.net)
        old = (world.firms.opens == 0) & (
            life.treasury.defaulted_on >= world.days.count
        )
        share = billed[old] / life.shipped.sum(axis=0)[old]
        assert 0.95 < np.median(share) < 1.03
        assert share.min() > 0.8
        assert share.max() < 1.2  # what was open at first is billed too

    def test_bill_all_that_was_shipped_but_what_is_still_open(
        self, county: County
    ) -> None:
        billing = county.life.billing
        gone = billing.opened_with + billing.shipped - billing.billed
        assert billing.billed.sum() > 10**11
        assert np.abs(gone - billing.open).max() < 1  # fen, on any channel
        assert billing.open.min() > -100  # a bill may run ahead by a yuan's rounding


def _keys(county: County, chosen: NDArray[np.bool_]) -> list[tuple[int, ...]]:
    tickets = county.tickets.where(chosen)
    month = county.world.days.month[tickets.day]
    return list(
        zip(
            tickets.seller.tolist(),
            tickets.buyer.tolist(),
            tickets.partner.tolist(),
            tickets.net.tolist(),
            month.tolist(),
            strict=True,
        )
    )
