"""A real Chromium for the journeys."""

import os
import shutil
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, sync_playwright

CHROMIUMS: Final = ("chromium", "chromium-browser", "google-chrome")


# By module, not by session: Playwright's loop would still run under later tests.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium; under CI a missing one is a failure."""
    path = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if path is None:
        reason = f"none of {', '.join(CHROMIUMS)} is installed: run make browser"
        # Whether a missing browser may be skipped is the machine's to say.
        if os.environ.get("CI"):  # noqa: TID251
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        yield started
        started.close()
