"""Spark makes of the same trade what DuckDB makes of it, word for word."""

from pathlib import Path

import ibis
import pytest
from bench.peers.rings import AS_OF, opened, write

from xiaowei.verification.checks.circles import CIRCULAR_TRADE
from xiaowei.verification.checks.kin import RELATED_SALES, SHARED_IDENTITY
from xiaowei.verification.checks.newcomers import NEW_PARTNERS
from xiaowei.verification.checks.templates import SHARED_TEMPLATE
from xiaowei.verification.finding import Case, Check, Finding

pytestmark = [
    # Ibis hands Spark's rows on through pandas, as pandas 2 would have liked it.
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),
    # Spark's own sockets are closed by its Java side, later than by ours.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
CHECKS = (
    CIRCULAR_TRADE,
    SHARED_IDENTITY,
    RELATED_SALES,
    NEW_PARTNERS,
    SHARED_TEMPLATE,
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trade of 300 firms with rings planted in it."""
    place = tmp_path_factory.mktemp("rings")
    write(place, firms=300, invoices=15_000, rings=8)
    return place


def told(check: Check, place: Path, engine: ibis.BaseBackend) -> list[Finding]:
    """What a check says on an engine, in the order of firms."""
    case = Case(facts=opened(place, engine), as_of=AS_OF, industries={})
    return sorted(check.find(case), key=lambda one: one.enterprise_id)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_says_what_duckdb_says(
    check: Check, world: Path, spark: ibis.BaseBackend
) -> None:
    mine = told(check, world, ibis.duckdb.connect())

    assert len(mine) > 10
    assert told(check, world, spark) == mine
