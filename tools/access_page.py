"""Writes the matrix of docs/access.md: what each role may do, as the YAML says.

python tools/access_page.py [--check]
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from xiaowei.policy.access.actor import REACHES, ROLES
from xiaowei.policy.access.permissions import Permissions
from xiaowei.policy.access.reading import load_permissions

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "access.md"
BEGIN: Final = "<!-- by tools/access_page.py -->"
END: Final = "<!-- end -->"


def matrix(permissions: Permissions) -> str:
    """Return roles, and what each may do, as two tables in Markdown."""
    return "\n".join([*_roles(permissions), "", *_operations(permissions)])


def written(page: str, permissions: Permissions) -> str:
    """Return the page with its matrix made anew."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{matrix(permissions)}\n{END}{after}"


def _roles(permissions: Permissions) -> Iterator[str]:
    yield "| role | 角色 | sees | at most | never together with |"
    yield "| --- | --- | --- | --- | --- |"
    for name in ROLES:
        role = permissions.roles[name]
        others = sorted(
            other
            for pair in permissions.apart
            if name in pair
            for other in pair - {name}
        )
        apart = ", ".join(f"`{other}`" for other in others) or "–"
        reach, most = REACHES[role.reach], REACHES[role.most]
        yield (
            f"| `{name}` {role.said.en} | {role.said.zh} | {reach.en} {reach.zh} | "
            f"{most.en} {most.zh} | {apart} |"
        )


def _operations(permissions: Permissions) -> Iterator[str]:
    heads = [permissions.roles[name].said.zh for name in ROLES]
    yield "| operation | 操作 | | " + " | ".join(heads) + " |"
    yield "| --- | --- | --- |" + " --- |" * len(ROLES)
    for name, one in permissions.operations.items():
        marks = "".join(
            mark
            for mark, holds in (
                ("✎", one.act == "change"),
                ("⧖", one.fresh),
                ("②", one.checked),
            )
            if holds
        )
        cells = [
            permissions.roles[role].reach if role in one.roles else "" for role in ROLES
        ]
        yield (
            f"| `{name}` {one.said.en} | {one.said.zh} | {marks} | "
            + " | ".join(cells)
            + " |"
        )


def main() -> None:
    """Write the page, or with --check fail where it is not current."""
    held = PAGE.read_text(encoding="utf-8")
    text = written(held, load_permissions())
    if "--check" not in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
    elif text != held:
        sys.exit("docs/access.md is not current: run 'python tools/access_page.py'")


if __name__ == "__main__":
    main()
