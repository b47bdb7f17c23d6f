"""Rules run no code: what could is neither called nor imported."""

import ast
from pathlib import Path
from typing import Final

import pytest

from xiaowei.decisions.rules import grammar

FOLDER: Final = Path(grammar.__file__).parent
MODULES: Final = sorted(FOLDER.glob("*.py"))
RUNS: Final = {"eval", "exec", "compile", "__import__", "getattr", "setattr", "globals"}
LETS: Final = {"importlib.resources"}


class TestRules:
    def test_have_modules_to_look_at(self) -> None:
        assert len(MODULES) > 10

    @pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
    def test_call_nothing_that_runs_text(self, path: Path) -> None:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Name):
                assert node.id not in RUNS
            if isinstance(node, ast.Import):
                assert not {one.name for one in node.names} & {"importlib", "ast"}
            if isinstance(node, ast.ImportFrom) and node.module:
                runs = node.module.split(".")[0] in {"importlib", "builtins", "ast"}
                assert not runs or node.module in LETS
