"""Tables of cases as users have them: CSV or Parquet, with the roles of columns."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from xiaowei.errors import InputError
from xiaowei.risk.cases import Days
from xiaowei.risk.sample import Ints

_BADS: Final = frozenset(
    {"1", "1.0", "true", "yes", "y", "是", "bad", "default", "违约"}
)
_GOODS: Final = frozenset({"0", "0.0", "false", "no", "n", "否", "good", "正常"})
_CHUNK: Final = 1 << 20
_LISTED: Final = 8


class TableError(InputError):
    """A table of cases cannot be used."""

    def __init__(self, name: str, why: str, *, expected: str, remedy: str) -> None:
        """Name the table and what is wrong."""
        super().__init__(f"'{name}': {why}", expected=expected, remedy=remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """What the columns of a table are for.

    Args:
        outcome: the column that says who defaulted.
        bad: its value for a default; null where it says 1 or 0, yes or no, 是 or 否.
        decided_on: the column of the day of decision, or null.
        group: the column of the enterprise or owner, or null.
        segment: a column by which the verdict is told apart, such as the region.
        regime: a column of how the economy stood, by which calibration is told apart.
        without: columns that stay out.
        dated: whether the outcome is the day of default, empty where there is none, as
            a model of hazards has it.
    """

    outcome: str
    bad: str | None = None
    decided_on: str | None = None
    group: str | None = None
    segment: str | None = None
    regime: str | None = None
    without: tuple[str, ...] = ()
    dated: bool = False

    @property
    def aside(self) -> set[str]:
        """The columns that are no traits."""
        named = {self.outcome, self.decided_on, self.group, *self.without}
        return {name for name in named if name}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTable:
    """A table of cases whose outcome is known.

    Args:
        name: of its file.
        sha256: of its file.
        traits: Shape: (cases, traits).
        bad: Shape: 1 for a default, 0 else.
        decided_on: Shape: one day per case, or null.
        groups: one name per case, or null.
        segments: one name per case, or null.
        unknown: how many rows were set aside as their outcome is not stated.
        defaulted_on: Shape: the day of each default, NaT where there is none; null
            where the table does not state days.
    """

    name: str
    sha256: str
    traits: pd.DataFrame
    bad: Ints
    decided_on: Days | None
    groups: list[str] | None
    segments: list[str] | None
    unknown: int
    defaulted_on: Days | None = None


def read_table(path: Path, *, texts: Collection[str] = ()) -> pd.DataFrame:
    """Return a table from a file of CSV (UTF-8, one line of names) or Parquet.

    Args:
        path: the file.
        texts: columns of CSV that are read as text whatever they look like.

    Raises:
        TableError: it cannot be read; the line is named where the reader names it.
    """
    try:
        if path.suffix.lower() == ".parquet":
            table = pq.read_table(path)
        else:
            table = pc.read_csv(
                path,
                convert_options=pc.ConvertOptions(
                    strings_can_be_null=True,
                    column_types={name: pa.string() for name in texts},
                ),
            )
            broken = [f.name for f in table.schema if pa.types.is_binary(f.type)]
            if broken:
                raise TableError(
                    path.name,
                    f"column {', '.join(map(repr, broken))} is not written in UTF-8",
                    expected="a file of CSV in UTF-8 with a line of names",
                    remedy="Save it as UTF-8 and give it again",
                )
    except (OSError, pa.ArrowException) as error:
        raise TableError(
            path.name,
            " ".join(str(error).split()),
            expected="a file of CSV in UTF-8 with a line of names, or of Parquet",
            remedy="Write it so and give it again",
        ) from error
    return table.to_pandas()


def cases_of(path: Path, roles: Roles) -> CaseTable:
    """Return a table of cases by the roles of its columns.

    Args:
        path: the file.
        roles: of its columns.

    Raises:
        TableError: a column is not there, or the outcome or a day cannot be read.
    """
    frame = read_table(path)
    named = (*roles.aside, roles.segment, roles.regime)
    _need(frame, [name for name in named if name], path.name)
    stated = frame[roles.outcome].notna().to_numpy() | roles.dated
    frame = frame[stated].reset_index(drop=True)
    fell = days_of(frame[roles.outcome], path.name) if roles.dated else None
    return CaseTable(
        name=path.name,
        sha256=sha256_of(path),
        traits=frame[[c for c in frame.columns if c not in roles.aside]],
        bad=bads_of(frame[roles.outcome], bad=roles.bad, file=path.name)
        if fell is None
        else (~np.isnat(fell)).astype(np.int64),
        decided_on=days_of(frame[roles.decided_on], path.name)
        if roles.decided_on
        else None,
        groups=_names(frame, roles.group),
        segments=_names(frame, roles.segment),
        unknown=int((~stated).sum()),
        defaulted_on=fell,
    )


def picked(frame: pd.DataFrame, traits: Sequence[str], *, file: str) -> pd.DataFrame:
    """Return some columns of a table, in the order asked for.

    Raises:
        TableError: one is not there.
    """
    _need(frame, traits, file)
    return frame[list(traits)]


def bads_of(column: "pd.Series[Any]", *, bad: str | None, file: str) -> Ints:
    """Return who defaulted, 1 or 0, by a column that states it for every row.

    Args:
        column: of the outcome.
        bad: its value for a default; null where it says 1 or 0, yes or no, 是 or 否.
        file: what the table is called in errors.

    Raises:
        TableError: it says something else.
    """
    texts = column.astype(str).str.strip()
    if bad is not None:
        return np.asarray(texts == bad, dtype=np.int64)
    lower = texts.str.lower()
    strange = sorted(set(texts[~lower.isin(_BADS | _GOODS)]))
    if strange:
        shown = ", ".join(repr(one) for one in strange[:_LISTED])
        raise TableError(
            file,
            f"outcome '{column.name}' holds {shown}",
            expected="1 or 0, yes or no, 是 or 否",
            remedy="Name the value of a default with --bad VALUE",
        )
    return np.asarray(lower.isin(_BADS), dtype=np.int64)


def days_of(column: "pd.Series[Any]", file: str, *, first_line: int = 2) -> Days:
    """Return days by a column, NaT where it states none.

    Args:
        column: of days.
        file: what the table is called in errors.
        first_line: of the file, at which the column begins.

    Raises:
        TableError: a cell holds something else; its line is named.
    """
    found = pd.to_datetime(column, errors="coerce", format="mixed")
    strange = column[found.isna() & column.notna()]
    if len(strange):
        line = int(strange.index[0]) + first_line
        raise TableError(
            file,
            f"line {line}, column '{column.name}': '{strange.iloc[0]}' is no day",
            expected="days such as 2024-01-31",
            remedy="Mend the column, or leave the cell empty",
        )
    return np.asarray(found.to_numpy(), dtype="datetime64[D]")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _need(frame: pd.DataFrame, names: Sequence[str], file: str) -> None:
    absent = [name for name in names if name not in frame.columns]
    if absent:
        raise TableError(
            file,
            f"no column {', '.join(map(repr, absent))}",
            expected="columns of the table, which are "
            + ", ".join(map(str, frame.columns)),
            remedy="Correct the name",
        )


def _names(frame: pd.DataFrame, column: str | None) -> list[str] | None:
    return None if column is None else frame[column].astype(str).tolist()
