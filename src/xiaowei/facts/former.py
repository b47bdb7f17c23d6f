"""Former names of enterprises in; the names borne by a day out."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import pyarrow as pa

from xiaowei.errors import InputError

FORMER: pa.Schema = pa.schema(
    [
        ("enterprise_id", pa.string()),
        ("name", pa.string()),
        ("from_day", pa.date32()),
        ("until_day", pa.date32()),
    ]
)
"""One row per name an enterprise bore: from its first day until the first it no longer
bore it; a missing first day is before all days, a missing last day after all."""


class Borne(NamedTuple):
    """A name that an enterprise bore."""

    enterprise_id: str
    name: str


class BackwardNameError(InputError):
    """A name ends before it begins."""

    def __init__(self, enterprise_id: str, *, began: date, ended: date) -> None:
        """Name the enterprise and the days."""
        super().__init__(
            f"enterprise '{enterprise_id}' has a name from {began} until {ended}",
            expected="a last day after the first day",
            remedy="Mend the two days in the registry's changes",
        )


def borne_by(former: pa.Table, *, as_of: date) -> Iterator[Borne]:
    """Return every name that an enterprise had begun to bear by a day.

    Args:
        former: Shape: one row per name, as `FORMER`.
        as_of: names that begin later are not known yet.

    Raises:
        BackwardNameError: a name ends on or before the day it begins.
    """
    for row in former.select(FORMER.names).to_pylist():
        began, ended = row["from_day"], row["until_day"]
        if began is not None and ended is not None and ended <= began:
            raise BackwardNameError(row["enterprise_id"], began=began, ended=ended)
        if row["name"] is None or (began is not None and began > as_of):
            continue
        yield Borne(row["enterprise_id"], row["name"])
