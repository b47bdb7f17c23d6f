"""The house is kept: faces of packages, sizes, words, and what may not be named."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "xiaowei"
MODULES = sorted(SOURCE.rglob("*.py"))
MOST_LINES = 400
MOST_STATEMENT_LINES = 80


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef):
            yield node


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


class TestFaces:
    @pytest.mark.parametrize("path", sorted(SOURCE.rglob("__init__.py")), ids=named)
    def test_are_one_sentence_and_nothing_else(self, path: Path) -> None:
        body = parsed(path).body

        assert len(body) == 1
        assert ast.get_docstring(parsed(path))
        assert len(path.read_text(encoding="utf-8").splitlines()) == 1

    @pytest.mark.parametrize("path", MODULES, ids=named)
    def test_say_what_each_module_is_for(self, path: Path) -> None:
        docstring = ast.get_docstring(parsed(path)) or ""

        assert docstring.partition("\n")[0].endswith((".", ":", "?", "`."))


class TestSizes:
    @pytest.mark.parametrize("path", MODULES, ids=named)
    def test_let_a_reader_hold_a_file(self, path: Path) -> None:
        lines = len(path.read_text(encoding="utf-8").splitlines())

        assert lines <= MOST_LINES, f"{named(path)} has {lines} lines: split it by idea"

    @pytest.mark.parametrize("path", MODULES, ids=named)
    def test_let_a_reader_hold_a_function(self, path: Path) -> None:
        for function in functions(path):
            docstring = ast.get_docstring(function) or ""
            lines = (function.end_lineno or 0) - function.lineno
            code = lines - len(docstring.splitlines())
            assert code <= MOST_STATEMENT_LINES, f"{named(path)}: {function.name}"

    def test_hold_for_templates_too(self) -> None:
        for path in SOURCE.rglob("templates/**/*.*"):
            lines = len(path.read_text(encoding="utf-8").splitlines())
            assert lines <= MOST_LINES, named(path)


class TestWords:
    def test_have_no_drawers(self) -> None:
        drawers = {
            "utils",
            "common",
            "base",
            "manager",
            "service",
            "core",
            "misc",
            "helpers",
        }

        assert not {path.stem for path in SOURCE.rglob("*")} & drawers

    def test_leave_no_notes_to_self(self) -> None:
        for path in [*MODULES, *(ROOT / "tests").rglob("*.py")]:
            if path != Path(__file__):
                text = path.read_text(encoding="utf-8")
                assert not re.search(r"\b(TODO|FIXME|XXX)\b", text), named(path)


class TestLock:
    def test_pins_with_hashes_and_names_no_registry(self) -> None:
        text = (ROOT / "requirements" / "lock.txt").read_text(encoding="utf-8")
        pinned = re.findall(r"^[a-z0-9][\w.-]*==", text, flags=re.MULTILINE)

        assert len(pinned) > 50
        assert text.count("--hash=sha256:") > len(pinned)
        assert "http://" not in text
        assert "https://" not in text
        assert "--index-url" not in text
        assert "--extra-index-url" not in text

    def test_holds_every_package_that_the_project_names(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        wanted = [
            *project["project"]["dependencies"],
            *project["project"]["optional-dependencies"]["dev"],
        ]
        text = (ROOT / "requirements" / "lock.txt").read_text(encoding="utf-8").lower()
        for stated in wanted:
            name = re.split(r"[\[<>=! ]", stated)[0].lower().replace("_", "-")
            assert re.search(rf"^{re.escape(name)}==", text, flags=re.MULTILINE), name


class TestPublicFunctions:
    @pytest.mark.parametrize("path", MODULES, ids=named)
    def test_take_no_clock_by_default(self, path: Path) -> None:
        # A default that is a call would be made once, when the module is read.
        for function in functions(path):
            for default in [*function.args.defaults, *function.args.kw_defaults]:
                called = isinstance(default, ast.Call)
                text = ast.unparse(default) if default else ""
                assert not (called and "today" in text), (
                    f"{named(path)}: {function.name}"
                )
