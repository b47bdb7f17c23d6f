"""One county of the demo's size, simulated and written once for all tests."""

from datetime import date

import pytest

from xiaowei.simulate.county import CountyFiles, simulate_county, write_county
from xiaowei.simulate.history import County
from xiaowei.simulate.observed import Observer

UNTIL = date(2025, 6, 30)


@pytest.fixture(scope="session")
def county() -> County:
    return simulate_county(seed=7, firms=300, months=36, until=UNTIL, fraud_share=0.06)


@pytest.fixture(scope="session")
def seen(county: County) -> Observer:
    """Watch that county as its sources do."""
    return Observer(county, seed=(7, 4, 0))


@pytest.fixture(scope="session")
def deceitful() -> County:
    """Simulate a county in which a third of the firms deceive, in every way."""
    return simulate_county(seed=11, firms=400, months=30, until=UNTIL, fraud_share=0.35)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> CountyFiles:
    """Write the same county as files."""
    return write_county(tmp_path_factory.mktemp("demo") / "county", seed=7)


@pytest.fixture(scope="session")
def village(tmp_path_factory: pytest.TempPathFactory) -> CountyFiles:
    """Write a county as small as one may be, for tests that read every file."""
    folder = tmp_path_factory.mktemp("small") / "village"
    return write_county(folder, seed=3, firms=20, months=12, fraud_share=0.3)
