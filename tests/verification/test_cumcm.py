"""The public set of CUMCM 2020-C: what the checks find, and what portraits sum up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests.data import CUMCM, needs_cumcm

from xiaowei.facts.intake import take_in
from xiaowei.facts.lake import Lake
from xiaowei.facts.public import cumcm2020c
from xiaowei.portraits.portrait import known_by, portraits
from xiaowei.verification.finding import Case, Finding
from xiaowei.verification.verify import CHECKS, verify

PAIRED, DIFFERENT = 587, 1
"""Invoices in the books of both a seller and a buyer; those whose state differs."""

PAIRS = (
    ("E124", "E125"),
    ("E131", "E14"),
    ("E138", "E155"),
    ("E205", "E217"),
    ("E255", "E264"),
    ("E242", "E45"),
    ("E159", "E187"),
    ("E133", "E240"),
)
"""Firms whose books hold the same invoices: one enterprise under two codes."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The set's portraits and findings as of its last day."""

    portraits: pa.Table
    findings: Mapping[tuple[str, str], Finding]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    engine = ibis.duckdb.connect(threads=2)
    lake = Lake(tmp_path_factory.mktemp("cumcm") / "lake", engine=engine)
    for delivery in cumcm2020c.deliveries(CUMCM):
        if delivery.source.family == "invoices":
            take_in(delivery, lake=lake)
    day = cumcm2020c.LAST_DAY
    facts = {"invoices": lake.facts("invoices")}
    table = portraits(facts, as_of=day).order_by("enterprise_id").to_pyarrow()
    known = {family: known_by(held, as_of=day) for family, held in facts.items()}
    found = verify(
        Case(facts=known, as_of=day, industries={}),
        enterprises=table["enterprise_id"].to_pylist(),
    )
    return Seen(table, {(one.check, one.enterprise_id): one for one in found})


def of(seen: Seen, check: str, outcome: str) -> dict[str, Finding]:
    return {
        firm: one
        for (name, firm), one in seen.findings.items()
        if name == check and one.outcome == outcome
    }


def stated(name: str) -> pa.Table:
    """Return a file of the set with its exact copies and bad sums left out."""
    table = pq.read_table(CUMCM / name).combine_chunks()
    table = table.group_by(table.column_names).aggregate([])
    net, tax, total = (pc.round(table[c], 2) for c in ("金额", "税额", "价税合计"))
    gap = pc.abs(pc.subtract(pc.add(net, tax), total))
    return table.filter(pc.less(gap, 0.015))


def keyed(table: pa.Table) -> pa.Table:
    """Return what makes a row the same invoice as another, its firm and its state."""
    fen = {
        name: pc.cast(pc.round(pc.multiply(table[head], 100)), pa.int64())
        for name, head in (("net", "金额"), ("tax", "税额"))
    }
    return pa.table(
        {
            "firm": table["企业代号"],
            "no": table["发票号码"],
            "day": pc.cast(table["开票日期"], pa.date32()),
            "state": pc.utf8_trim_whitespace(table["发票状态"]),
            **fen,
        }
    )


@pytest.mark.data
@needs_cumcm
class TestCumcm:
    def test_has_every_firm_and_every_check(self, seen: Seen) -> None:
        assert seen.portraits.num_rows == 425
        assert len(seen.findings) == 425 * len(CHECKS)

    @pytest.mark.parametrize("part", ["123", "302"])
    def test_sums_valid_sales_to_the_fen(self, seen: Seen, part: str) -> None:
        table = stated(f"output_{part}_invoices.parquet")
        valid = table.filter(
            pc.equal(pc.utf8_trim_whitespace(table["发票状态"]), "有效发票")
        )
        fen = pc.cast(pc.round(pc.multiply(valid["金额"], 100)), pa.int64())
        sums = pa.table({"firm": valid["企业代号"], "fen": fen}).group_by("firm")
        expected = sums.aggregate([("fen", "sum")]).to_pylist()

        ids = seen.portraits["enterprise_id"].to_pylist()
        sales = dict(zip(ids, seen.portraits["sales_all"].to_pylist(), strict=True))

        assert {row["firm"]: row["fen_sum"] for row in expected} == {
            firm: sales[firm] for firm in {row["firm"] for row in expected}
        }

    def test_finds_every_invoice_that_two_firms_hold_from_both_sides(
        self, seen: Seen
    ) -> None:
        sold, bought = (
            pa.concat_tables(
                keyed(stated(f"{side}_{part}_invoices.parquet"))
                for part in ("123", "302")
            )
            for side in ("output", "input")
        )
        pairs = sold.join(
            bought, ["no", "day", "net", "tax"], join_type="inner", right_suffix="_2"
        )
        pairs = pairs.filter(pc.not_equal(pairs["firm"], pairs["firm_2"]))
        apart = pairs.filter(pc.not_equal(pairs["state"], pairs["state_2"]))

        told = [
            one.observed.en.removesuffix(" differ").split(" of ")
            for outcome in ("agrees", "differs")
            for one in of(seen, "two_sides", outcome).values()
            if one.observed
        ]

        assert len(told) == 89
        assert sum(int(found) for _, found in told) == 2 * pairs.num_rows
        assert sum(int(count) for count, _ in told) == 2 * apart.num_rows
        assert (pairs.num_rows, apart.num_rows) == (PAIRED, DIFFERENT)

    def test_finds_the_firm_that_stands_on_both_sides_of_458_invoices(
        self, seen: Seen
    ) -> None:
        one = of(seen, "own_both_sides", "differs")["E7"]

        assert one.severity == "medium"
        assert one.text.en.startswith("458 invoices stand in both its own")
        assert "1.69% of sales" in one.text.en
        assert one.unlikely is not None
        assert one.unlikely < 1e-6

    def test_finds_the_eight_pairs_of_firms_that_share_books(self, seen: Seen) -> None:
        found = of(seen, "one_owner", "differs")

        assert found.keys() == {firm for pair in PAIRS for firm in pair}
        for one, other in (*PAIRS, *(pair[::-1] for pair in PAIRS)):
            assert found[one].severity == "high"
            assert f"books of {other}:" in found[one].text.en
            assert all(f" / {other} " in fact.text.en for fact in found[one].evidence)
        for firm in PAIRS[1]:
            chance = found[firm].unlikely
            assert chance is not None
            assert chance < 1e-6

    def test_calls_few_firms_different(self, seen: Seen) -> None:
        for check in ("reversals", "period_end_voids", "ticket_caps"):
            differ, agree = (of(seen, check, o) for o in ("differs", "agrees"))
            assert len(agree) > 200
            assert len(differ) <= 0.05 * (len(agree) + len(differ))

    def test_is_silent_where_the_set_has_no_source(self, seen: Seen) -> None:
        for check in ("tax_against_invoices", "electricity_against_invoices"):
            assert len(of(seen, check, "silent")) == 425

    def test_has_no_trait_of_what_it_does_not_state(self, seen: Seen) -> None:
        for name in ("declared_sales_12m", "kwh_12m"):
            assert seen.portraits[name].null_count == 425

    def test_points_to_rows_that_say_what_the_evidence_says(self, seen: Seen) -> None:
        (fact, *_) = of(seen, "own_both_sides", "differs")["E7"].evidence
        row = pq.read_table(CUMCM / fact.file).slice(fact.line - 1, 1).to_pylist()[0]

        assert row["企业代号"] == "E7"
        day = row["开票日期"]
        assert isinstance(day, date)
        assert fact.text.en.startswith(f"{day:%Y-%m-%d} sale {row['发票号码']} ")
