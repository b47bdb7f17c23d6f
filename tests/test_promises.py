"""The page of promises cites no test that is not there, and leaves no promise out."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
CITED = sorted(set(re.findall(r"`(tests/[^`]+)`", PAGE)))
STATES = {"held", "in part", "not yet"}


@pytest.mark.parametrize("cited", CITED)
def test_that_is_cited_is_there(cited: str) -> None:
    path, *names = cited.split("::")
    assert (ROOT / path).exists()
    body: list[ast.stmt] = (
        ast.parse((ROOT / path).read_text(encoding="utf-8")).body if names else []
    )
    for name in names:
        found = [
            one
            for one in body
            if isinstance(one, ast.ClassDef | ast.FunctionDef) and one.name == name
        ]
        assert found, f"{path} has no {name}"
        body = found[0].body


@pytest.mark.parametrize(("letter", "count"), [("P", 17), ("S", 22)])
def test_every_line_has_a_state(letter: str, count: int) -> None:
    lines = re.findall(rf"^\| {letter}(\d+) \|(.*)\|$", PAGE, re.MULTILINE)
    assert [int(number) for number, _ in lines] == list(range(1, count + 1))
    for _, line in lines:
        _, state, test, _ = (part.strip() for part in line.split("|"))
        assert state in STATES
        assert test or state == "not yet"
