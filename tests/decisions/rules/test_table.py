"""A table of firms is decided as each firm is."""

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.decisions.rules.drawing import (
    DAY,
    of,
    rows,
    rule,
    rule_sets,
    settled,
    table_of,
)

from xiaowei.decisions.rules.grammar import RuleSet
from xiaowei.decisions.rules.rows import RowError
from xiaowei.decisions.rules.ruling import decide
from xiaowei.decisions.rules.settled import Settled
from xiaowei.decisions.rules.table import SCHEMA, decide_all, decide_batches


def alone(rules: Settled, row: dict[str, Any]) -> dict[str, Any]:
    ruling = decide(rules, row)
    return {
        "outcome": ruling.outcome,
        "rule": ruling.rule.code if ruling.rule else None,
        "unknown": ruling.unknown,
        "missing": " ".join(ruling.missing) or None,
        "cap_fen": ruling.cap_fen,
        "rate_add": ruling.rate_add,
    }


class TestTable:
    @settings(max_examples=300, deadline=None)
    @given(rules=rule_sets(), drawn=st.lists(rows(), min_size=1, max_size=30))
    def test_says_of_each_row_what_is_said_of_it_alone(
        self, rules: RuleSet, drawn: list[dict[str, Any]]
    ) -> None:
        ready = settled(rules)

        found = decide_all(ready, table_of(drawn))

        assert found.to_pylist() == [alone(ready, row) for row in drawn]

    @settings(max_examples=50, deadline=None)
    @given(
        rules=rule_sets(),
        drawn=st.lists(rows(), min_size=1, max_size=30),
        size=st.integers(1, 7),
    )
    def test_says_the_same_in_batches_of_any_size(
        self, rules: RuleSet, drawn: list[dict[str, Any]], size: int
    ) -> None:
        ready, table = settled(rules), table_of(drawn)

        parts = decide_batches(ready, iter(table.to_batches(max_chunksize=size)))

        whole = decide_all(ready, table).to_pylist()
        assert [row for part in parts for row in part.to_pylist()] == whole

    @settings(max_examples=300, deadline=None)
    @given(
        limit=st.decimals("-1", "1", places=4),
        operator=st.sampled_from(["<", "<=", ">", ">=", "=", "!="]),
        steps=st.integers(-2, 2),
    )
    def test_compares_floats_as_their_decimals(
        self, limit: Decimal, operator: str, steps: int
    ) -> None:
        value = float(limit)
        for _ in range(abs(steps)):
            value = float(np.nextafter(value, np.inf if steps > 0 else -np.inf))
        when = {
            "trait": "margin_12m",
            "operator": operator,
            "limit": f"{limit:f}",
            "unit": "share",
        }
        rules = of([rule("a", when, "decline")], default="approve")
        row = {"margin_12m": value}

        found = decide_all(rules, pa.table({"margin_12m": [value]}))

        assert found.to_pylist() == [alone(rules, row)]

    @pytest.mark.parametrize(
        ("kind", "values"),
        [
            (pa.int8(), [0, 1, None, 3]),
            (pa.uint64(), [0, 1, None, 2**63]),
            (pa.float64(), [0.0, 1.0, float("nan"), 3.0]),
            (pa.float64(), [0.0, 1.0, float("inf"), 3.0]),
            (pa.decimal128(20, 2), [Decimal(0), Decimal(1), None, Decimal(3)]),
        ],
    )
    def test_takes_numbers_of_any_width(self, kind: object, values: list[Any]) -> None:
        when = {
            "trait": "debt_lenders_now",
            "operator": "<",
            "limit": "1.5",
            "unit": "count",
        }
        rules = of([rule("a", when, "decline")], default="approve")

        found = decide_all(
            rules, pa.table({"debt_lenders_now": pa.array(values, kind)})
        )

        assert found["outcome"].to_pylist() == [
            "decline",
            "decline",
            "refer",
            "approve",
        ]
        assert found["missing"].to_pylist() == [None, None, "debt_lenders_now", None]

    def test_takes_texts_that_are_coded_and_columns_of_nothing(self) -> None:
        when = {"trait": "region", "operator": "in", "limit": ["north", "south"]}
        rules = of([rule("a", when, "decline")], default="approve")
        coded = pa.array(["north", None, "east"]).dictionary_encode()

        assert decide_all(rules, pa.table({"region": coded}))[
            "outcome"
        ].to_pylist() == [
            "decline",
            "refer",
            "approve",
        ]
        nothing = pa.table({"region": pa.nulls(2)})
        assert decide_all(rules, nothing)["outcome"].to_pylist() == ["refer", "refer"]

    def test_of_no_rows_has_no_rows_and_looks_at_columns_all_the_same(self) -> None:
        when = {"trait": "pd", "operator": "<", "limit": "0.1", "unit": "share"}
        rules = of([rule("a", when, "approve")])

        empty = decide_all(rules, pa.table({"pd": pa.array([], pa.float64())}))

        assert empty.num_rows == 0
        assert empty.schema == SCHEMA
        with pytest.raises(RowError, match="'pd' is not spoken of"):
            decide_all(rules, pa.table({"pdd": pa.array([], pa.float64())}))

    @pytest.mark.parametrize(
        ("name", "column", "named"),
        [
            ("pd", pa.array([0.1, 1.2]), "must be a number, 0 to 1"),
            ("pd", pa.array(["0.1"]), "column of string, not of whole numbers"),
            ("pd", pa.array([0.1], pa.float32()), "column of float"),
            ("pd", pa.array([True]), "column of bool"),
            ("debt_lenders_now", pa.array([1.5]), "must be a whole number"),
            ("amount", pa.array([1, None]), "'amount' is never missing"),
            ("amount", pa.array([-1]), "must be a whole number, 0 to any"),
            ("tier", pa.array(["gold"]), "must be one of high_potential"),
            ("applied_on", pa.array([1]), "column of int64, not of days"),
        ],
    )
    def test_refuses_what_is_not_of_a_field_as_a_row_does(
        self, name: str, column: pa.Array, named: str
    ) -> None:
        rules = of([rule("a", {"trait": name, "operator": "known"}, "approve")])

        with pytest.raises(RowError, match=named):
            decide_all(rules, pa.table({name: column}))

    def test_takes_days(self) -> None:
        when = {
            "trait": "applied_on",
            "operator": "between",
            "limit": ["2024-01-01", "2024-06-30"],
        }
        rules = of([rule("a", when, "decline")], default="approve")
        days = pa.array([date(2023, 12, 31), date(2024, 1, 1), DAY], pa.date64())

        found = decide_all(rules, pa.table({"applied_on": days}))

        assert found["outcome"].to_pylist() == ["approve", "decline", "decline"]
