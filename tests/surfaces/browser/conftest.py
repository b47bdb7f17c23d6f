"""A page that may speak to nobody but us, and a server for it to visit."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
import uvicorn
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Dialog,
    Page,
    Route,
)

from xiaowei.surfaces.report.html import write_report
from xiaowei.surfaces.web.app import create_app

STARTED_WITHIN_SECONDS: Final = 120


@pytest.fixture(scope="session")
def server(make: Callable[..., dict[str, Any]]) -> Iterator[str]:
    """Serve a run on a free port of this machine; returns its address."""
    run = make(firms=60)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    config = uvicorn.Config(create_app(lambda: run), log_level="error", ws="none")
    serving = uvicorn.Server(config)
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [listening]})
    thread.start()
    until = time.monotonic() + STARTED_WITHIN_SECONDS
    while not serving.started and time.monotonic() < until:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    serving.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture(scope="session")
def report(
    make: Callable[..., dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> str:
    """Write the single file; returns its address."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(make(firms=60), path=path)
    return path.as_uri()


@pytest.fixture
def faults() -> list[str]:
    """Return what a page did that it should not have done; empty after a good one."""
    return []


@pytest.fixture
def page(
    browser: Browser, server: str, report: str, faults: list[str]
) -> Iterator[Page]:
    """Open a page that is refused every address but the server's and the file's."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()

    def guard(route: Route) -> None:
        if route.request.url.startswith((f"{server}/", report)):
            route.continue_()
        else:
            faults.append(f"asked for {route.request.url}")
            route.abort()

    def listen(said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            faults.append(f"console: {said.text}")

    def dismiss(box: Dialog) -> None:
        faults.append(f"dialog: {box.message}")
        box.dismiss()

    context.route("**/*", guard)
    page.on("console", listen)
    page.on("pageerror", lambda error: faults.append(f"error: {error}"))
    page.on("dialog", dismiss)
    yield page
    context.close()
