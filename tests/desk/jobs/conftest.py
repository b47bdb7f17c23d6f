"""A home on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.records.conftest import postgres, url

from xiaowei.desk.home import Home, open_home

__all__ = ["postgres", "url"]


@pytest.fixture
def home(url: str, tmp_path: Path) -> Iterator[Home]:
    root = tmp_path / "home"
    root.mkdir()
    (root / "settings.yaml").write_text(f"records: '{url}'\n", encoding="utf-8")
    with open_home(root) as opened:
        yield opened
