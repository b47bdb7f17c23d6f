"""Every operation, role and owner of a row: what the guide says is what is shown."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa

from xiaowei.policy.access.actor import ROLES, Actor, RoleName
from xiaowei.policy.access.permissions import NotAllowedError, Permissions, Permit
from xiaowei.policy.access.reading import load_permissions
from xiaowei.records.access.scope import fence, reading_as, scoped
from xiaowei.records.journal import Entry, Journal
from xiaowei.records.opening import open_journal
from xiaowei.records.views import View

GUIDE: Final = Path(__file__).parents[3] / "docs" / "access.md"
AT: Final = "2025-07-01T08:00:00+00:00"
OWNERS: Final = {
    "own": ("E1", "B1", "R1"),
    "colleague": ("E2", "B1", "R1"),
    "other_branch": ("E3", "B2", "R1"),
    "other_region": ("E4", "B3", "R2"),
    "none": (None, None, None),
}
SHOWN: Final = {
    "own": {"own"},
    "branch": {"own", "colleague"},
    "region": {"own", "colleague", "other_branch"},
    "all": set(OWNERS),
}
META: Final = sa.MetaData()
CASES: Final = fence(
    sa.Table(
        "cases",
        META,
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("manager", sa.Text),
        sa.Column("branch", sa.Text),
        sa.Column("region", sa.Text),
    )
)
Asked = sa.Select[*tuple[Any, ...]]
FORMS: Final[dict[str, Asked]] = {
    "list": sa.select(CASES.c.name).order_by(CASES.c.name).limit(50),
    "count": sa.select(sa.func.count()).select_from(CASES),
    "export": sa.select(CASES),
    "autocomplete": sa.select(CASES.c.name).where(CASES.c.name.like("o%")),
    "grouped": sa.select(CASES.c.branch, sa.func.count()).group_by(CASES.c.branch),
    **{f"read {name}": sa.select(CASES).where(CASES.c.name == name) for name in OWNERS},
}


def take(connection: sa.Connection, entry: Entry) -> None:
    manager, branch, region = entry.body["owner"]
    connection.execute(
        CASES.insert().values(
            name=entry.body["name"], manager=manager, branch=branch, region=region
        )
    )


VIEW: Final = View("cases", 1, META, {"case": take})


def told() -> dict[tuple[str, RoleName], str]:
    """Read the matrix of the guide: operation and role to how far is seen."""
    rows = re.findall(
        r"^\| `(\w+\.\w+)` [^|]*\|(.*)\|$", GUIDE.read_text("utf-8"), re.M
    )
    cells = {name: [one.strip() for one in rest.split("|")][2:] for name, rest in rows}
    return {
        (name, role): cell
        for name, row in cells.items()
        for role, cell in zip(ROLES, row, strict=True)
    }


@pytest.fixture
def journal(url: str) -> Iterator[Journal]:
    with open_journal(url, views=[VIEW]) as opened:
        for name, owner in OWNERS.items():
            opened.add("case", {"name": name, "owner": owner}, made_at=AT)
        yield opened


def among(names: set[str]) -> dict[str, list[tuple[Any, ...]]]:
    """Say what each form answers where only some rows are there, without SQL."""
    rows = [(name, *OWNERS[name]) for name in sorted(names)]
    branches = {row[2] for row in rows}
    return {
        "list": [(row[0],) for row in rows],
        "count": [(len(rows),)],
        "export": rows,
        "autocomplete": [(row[0],) for row in rows if row[0].startswith("o")],
        "grouped": [(one, sum(row[2] == one for row in rows)) for one in branches],
        **{f"read {name}": [r for r in rows if r[0] == name] for name in OWNERS},
    }


def answers(connection: sa.Connection, form: Asked) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(form)]


def check(journal: Journal, permit: Permit, names: set[str]) -> int:
    """Compare every form of asking with what is due; return how many were."""
    due = among(names)
    with journal.store.reading() as connection:
        for name, form in FORMS.items():
            shown = answers(connection, scoped(form, permit, rows=CASES))
            assert sorted(shown, key=repr) == sorted(due[name], key=repr), (
                permit,
                name,
            )
    if journal.store.kind == "postgresql":
        with reading_as(journal.store, permit) as connection:
            for name, form in FORMS.items():
                # The query forgets to ask: the database shows no more for it.
                shown = answers(connection, form)
                assert sorted(shown, key=repr) == sorted(due[name], key=repr)
    return len(FORMS)


class TestMatrix:
    def test_lists_every_operation_and_role(self) -> None:
        permissions = load_permissions()
        assert set(told()) == {
            (name, role) for name in permissions.operations for role in ROLES
        }

    def test_is_what_is_shown_and_refused(self, journal: Journal) -> None:
        permissions: Permissions = load_permissions()
        refused = asked = 0
        for (operation, role), reach in told().items():
            who = Actor(
                "a", "E1", "B1", "R1", roles={role: permissions.roles[role].reach}
            )
            if reach == "":
                with pytest.raises(NotAllowedError):
                    permissions.permit(who, operation)
                refused += 1
                continue
            permit = permissions.permit(who, operation)
            asked += check(journal, permit, SHOWN[reach])
        cells = len(permissions.operations) * len(ROLES)
        assert refused * len(FORMS) + asked == cells * len(FORMS)
        assert refused > asked / len(FORMS) > 100

    def test_holds_for_every_reach_a_role_may_be_given(self, journal: Journal) -> None:
        for reach, names in SHOWN.items():
            who = Actor("a", "E1", "B1", "R1", roles={"credit_officer": reach})  # type: ignore[dict-item]
            permit = load_permissions().permit(who, "decisions.read")
            check(journal, permit, names)
