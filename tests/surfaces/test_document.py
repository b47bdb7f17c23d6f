"""What a run document must hold."""

import copy
from typing import Any

import pytest

from xiaowei.errors import NotFoundError
from xiaowei.surfaces.report.document import (
    RunDocumentError,
    UnknownFirmError,
    checked,
    firm_of,
)
from xiaowei.surfaces.report.geometry import share_bar, waterfall, whisker


class TestChecked:
    def test_takes_a_whole_document(self, document: dict[str, Any]) -> None:
        assert checked(document) is document

    def test_names_schema_key_and_enterprise_at_once(
        self, document: dict[str, Any]
    ) -> None:
        broken = copy.deepcopy(document)
        broken["schema"] = "xiaowei.run/0"
        del broken["portfolio"]
        del broken["firms"][2]["radar"]

        with pytest.raises(RunDocumentError) as caught:
            checked(broken)

        said = str(caught.value)
        assert "schema is 'xiaowei.run/0'" in said
        assert "key 'portfolio' is missing" in said
        assert "enterprise 'E3' lacks radar" in said
        assert "xiaowei run" in said

    def test_counts_the_faults_it_does_not_name(self) -> None:
        with pytest.raises(RunDocumentError, match=r"16 fault.*and 11 more"):
            checked({"firms": []})


class TestFirmOf:
    def test_names_the_enterprise_and_the_run(self, document: dict[str, Any]) -> None:
        with pytest.raises(UnknownFirmError, match="'E99' is not in run a1b2") as error:
            firm_of(document, "E99")
        assert isinstance(error.value, NotFoundError)


class TestWaterfall:
    def test_adds_up_to_the_score(self, document: dict[str, Any]) -> None:
        for firm in document["firms"]:
            shown = waterfall(firm)
            assert shown.adds_up
            assert shown.total == firm["score"]
            assert shown.steps[-1].after == firm["score"]

    def test_says_when_it_does_not(self, document: dict[str, Any]) -> None:
        firm = {**document["firms"][0]}
        firm["score"] += 1

        assert not waterfall(firm).adds_up

    def test_stays_on_its_scale(self, document: dict[str, Any]) -> None:
        for firm in document["firms"]:
            for step in waterfall(firm).steps:
                assert 0 <= step.bar.start <= step.bar.start + step.bar.width <= 100

    def test_needs_no_reasons(self, document: dict[str, Any]) -> None:
        firm = {**document["firms"][0], "reasons": [], "score": 600}

        assert waterfall(firm).total == 600


class TestSmallBars:
    def test_draw_nothing_for_the_unknown(self) -> None:
        assert share_bar(None, 3).width == 0
        assert whisker(None, None, None, scale=(0, 1)).at is None

    def test_draw_nothing_on_a_scale_without_length(self) -> None:
        assert whisker(0.0, 0.0, 0.0, scale=(0.0, 0.0)).at is None
