"""Every text of the pages exists, in both languages."""

import re
from pathlib import Path

import pytest
import yaml

from xiaowei.portraits.parts import TRAITS
from xiaowei.surfaces.report import texts
from xiaowei.surfaces.report.texts import UnknownTextError, catalogue, labels, words

REPORT = texts.CATALOGUE.parent
HAN = re.compile(r"[\u4e00-\u9fff]")
ASKED = re.compile(
    r'(?:\bt|\bwords|\btext|(?<!\.)\bcolumn|_both|_measure|_line|p\.title)\("(\w+)"'
)
SAME_IN_BOTH = {"ks", *(f"rating_{grade}" for grade in "ABCD")}
NAMES_CHINESE = {"money_note"}


def sources() -> list[Path]:
    faces = (REPORT, REPORT.parent / "web")
    return [
        path
        for face in faces
        for path in sorted(face.rglob("*"))
        if path.suffix in {".html", ".py"}
    ]


class TestCatalogue:
    def test_states_both_languages_of_every_text(self) -> None:
        entries = yaml.safe_load(texts.CATALOGUE.read_text(encoding="utf-8"))

        for key, pair in entries.items():
            assert isinstance(key, str), key
            assert len(pair) == 2, key
            assert all(isinstance(one, str) and one.strip() for one in pair), key

    def test_is_chinese_on_the_left_and_english_on_the_right(self) -> None:
        for key, (zh, en) in catalogue().items():
            if key not in SAME_IN_BOTH:
                assert HAN.search(zh), f"{key} is not in Chinese"
            if key not in NAMES_CHINESE:
                assert not HAN.search(en), f"{key} is not in English"

    def test_asks_for_the_same_facts_in_both_languages(self) -> None:
        field = re.compile(r"{(\w+)}")
        for key, (zh, en) in catalogue().items():
            assert set(field.findall(zh)) == set(field.findall(en)), key

    def test_has_every_text_that_a_page_asks_for(self) -> None:
        asked = {
            key
            for path in sources()
            for key in ASKED.findall(path.read_text(encoding="utf-8"))
        }

        assert len(asked) > 150
        assert asked - {"nav_"} <= catalogue().keys()

    def test_names_every_unit_of_a_trait(self) -> None:
        units = {f"unit_{trait.unit}" for trait in TRAITS}

        assert units <= catalogue().keys()

    def test_has_no_text_that_nobody_asks_for(self) -> None:
        everything = "\n".join(path.read_text(encoding="utf-8") for path in sources())
        prefixes = (
            "tier_", "rating_", "severity_", "outcome_", "nav_", "direction_", "unit_",
            "assumption_", "budget_counts_", "note_", "stage_", "sheet_", "page_",
            "broken_", "no_run_", "whole_bank_", "case_", "hands_", "done_", "did_",
            "refused_", "concluded_", "job_", "rule_", "ruling_", "hook_",
            "paper_state_", "account_state_", "behind_",
        )  # fmt: skip
        idle = {
            key
            for key in catalogue()
            if f'"{key}"' not in everything
            and not key.startswith(prefixes)
            and not key.endswith("_means")
        }

        assert idle == set()


class TestWords:
    def test_names_a_text_that_is_not_there(self) -> None:
        with pytest.raises(UnknownTextError, match="text 'moon' is not in the cata"):
            words("moon")

    def test_keeps_the_order_of_a_chart(self) -> None:
        assert labels("rating", "score")["zh"] == ["评级", "评分"]
