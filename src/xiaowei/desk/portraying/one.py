"""The portrait of one enterprise as of a day, while the customer waits."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from xiaowei.desk.portraying.chain import facts_of_others, network_of
from xiaowei.errors import NotFoundError
from xiaowei.facts.lake import Lake
from xiaowei.facts.lookup import Lookup
from xiaowei.facts.parts import schema_of
from xiaowei.facts.sources import FAMILIES, contracts_of
from xiaowei.portraits.consent import ASKING, agreements
from xiaowei.portraits.moments import Moments
from xiaowei.portraits.parts import PARTS, TRAITS
from xiaowei.portraits.portrait import told, undated
from xiaowei.portraits.standing import standing
from xiaowei.portraits.traits import freshness
from xiaowei.portraits.traits.trait import Part, Trait, portrayed

if TYPE_CHECKING:
    import duckdb

_MEMORY: Final = "512MiB"
_LEANING: Final = "statistics_propagation,compressed_materialization"
_INCOMING: Final = "incoming"


class UnknownEnterpriseError(NotFoundError):
    """Nothing was known of an enterprise by a day."""

    def __init__(self, enterprise_id: str, as_of: date) -> None:
        """Name both."""
        super().__init__(
            f"nothing is known of '{enterprise_id}' as of {as_of}",
            expected="the code of an enterprise that a fact known by then is about",
            remedy="Check the code, or give a later day",
        )


class Portrayer:
    """Portrays single enterprises as of one day.

    The plans of all parts of a portrait are made once; for each enterprise only its own
    facts are looked up and the plans run over them. What rests on others' facts, too,
    is worked out for everybody when the portrayer is opened. It sees the lake as it was
    then.
    """

    def __init__(
        self,
        lake: Lake,
        *,
        as_of: date,
        engine: ibis.BaseBackend,
        network: Path | None,
    ) -> None:
        """Make the plans; `portrayer` opens one with an engine of its own."""
        self._as_of = as_of
        self._engine = engine
        self._connection: duckdb.DuckDBPyConnection = engine.con
        self._lookups = {
            family: Lookup(lake.paths(family), family=family)
            for family in FAMILIES
            if lake.holds(family)
        }
        self._filled: dict[str, date] = {}
        facts = {family: self._room_for(family) for family in self._lookups}
        moments = Moments((as_of,))
        self._plans: dict[str, tuple[str, ...]] = {}
        for place, part in enumerate(PARTS):
            if part.alone and part.families and told(part, facts):
                self._prepare(f"part_{place}", portrayed(part, facts, moments), part)
        self._asks = "consents" in facts
        if self._asks:
            self._prepare("agreed", agreements(facts, moments))
        self._shared = self._of_others(lake, moments, network)

    def _room_for(self, family: str) -> ir.Table:
        """Make an empty table for one enterprise's facts of a family."""
        schema = ibis.schema({**schema_of(family), "upto": "date"})
        facts = self._engine.create_table(family, schema=schema, temp=True)
        stated = self._engine.create_table(
            f"stated_{family}", schema=ibis.schema(schema_of(family)), temp=True
        )
        self._prepare(f"standing_{family}", standing(stated, family=family))
        return facts

    def _prepare(self, name: str, table: ir.Table, part: Part | None = None) -> None:
        # The text is what Ibis made of our own expressions; no input is part of it.
        sql = self._engine.compile(table)
        self._connection.execute(f"PREPARE {name} AS {sql}")
        if part is not None:
            self._plans[name] = part.families

    def _of_others(
        self, lake: Lake, moments: Moments, network: Path | None
    ) -> str | None:
        """Work out, for everybody, what rests on others' facts."""
        parts = [part for part in PARTS if not part.alone]
        facts = facts_of_others(lake, engine=self._engine, network=network)
        if not any(told(part, facts) for part in parts):
            return None
        plan = self._engine.compile(undated(facts, moments, parts=parts))
        self._connection.execute(f"CREATE TEMP TABLE shared AS {plan}")
        self._connection.execute("CREATE INDEX shared_by_id ON shared (enterprise_id)")
        return "SELECT * FROM shared WHERE enterprise_id = ?"

    def portrait(self, enterprise_id: str) -> dict[str, Any]:
        """Return the portrait of one enterprise.

        Returns:
            trait name to value, null where it cannot be known; as `portraits` has it.

        Raises:
            UnknownEnterpriseError: no fact known by the day is about it.
        """
        if not self._fill(enterprise_id):
            raise UnknownEnterpriseError(enterprise_id, self._as_of)
        values: dict[str, Any] = {}
        agreed = self._row("EXECUTE agreed") if self._asks else {}
        for name, families in self._plans.items():
            if not self._filled.keys().isdisjoint(families) and self._agrees(
                families, agreed
            ):
                values |= self._row(f"EXECUTE {name}")
        if self._shared is not None:
            values |= self._row(self._shared, enterprise_id)
        for family, last in self._filled.items():
            if self._agrees((family,), agreed):
                values[freshness.name_of(family)] = last
        return {one.name: self._aged(one, values.get(one.name)) for one in TRAITS}

    def _agrees(self, families: Iterable[str], agreed: Mapping[str, Any]) -> bool:
        return not self._asks or all(
            agreed.get(family) for family in families if family in ASKING
        )

    def _row(self, sql: str, *bound: str) -> dict[str, Any]:
        result = self._connection.execute(sql, list(bound) or None)
        row = result.fetchone()
        if row is None:
            return {}
        names = [column[0] for column in result.description or ()]
        return dict(zip(names, row, strict=True))

    def _fill(self, enterprise_id: str) -> bool:
        """Put an enterprise's facts in the place of the last one's.

        Returns:
            whether any of them was known by the day.
        """
        for family in self._filled:
            self._connection.execute(f'DELETE FROM "{family}"')  # noqa: S608
        self._filled.clear()
        for family, lookup in self._lookups.items():
            rows = lookup.rows(enterprise_id)
            rows = rows.filter(self._is_known(rows)) if rows.num_rows else rows
            if rows.num_rows:
                self._put(family, rows)
        return bool(self._filled)

    def _put(self, family: str, rows: pa.Table) -> None:
        self._filled[family] = pc.max(rows["happened_on"]).as_py()
        execute = self._connection.execute
        corrected = contracts_of(family)[0].register or pc.any(rows["again"]).as_py()
        if not corrected:
            rows = rows.append_column("upto", pa.nulls(rows.num_rows, pa.date32()))
        self._connection.register(_INCOMING, rows)
        if corrected:
            execute(f'INSERT INTO "stated_{family}" FROM {_INCOMING}')
            standing_rows = execute(f'EXECUTE "standing_{family}"').to_arrow_table()
            execute(f'DELETE FROM "stated_{family}"')  # noqa: S608
            self._connection.register(_INCOMING, standing_rows)
        execute(f'INSERT INTO "{family}" FROM {_INCOMING}')

    def _is_known(self, rows: pa.Table) -> pa.ChunkedArray:
        day = pa.scalar(self._as_of, pa.date32())
        return pc.and_(
            pc.less_equal(rows["known_on"], day),
            pc.less_equal(rows["happened_on"], day),
        )

    def _aged(self, trait: Trait, value: Any) -> Any:  # noqa: ANN401
        if trait.ages and value is not None:
            return (self._as_of - value).days
        return value


@contextmanager
def portrayer(lake: Lake, *, as_of: date, folder: Path) -> Iterator[Portrayer]:
    """Open a portrayer with an engine of its own.

    Args:
        lake: where the facts are.
        as_of: the day of all its portraits.
        folder: where positions in the supply chain are kept, see `network_of`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    network = network_of(lake, as_of=as_of, folder=folder)
    engine = ibis.duckdb.connect(threads=1, memory_limit=_MEMORY)
    # A plan outlives the rows it was made over: it must not lean on what they were.
    engine.raw_sql(f"SET disabled_optimizers = '{_LEANING}'")
    try:
        yield Portrayer(lake, as_of=as_of, engine=engine, network=network)
    finally:
        engine.disconnect()
