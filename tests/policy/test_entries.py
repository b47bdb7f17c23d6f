"""One number of the bank, as YAML states it."""

from datetime import date
from decimal import Decimal

import pytest

from xiaowei.policy.entries import Entry, read_entries

GOOD = """
lgd:
  description: Share lost.
  zh: 违约损失率
  unit: share
  values: {2020-01-01: "0.45", 2016-01-01: "0.50"}
  set_by: committee
  reference: {title: A paper}
"""


def shipped() -> dict[str, Entry]:
    return read_entries(GOOD, shipped=None).entries


class TestReadEntries:
    def test_puts_the_values_in_order(self) -> None:
        entry = shipped()["lgd"]

        assert entry.values == (
            (date(2016, 1, 1), Decimal("0.50")),
            (date(2020, 1, 1), Decimal("0.45")),
        )

    def test_knows_no_value_before_the_first(self) -> None:
        assert shipped()["lgd"].on(date(2015, 12, 31)) is None

    @pytest.mark.parametrize(
        ("old", "new", "fault"),
        [
            ('"0.50"', "0.50", "must be a quoted number"),
            ('"0.50"', '"half"', "must be a quoted number"),
            ('"0.50"', '"1e-1"', "must be a quoted number"),
            ('"0.50"', '"1.01"', "a share lies within 0 and 1"),
            ("2016-01-01", "2016", "has a int where a day"),
            ("2016-01-01", "2016-01-01 10:00:00", "has a datetime where a day"),
            ('{2020-01-01: "0.45", 2016-01-01: "0.50"}', "{}", "at least one day"),
            ('{2020-01-01: "0.45", 2016-01-01: "0.50"}', '"0.5"', "not a str"),
            ("unit: share", "unit: shares", "unit 'shares' is unknown"),
            ("unit: share", "unit: 7", "'unit' must be a text, not a int"),
            ("zh: 违约损失率", "zh: ''", "'zh' must be a text"),
            ("  set_by: committee\n", "", "'set_by' is missing"),
            ("set_by:", "setby:", "'setby' is not a part"),
            ("{title: A paper}", "{href: x}", "must hold a 'title'"),
            ("{title: A paper}", "A paper", "must hold a 'title'"),
        ],
    )
    def test_names_the_fault(self, old: str, new: str, fault: str) -> None:
        reading = read_entries(GOOD.replace(old, new, 1), shipped=None)

        assert not reading.entries
        assert any(fault in said for said in reading.faults), reading.faults

    def test_keeps_good_entries_beside_bad_ones(self) -> None:
        reading = read_entries(f"{GOOD}\nother: 7\n", shipped=None)

        assert list(reading.entries) == ["lgd"]
        assert reading.faults == ("'other': a mapping with 'values' is due, not a int",)

    def test_refuses_a_name_that_stands_twice(self) -> None:
        reading = read_entries(GOOD + GOOD, shipped=None)

        assert reading.faults == ("'lgd' stands twice",)

    def test_refuses_a_day_that_stands_twice(self) -> None:
        text = GOOD.replace("2020-01-01", "2016-01-01")

        assert read_entries(text, shipped=None).faults == ("'2016-01-01' stands twice",)

    @pytest.mark.parametrize("text", ["- a\n- b\n", "", "a text"])
    def test_asks_for_a_mapping(self, text: str) -> None:
        assert "a mapping of names is due" in read_entries(text, shipped=None).faults[0]

    def test_says_when_it_is_no_yaml(self) -> None:
        assert read_entries("a: [", shipped=None).faults[0].startswith("not YAML")

    def test_an_overlay_keeps_the_unit(self) -> None:
        text = 'lgd: {unit: yuan, values: {2020-01-01: "0.5"}, set_by: me}'

        reading = read_entries(text, shipped=shipped())

        assert "it must stay 'share'" in reading.faults[0]

    def test_an_overlay_takes_the_rest_from_the_shipped_entry(self) -> None:
        text = 'lgd: {values: {2021-01-01: "0.4"}, set_by: me}'

        entry = read_entries(text, shipped=shipped()).entries["lgd"]

        assert entry.description == "Share lost."
        assert entry.values == ((date(2021, 1, 1), Decimal("0.4")),)
