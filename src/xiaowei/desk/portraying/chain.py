"""The position of each enterprise in the supply chain, worked out once a month."""

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

from xiaowei.facts.lake import Lake
from xiaowei.facts.parts import schema_of
from xiaowei.portraits.network import FAMILY, network_facts
from xiaowei.portraits.parts import PARTS

_NO_INVOICES: Final = "no_invoices"
_FROM: Final = ("invoices", "enterprises", "consents")
"""The families that positions rest on."""


def month_end_by(day: date) -> date:
    """Return the last month end by a day.

    >>> month_end_by(date(2020, 2, 28)), month_end_by(date(2020, 2, 29))
    (datetime.date(2020, 1, 31), datetime.date(2020, 2, 29))
    """
    tomorrow = day + timedelta(days=1)
    return tomorrow.replace(day=1) - timedelta(days=1)


def with_network(
    facts: Mapping[str, ir.Table], *, as_of: date, engine: ibis.BaseBackend
) -> dict[str, ir.Table]:
    """Return facts with the family `network` of the last month end by a day.

    Args:
        facts: of any day; without invoices nothing is added.
        as_of: the day.
        engine: reads the facts.
    """
    if "invoices" not in facts:
        return dict(facts)
    table = network_facts(facts, [month_end_by(as_of)], engine=engine)
    return {**facts, FAMILY: ibis.memtable(table)}


def network_of(lake: Lake, *, as_of: date, folder: Path) -> Path | None:
    """Return the file with the positions of the last month end by a day.

    It is worked out where the folder does not have it, and again where facts that were
    known by that month end have come to the lake since.

    Args:
        lake: where the facts are.
        as_of: the day.
        folder: where such files are kept; what it holds can be made again.

    Returns:
        Parquet, see `network_facts`; null where no invoice is held.
    """
    if not lake.holds("invoices"):
        return None
    day = month_end_by(as_of)
    parts = [
        path.relative_to(lake.root).as_posix()
        for family in _FROM
        for path in lake.paths(family)
        if _first_known(path) <= day
    ]
    mark = hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()[:16]
    path = folder / f"network-{day.isoformat()}-{mark}.parquet"
    if not path.exists():
        for old in folder.glob("network-*.parquet"):
            old.unlink(missing_ok=True)
        facts = {family: lake.facts(family) for family in _FROM if lake.holds(family)}
        table = network_facts(facts, [day], engine=lake.engine)
        # Several may make it at once, each by a name of its own; the last one stays.
        fresh = path.with_suffix(f".{uuid4().hex}.new")
        pq.write_table(table, fresh)
        fresh.replace(path)
    return path


def facts_of_others(
    lake: Lake, *, engine: ibis.BaseBackend, network: Path | None
) -> dict[str, ir.Table]:
    """Return the facts that the parts of a portrait need which look at others.

    Of invoices, which are many, none: positions are told by the network, and who agrees
    to have them looked at by the consents.

    Args:
        lake: where the facts are.
        engine: what reads them.
        network: see `network_of`.
    """
    needed = {family for one in PARTS if not one.alone for family in one.families}
    small = (needed | {"consents"}) - {FAMILY, "invoices"}
    paths = {family: lake.paths(family) for family in small}
    facts = {
        family: engine.read_parquet(
            list(files), table_name=f"all_{family}", hive_partitioning=False
        )
        for family, files in sorted(paths.items())
        if files
    }
    if network is not None:
        facts[FAMILY] = engine.read_parquet(network, table_name="all_network")
        facts["invoices"] = _no_invoices(engine)
    return facts


def _no_invoices(engine: ibis.BaseBackend) -> ir.Table:
    if _NO_INVOICES in engine.list_tables():
        return engine.table(_NO_INVOICES)
    schema = ibis.schema(schema_of("invoices"))
    return engine.create_table(_NO_INVOICES, schema=schema, temp=True)


def _first_known(path: Path) -> date:
    known = pq.read_metadata(path)
    names = [known.schema.column(place).name for place in range(known.num_columns)]
    place = names.index("known_on")
    days: list[date] = [
        known.row_group(group).column(place).statistics.min
        for group in range(known.num_row_groups)
    ]
    return min(days)
