"""How the rows of a named expression are read: each time anew, or by a kept plan."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import ibis.expr.types as ir

Row = dict[str, Any]


class Rows(Protocol):
    """Reads the rows of an expression."""

    def __call__(self, name: str, make: Callable[[], ir.Table], /) -> list[Row]:
        """Return the rows.

        Args:
            name: of the expression; the same name always means the same expression.
            make: gives it; not asked where a plan of that name is kept.
        """
        ...


def anew(name: str, make: Callable[[], ir.Table], /) -> list[Row]:
    """Return the rows of an expression, planned for this once.

    Args:
        name: not looked at.
        make: gives the expression.
    """
    del name
    found: list[Row] = make().to_pyarrow().to_pylist()
    return found


def of_firms(table: ir.Table, enterprises: Sequence[str] | None) -> ir.Table:
    """Return the rows of some enterprises.

    Args:
        table: Shape: any number of rows per `enterprise_id`.
        enterprises: whose; None for all that there are.
    """
    if enterprises is None:
        return table
    return table.filter(table.enterprise_id.isin(list(enterprises)))
