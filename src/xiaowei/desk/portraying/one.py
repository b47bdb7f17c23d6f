"""The portrait of one enterprise as of a day, while the customer waits."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from xiaowei.desk.engines import Tidying, engine
from xiaowei.desk.portraying.chain import facts_of_others, network_of
from xiaowei.desk.portraying.hands import Hand, Hands
from xiaowei.desk.spilling import spilling
from xiaowei.errors import NotFoundError
from xiaowei.facts.lake import Lake
from xiaowei.facts.lookup import Lookup
from xiaowei.facts.parts import schema_of
from xiaowei.facts.sources import FAMILIES, contracts_of
from xiaowei.portraits.consent import ASKING, agreements
from xiaowei.portraits.moments import Moments
from xiaowei.portraits.parts import GRAINS, PARTS, TRAITS
from xiaowei.portraits.portrait import told, undated
from xiaowei.portraits.standing import standing
from xiaowei.portraits.traits import freshness
from xiaowei.portraits.traits.trait import Trait, portrayed

_MEMORY: Final = "512MiB"


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
        known_by: date | None = None,
    ) -> None:
        """Make the plans; `portrayer` opens one with an engine of its own."""
        self._as_of = as_of
        self._known_by = known_by or as_of
        self._engine = engine
        self._lookups = {
            family: Lookup(lake.paths(family), family=family)
            for family in FAMILIES
            if lake.holds(family)
        }
        self._filled: dict[str, date] = {}
        self._tidying = Tidying(engine)
        self._plans: dict[str, tuple[str, ...]] = {}
        facts = {family: self._room_for(family) for family in self._lookups}
        moments = Moments((as_of,))
        self._shared = self._of_others(lake, moments, network)
        self._grains = {
            grain.name: grain.family for grain in GRAINS if grain.family in facts
        }
        for grain in GRAINS:
            if grain.name in self._grains:
                schema = grain.rows(facts, moments).schema()
                engine.create_table(grain.name, schema=schema)
        self._hands = Hands(engine.con)
        self._asks = "consents" in facts
        self._prepare_all(facts, moments)

    def close(self) -> None:
        """Let all go that it holds of the engine."""
        self._hands.close()

    def _room_for(self, family: str) -> ir.Table:
        """Make empty tables for one enterprise's facts of a family, as stated, too."""
        stated = ibis.schema(schema_of(family))
        self._engine.create_table(f"stated_{family}", schema=stated)
        schema = ibis.schema({**schema_of(family), "upto": "date"})
        return self._engine.create_table(family, schema=schema)

    def _prepare_all(self, facts: dict[str, ir.Table], moments: Moments) -> None:
        """Make every plan there is."""
        for family, rows in facts.items():
            stated = self._engine.table(f"stated_{family}")
            upright = standing(stated, family=family).select(*rows.columns)
            self._prepare(f"standing_{family}", upright, into=family)
        for grain in GRAINS:
            if grain.name in self._grains:
                rows = grain.rows(facts, moments)
                self._prepare(f"grain_{grain.name}", rows, into=grain.name)
        plain = {**facts, **{name: self._engine.table(name) for name in self._grains}}
        for place, part in enumerate(PARTS):
            if part.alone and part.families and told(part, facts):
                self._prepare(f"part_{place}", portrayed(part, plain, moments))
                self._plans[f"part_{place}"] = part.families
        if self._asks:
            self._prepare("agreed", agreements(facts, moments))

    def _prepare(self, name: str, table: ir.Table, *, into: str | None = None) -> None:
        # The text is what Ibis made of our own expressions; no input is part of it.
        sql = self._engine.compile(table)
        kept = "" if into is None else f'INSERT INTO "{into}" '
        self._hands.prepare(name, f"{kept}{sql}")

    def _of_others(
        self, lake: Lake, moments: Moments, network: Path | None
    ) -> str | None:
        """Work out, for everybody, what rests on others' facts."""
        parts = [part for part in PARTS if not part.alone]
        facts = facts_of_others(lake, engine=self._engine, network=network)
        if not any(told(part, facts) for part in parts):
            return None
        plan = self._engine.compile(undated(facts, moments, parts=parts))
        self._engine.raw_sql(f"CREATE TABLE shared AS {plan}")
        self._engine.raw_sql("CREATE INDEX shared_by_id ON shared (enterprise_id)")
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
        (agreed,) = self._rows(["EXECUTE agreed"]) if self._asks else [{}]
        plans = [
            f"EXECUTE {name}"
            for name, families in self._plans.items()
            if not self._filled.keys().isdisjoint(families)
            and self._agrees(families, agreed)
        ]
        values: dict[str, Any] = {}
        for row in self._rows(plans):
            values |= row
        if self._shared is not None:
            for row in self._rows([self._shared], enterprise_id):
                values |= row
        for family, last in self._filled.items():
            if self._agrees((family,), agreed):
                values[freshness.name_of(family)] = last
        return {one.name: self._aged(one, values.get(one.name)) for one in TRAITS}

    def _agrees(self, families: Iterable[str], agreed: Mapping[str, Any]) -> bool:
        return not self._asks or all(
            agreed.get(family) for family in families if family in ASKING
        )

    def _rows(self, plans: Iterable[str], *bound: str) -> list[dict[str, Any]]:
        """Return the one row that each plan gives, empty where it gives none."""

        def row(hand: Hand, sql: str) -> dict[str, Any]:
            result = hand.execute(sql, list(bound) or None)
            names = [column[0] for column in result.description or ()]
            return dict(zip(names, result.fetchone() or (), strict=False))

        return self._hands.run(row, plans)

    def _fill(self, enterprise_id: str) -> bool:
        """Put an enterprise's facts in the place of the last one's.

        Returns:
            whether any of them was known by the day.
        """
        self._tidying.turn()

        def refill(hand: Hand, family: str) -> date | None:
            if family in self._filled:
                hand.execute(f'DELETE FROM "{family}"')  # noqa: S608
            rows = self._lookups[family].rows(enterprise_id)
            rows = self._known(rows) if rows.num_rows else rows
            return _put(hand, family, rows) if rows.num_rows else None

        def regrind(hand: Hand, grain: str) -> None:
            hand.execute(f'DELETE FROM "{grain}"')  # noqa: S608
            hand.execute(f"EXECUTE grain_{grain}")

        lasts = self._hands.run(refill, self._lookups)
        told = zip(self._lookups, lasts, strict=True)
        self._filled = {family: last for family, last in told if last is not None}
        self._hands.run(regrind, self._grains)
        return bool(self._filled)

    def _known(self, rows: pa.Table) -> pa.Table:
        """Return the facts that count: had happened, and are known.

        Where corrections count, what became known later stands as if it had been known
        on the day: it is the last to become known, and takes the place of what it
        corrects.
        """
        day, later = (
            pa.scalar(one, pa.date32()) for one in (self._as_of, self._known_by)
        )
        counts = pc.and_(
            pc.less_equal(rows["known_on"], later),
            pc.less_equal(rows["happened_on"], day),
        )
        found = rows.filter(counts)
        if self._known_by == self._as_of:
            return found
        at = found.schema.get_field_index("known_on")
        then = pc.min_element_wise(found["known_on"], day)
        return found.set_column(at, found.schema.field(at), then)

    def _aged(self, trait: Trait, value: Any) -> Any:  # noqa: ANN401
        if trait.ages and value is not None:
            return (self._as_of - value).days
        return value


def _put(hand: Hand, family: str, rows: pa.Table) -> date:
    """Put facts into their room, each with the day until which it stands.

    Returns:
        the last day on which one happened.
    """
    if contracts_of(family)[0].register or pc.any(rows["again"]).as_py():
        hand.from_arrow(rows).insert_into(f"stated_{family}")
        hand.execute(f'EXECUTE "standing_{family}"')
        hand.execute(f'DELETE FROM "stated_{family}"')  # noqa: S608
    else:
        stood = rows.append_column("upto", pa.nulls(rows.num_rows, pa.date32()))
        hand.from_arrow(stood).insert_into(family)
    last: date = pc.max(rows["happened_on"]).as_py()
    return last


@contextmanager
def portrayer(
    lake: Lake, *, as_of: date, folder: Path, known_by: date | None = None
) -> Iterator[Portrayer]:
    """Open a portrayer with an engine of its own.

    Args:
        lake: where the facts are.
        as_of: the day of all its portraits.
        folder: where positions in the supply chain are kept, see `network_of`.
        known_by: what became known until then of what had happened by the day counts,
            too; null for the day. What rests on others' facts stays as known that day.
    """
    folder.mkdir(parents=True, exist_ok=True)
    network = network_of(lake, as_of=as_of, folder=folder)
    with (
        spilling(folder) as spill,
        engine(
            threads=1,
            memory=_MEMORY,
            spill=spill,
            within=(lake.root, folder),
            kept_plans=True,
        ) as opened,
        closing(
            Portrayer(
                lake, as_of=as_of, engine=opened, network=network, known_by=known_by
            )
        ) as one,
    ):
        yield one
