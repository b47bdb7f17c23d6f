"""The command line as a user runs it, in a process of its own."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Xiaowei = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def xiaowei() -> Xiaowei:
    """Return what runs `xiaowei` with a home and arguments."""

    def call(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "xiaowei", "--home", str(home), *arguments]
        return subprocess.run(  # noqa: S603 - our own command
            command, capture_output=True, text=True, timeout=600, check=False
        )

    return call
