"""Rows are seen as far as a permit reaches, by the query and by the database."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import get_args

import pytest
import sqlalchemy as sa

from xiaowei.policy.access.actor import Actor, Reach
from xiaowei.policy.access.permissions import Permit
from xiaowei.records.access.apart import two_persons
from xiaowei.records.access.scope import (
    READER,
    UnfencedError,
    UnownedError,
    fence,
    fence_behind,
    reading_as,
    scoped,
)
from xiaowei.records.journal import Entry, Journal
from xiaowei.records.opening import open_journal
from xiaowei.records.store import Store
from xiaowei.records.views import View

AT = "2025-07-01T08:00:00+00:00"
META = sa.MetaData()
FIRMS = fence(
    sa.Table(
        "firms",
        META,
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("manager", sa.Text, nullable=False),
        sa.Column("branch", sa.Text),
        sa.Column("region", sa.Text),
    )
)
# Its name comes before that of the table it stands behind, as it does in creation.
CALLS = fence_behind(
    sa.Table("calls", META, sa.Column("firm", sa.BigInteger)), "firm", FIRMS
)
VISITS = sa.Table(
    "visits", META, sa.Column("firm", sa.BigInteger), sa.Column("note", sa.Text)
)
OWNED = [
    ("E1", "B1", "R1"),
    ("E2", "B1", "R1"),
    ("E3", "B2", "R1"),
    ("E4", "B3", "R2"),
    ("E5", None, None),
    ("E6", "", ""),
]
ACTORS = [
    Actor("one", "E1", "B1", "R1"),
    Actor("two", "E2", "B1", "R1"),
    Actor("three", "E3", "B2", "R1"),
    Actor("four", "E4", "B3", "R2"),
    Actor("five", "E5"),
    Actor("deputy", "E9", "B3", "R2", acts_for=frozenset({"E1"})),
    Actor("sly", "E1,E2", "B' OR '1'='1", "R2"),
]


def take(connection: sa.Connection, entry: Entry) -> None:
    manager, branch, region = entry.body["owner"]
    connection.execute(
        FIRMS.insert().values(
            number=entry.seq, manager=manager, branch=branch, region=region
        )
    )
    connection.execute(VISITS.insert().values(firm=entry.seq, note="x"))
    connection.execute(CALLS.insert().values(firm=entry.seq))


VIEW = View("firms", 1, META, {"firm": take})


def seen_by_rule(permit: Permit) -> set[str]:
    """Say which managers' rows a permit reaches, in no SQL at all."""
    who = permit.actor
    nothing = {None, ""}
    return {
        manager
        for manager, branch, region in OWNED
        if permit.reach == "all"
        or (permit.reach == "own" and manager in {who.person, *who.acts_for})
        or (permit.reach == "branch" and branch == who.branch not in nothing)
        or (permit.reach == "region" and region == who.region not in nothing)
    }


def permits() -> list[Permit]:
    return [
        Permit(who, "firms.read", reach) for who in ACTORS for reach in get_args(Reach)
    ]


@pytest.fixture
def journal(url: str) -> Iterator[Journal]:
    with open_journal(url, views=[VIEW]) as opened:
        for owner in OWNED:
            opened.add("firm", {"owner": owner}, made_at=AT)
        yield opened


on_postgresql = pytest.mark.parametrize("url", ["postgresql"], indirect=True)
"""SQLite has no roles and no fence: there the query builder stands alone."""


class TestScoped:
    def test_shows_what_the_permit_reaches_and_no_more(self, journal: Journal) -> None:
        for permit in permits():
            with journal.store.reading() as connection:
                asked = scoped(sa.select(FIRMS.c.manager), permit, rows=FIRMS)
                shown = set(connection.execute(asked).scalars())
            assert shown == seen_by_rule(permit), permit

    def test_holds_for_counts_joins_and_exports_alike(self, journal: Journal) -> None:
        for permit in permits():
            counted = scoped(
                sa.select(sa.func.count()).select_from(FIRMS), permit, rows=FIRMS
            )
            joined = scoped(
                sa.select(VISITS.c.note).join(FIRMS, FIRMS.c.number == VISITS.c.firm),
                permit,
                rows=FIRMS,
            )
            with reading_as(journal.store, permit) as connection:
                count = connection.execute(counted).scalar()
            with journal.store.reading() as connection:
                notes = connection.execute(joined).all()
            assert count == len(notes) == len(seen_by_rule(permit))

    def test_refuses_a_table_that_says_not_whose_its_rows_are(self) -> None:
        with pytest.raises(UnownedError, match="visits"):
            scoped(sa.select(VISITS), permits()[0], rows=VISITS)
        with pytest.raises(UnownedError, match="visits"):
            fence(VISITS)


class TestFence:
    def test_holds_on_postgresql_where_a_query_forgets_to_ask(
        self, journal: Journal
    ) -> None:
        forgot = sa.select(FIRMS.c.manager)
        for permit in permits():
            with reading_as(journal.store, permit) as connection:
                shown = set(connection.execute(forgot).scalars())
            fenced = journal.store.kind == "postgresql"
            everything = {manager for manager, _, _ in OWNED}
            assert shown == (seen_by_rule(permit) if fenced else everything)

    @on_postgresql
    def test_holds_for_tables_behind_it(self, journal: Journal) -> None:
        asked = sa.select(sa.func.count()).select_from(CALLS)
        for permit in permits():
            with reading_as(journal.store, permit) as connection:
                shown = connection.execute(asked).scalar()
            assert shown == len(seen_by_rule(permit))
        with (
            pytest.raises(sa.exc.ProgrammingError, match="permission denied"),
            reading_as(journal.store, permits()[3]) as connection,
        ):
            connection.execute(sa.select(VISITS))

    @on_postgresql
    def test_shows_a_reader_nothing_before_anything_is_set(
        self, journal: Journal
    ) -> None:
        with journal.store.reading() as connection:
            connection.exec_driver_sql(f"SET LOCAL ROLE {READER}")
            assert connection.execute(sa.select(FIRMS)).all() == []

    @on_postgresql
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE firms SET manager = 'E1'",
            "DELETE FROM firms",
            "INSERT INTO firms VALUES (99, 'E1', 'B1', 'R1')",
            "SELECT hash FROM passwords",
            "SELECT digest FROM sessions",
            "CREATE TABLE mine (x int)",
        ],
    )
    def test_lets_a_reader_do_nothing_but_read(
        self, journal: Journal, statement: str
    ) -> None:
        with (
            pytest.raises(sa.exc.ProgrammingError, match="permission denied"),
            reading_as(journal.store, permits()[3]) as connection,
        ):
            connection.exec_driver_sql(statement)

    def test_stands_again_when_the_view_is_built_anew(self, journal: Journal) -> None:
        with journal.store.writing() as connection:
            VIEW.rebuild(connection)
        permit = permits()[0]
        with reading_as(journal.store, permit) as connection:
            shown = connection.execute(sa.select(FIRMS.c.manager)).scalars().all()
        assert (set(shown) == {"E1"}) is (journal.store.kind == "postgresql")

    @on_postgresql
    def test_leaks_nothing_through_the_pool_in_a_thousand_requests(
        self, journal: Journal
    ) -> None:
        chosen = random.Random(11).choices(permits(), k=1000)  # noqa: S311 - a test's
        forgot = sa.select(FIRMS.c.manager)

        def ask(permit: Permit) -> bool:
            with reading_as(journal.store, permit) as connection:
                shown = set(connection.execute(forgot).scalars())
            return shown == seen_by_rule(permit)

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(ask, chosen))
        with journal.store.reading() as connection:
            user, reach = connection.execute(
                sa.text("SELECT current_user, current_setting('xiaowei.reach', true)")
            ).one()
        assert user != READER
        assert not reach

    @on_postgresql
    def test_that_cannot_hold_is_said_and_shows_nothing(
        self, journal: Journal, url: str
    ) -> None:
        with journal.store.writing() as connection:
            connection.exec_driver_sql("CREATE ROLE outsider LOGIN")
        try:
            apart = sa.make_url(url).set(username="outsider")
            store = Store(apart.render_as_string(hide_password=False))
            with (
                pytest.raises(UnfencedError, match="outsider"),
                reading_as(store, permits()[0]),
            ):
                pass
            store.close()
        finally:
            with journal.store.writing() as connection:
                connection.exec_driver_sql("DROP ROLE outsider")


class TestTwoPersons:
    def test_are_two_in_the_database_as_well(self, url: str) -> None:
        meta = sa.MetaData()
        approvals = sa.Table(
            "approvals",
            meta,
            sa.Column("number", sa.Integer, primary_key=True),
            sa.Column("maker", sa.Text, nullable=False),
            sa.Column("checker", sa.Text),
            two_persons(),
        )
        store = Store(url)
        with store.writing() as connection:
            meta.create_all(connection)
            connection.execute(approvals.insert().values(number=1, maker="E1"))
            connection.execute(
                approvals.insert().values(number=2, maker="E1", checker="E2")
            )
        for statement in (
            approvals.insert().values(number=3, maker="E1", checker="E1"),
            approvals.update().where(approvals.c.number == 1).values(checker="E1"),
        ):
            with (
                pytest.raises(sa.exc.IntegrityError, match="maker_is_never_checker"),
                store.writing() as connection,
            ):
                connection.execute(statement)
        store.close()
