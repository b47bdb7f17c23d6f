"""What other rules would have decided on decisions on record, counted one by one."""

from pathlib import Path

import pytest
from tests.desk.ruling.conftest import decided, rules

from xiaowei.decisions.rules.reading import shipped_rules
from xiaowei.desk.home import Home
from xiaowei.desk.ruling.lab import Asked, HalfAskedError, settled, tried, with_limits
from xiaowei.desk.ruling.looking_back import looked_back
from xiaowei.desk.ruling.past_tables import PastTableError

BAR = {
    "code": "bar",
    "title": {"zh": "题", "en": "title"},
    "when": {"trait": "amount", "operator": ">", "limit": "0", "unit": "yuan"},
    "outcome": "decline",
    "reason": "assessment",
    "source": "a test",
}


class TestLookedBack:
    def test_changes_nothing_by_the_rules_of_then(self, home: Home) -> None:
        decided(home, 60)
        told = looked_back(home, settled(home, shipped_rules(book=home.book)))

        overall = told["overall"]
        assert overall["decisions"] == 60
        assert told["changed"] == []
        assert overall["approved_then"] == overall["approved_now"]
        assert overall["moves"]["approve>approve"] > 0
        assert overall["then_fen"] == overall["now_fen"] > 0

    def test_names_each_decision_that_comes_out_otherwise(self, home: Home) -> None:
        decided(home, 60)
        told = looked_back(home, settled(home, rules(BAR)))

        moves = told["overall"]["moves"]
        declined = moves["approve>decline"] + moves["refer>decline"]
        assert declined == told["changed_in_all"] == len(told["changed"])
        assert told["overall"]["swapped_out"] == moves["approve>decline"] > 0
        assert {one["now"]["rule"] for one in told["changed"]} == {"bar"}
        assert told["overall"]["now_fen"] == 0
        assert told["overall"]["approved_now"][0] == 0
        for tallies in told["groups"].values():
            assert sum(one["decisions"] for one in tallies.values()) == 60

    def test_is_nothing_where_nothing_was_decided(self, home: Home) -> None:
        told = looked_back(home, settled(home, rules()))

        assert told["overall"]["decisions"] == 0
        assert told["overall"]["approved_now"] is None


CSV = """amount,bad,lgd,rate,region
10000000,0,0.4,0.05,0101
40000000,1,0.4,0.05,0101
60000000,,0.4,0.05,0202
"""


class TestTried:
    def test_reads_a_file_and_keeps_codes_as_texts(
        self, home: Home, tmp_path: Path
    ) -> None:
        path = tmp_path / "past.csv"
        path.write_text(CSV, encoding="utf-8")
        newer = with_limits(rules(), ["small.amount=200000"])
        asked = Asked("bad", "amount", "rate", "lgd", ("region",))

        found = tried(home, (rules(), newer), path, asked=asked)

        assert found.swaps.cells["out"].firms == 1
        assert list(found.groups["region"]) == ["0101", "0202"]
        profit = found.overall.profit
        assert profit is not None
        assert profit.before[0] == 500_000 - 16_000_000
        assert profit.after[0] == 500_000
        assert profit.change[0] == 16_000_000

    def test_refuses_half_of_a_profit(self, home: Home, tmp_path: Path) -> None:
        asked = Asked("bad", "amount", "rate", None, ())
        with pytest.raises(HalfAskedError):
            tried(home, (rules(), rules()), tmp_path / "past.csv", asked=asked)

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("past.csv", ""),
            ("past.csv", "amount,bad\n1\n"),
            ("past.csv", "amount,region\n1,\xff\n"),
            ("past.parquet", "amount\n1\n"),
        ],
    )
    def test_refuses_what_is_no_table(
        self, home: Home, tmp_path: Path, name: str, text: str
    ) -> None:
        (tmp_path / name).write_bytes(text.encode("latin-1"))
        asked = Asked(None, None, None, None, ())
        with pytest.raises(PastTableError, match=name):
            tried(home, (rules(), rules()), tmp_path / name, asked=asked)

    @pytest.mark.parametrize("stated", ["small", "small=1", "small.amount"])
    def test_refuses_a_limit_of_another_form(self, stated: str) -> None:
        with pytest.raises(HalfAskedError):
            with_limits(rules(), [stated])
