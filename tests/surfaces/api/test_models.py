"""Models on record are told as the command line tells them, and never taken in."""

import json
from typing import Any, Final

import pytest
from tests.surfaces.api.asked import ask
from tests.surfaces.api.conftest import Served
from tests.surfaces.conftest import make_document
from tests.surfaces.furnished import MODEL, keep_model
from tests.surfaces.routes import service_of
from typer.testing import CliRunner

from xiaowei.desk import clock
from xiaowei.desk.home import Home
from xiaowei.records.journal import canonical, digest_of
from xiaowei.surfaces.cli import app

PRINT: Final = digest_of("{}")


@pytest.fixture(scope="module")
def home(served: Served) -> Home:
    home: Home = service_of(served[0]).state.service.home
    keep_model(home)
    return home


def said(home: Home, *words: str) -> Any:  # noqa: ANN401 - any JSON
    done = CliRunner().invoke(app, ["--home", str(home.root), *words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


class TestModels:
    def test_are_listed_as_the_command_line_lists_them(
        self, served: Served, home: Home
    ) -> None:
        (one,), (card,) = (
            ask(served, "GET", "/models").json()["items"],
            said(home, "models"),
        )
        beside = {"auc", "slope", "in_use"}
        assert {k: v for k, v in one.items() if k not in beside} == {
            name: card[name] for name in one if name not in beside
        }
        assert (one["auc"], one["slope"]) == tuple(
            card["verdict"][name] for name in ("auc", "slope")
        )

    @pytest.mark.parametrize("asked", [MODEL, PRINT, PRINT[:6]])
    def test_are_shown_by_name_or_fingerprint(
        self, served: Served, home: Home, asked: str
    ) -> None:
        told = ask(served, "GET", f"/models/{asked}").json()
        line = said(home, "models", "show", asked)
        shown = told | told["card"]
        assert {name: shown[name] for name in line} == line
        assert told["altered"] is False

    def test_that_are_not_there_are_404(self, served: Served, home: Home) -> None:
        assert home.journal.head()[0]
        for asked in ("none", PRINT[:5], "%2e%2e%2fetc"):
            assert ask(served, "GET", f"/models/{asked}").status_code == 404

    def test_are_in_use_where_the_last_run_holds_their_pd(
        self, served: Served, home: Home
    ) -> None:
        def used() -> bool:
            told: bool = ask(served, "GET", f"/models/{MODEL}").json()["in_use"]
            return told

        assert used() is False
        for print_, due in ((PRINT, True), ("0" * 64, False)):
            document = make_document(firms=1)
            document["pd_by"] = {"name": MODEL, "fingerprint": print_}
            body = {"run_id": document["run_id"], "as_of": document["as_of"]}
            text = canonical(document)
            home.journal.add("run", body, made_at=clock.now(), document=text)
            assert used() is due

    def test_are_read_alone(self, served: Served) -> None:
        paths = ask(served, "GET", "/openapi.json").json()["paths"]
        acts = {act for path in paths if "models" in path for act in paths[path]}
        assert acts == {"get"}
