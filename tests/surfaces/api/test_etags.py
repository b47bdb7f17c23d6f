"""What somebody holds already is not sent again."""

import pytest
from tests.surfaces.api.asked import ask
from tests.surfaces.api.conftest import Served
from tests.surfaces.test_injection import PAYLOADS

from xiaowei.surfaces.api.etags import tag_of
from xiaowei.surfaces.api.shapes import Health


class TestTag:
    def test_is_that_of_the_content_alone(self, served: Served) -> None:
        first, again = (ask(served, "GET", "/health") for _ in "ab")
        assert first.headers["ETag"] == again.headers["ETag"]
        assert first.headers["ETag"] == tag_of(Health(**first.json()))
        other = Health(status="ok", day=Health(**first.json()).day.replace(year=2000))
        assert tag_of(other) != first.headers["ETag"]

    @pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', "*"])
    def test_that_is_held_brings_nothing_again(self, served: Served, form: str) -> None:
        tag = ask(served, "GET", "/health").headers["ETag"]
        told = ask(
            served, "GET", "/health", headers={"If-None-Match": form.format(tag)}
        )
        assert (told.status_code, told.content) == (304, b"")
        assert told.headers["ETag"] == tag
        assert "Content-Length" not in told.headers

    def test_that_is_another_brings_all(self, served: Served) -> None:
        for one in PAYLOADS:
            if "\x00" not in one:
                held = {"If-None-Match": one.encode()}
                told = ask(served, "GET", "/health", headers=held)
                assert told.status_code == 200
                assert told.json()["status"] == "ok"

    def test_is_of_no_failure(self, served: Served) -> None:
        told = ask(served, "GET", "/jobs/999999", headers={"If-None-Match": "*"})
        assert told.status_code == 404
        assert "ETag" not in told.headers

    def test_is_described(self, served: Served) -> None:
        paths = ask(served, "GET", "/openapi.json").json()["paths"]
        for path in paths.values():
            answers = path.get("get", {}).get("responses", {})
            if "application/json" in answers.get("200", {}).get("content", {}):
                assert {"200", "304"} <= set(answers)
                assert "ETag" in answers["200"]["headers"]
