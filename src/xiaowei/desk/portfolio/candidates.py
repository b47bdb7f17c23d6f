"""A file of candidates into options; rows that cannot be used are listed with reasons.

One row per firm and option, in any order. Columns that are due:

    enterprise_id   the firm
    offered_fen     money that a lot offers
    paid_fen        what a lot earns in the year if the firm repays
    lost_fen        what a lot costs if it defaults
    pd              probability of default, 0 to 1
    least_lots      fewest lots, at least 1
    most_lots       most lots

and that may be there:

    option          what the option is called, e.g. a rate; due if a firm has several
    drawn_fen       of the money offered what is expected to be drawn; else all
    capital_fen     capital that a lot binds; due if capital is limited, else 0
    pd_high         upper quantile of the PD
    width           standard deviation of the logit of the PD
    pd_a, pd_b      PDs learnt from either half of the cases
    industry, park, group, tier, product, newcomer   labels; an empty one is unknown.
                    A firm that is known to be in no group has the group -

Amounts are whole fen. All rows of a firm state its own industry, park, group, tier and
newcomer alike.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xiaowei.desk.portfolio.faults import Marked, first_faults, is_null
from xiaowei.errors import InputError
from xiaowei.facts.staging import stage
from xiaowei.offers.portfolio.options import DIMENSIONS, REALS, Options, options_of

DUE: Final = (
    "enterprise_id",
    "offered_fen",
    "paid_fen",
    "lost_fen",
    "pd",
    "least_lots",
    "most_lots",
)
WHOLE: Final = (
    "offered_fen",
    "drawn_fen",
    "capital_fen",
    "paid_fen",
    "lost_fen",
    "least_lots",
    "most_lots",
)
_NUMBER: Final = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that is set aside.

    Args:
        line: in the file.
        reason: what is wrong with it.
    """

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """What a file states.

    Args:
        options: of the rows that can be used.
        rejects: the other rows.
        rows: how many there were.
        unused: columns that mean nothing here.
        stated: columns that were there.
    """

    options: Options
    rejects: tuple[Reject, ...]
    rows: int
    unused: tuple[str, ...]
    stated: frozenset[str]


class CandidatesError(InputError):
    """A file of candidates cannot be used as a whole."""

    def __init__(self, file: str, why: str) -> None:
        """Name the file and what is wrong."""
        super().__init__(
            f"candidates in '{file}': {why}",
            expected="columns " + ", ".join(DUE) + ", and rows that can be used",
            remedy="Mend the file; 'xiaowei allocate --help' lists all columns",
        )


def read_candidates(path: Path) -> Candidates:
    """Return the options that a CSV, XLSX or Parquet file states.

    Args:
        path: the file.

    Raises:
        CandidatesError: a column that is due is not there, or no row can be used.
        InputError: the file as a whole cannot be read, see `facts.staging.stage`.
    """
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "candidates.parquet"
        heads = stage(path, plain)
        table = pq.read_table(plain)
    names = [head.strip() for head in heads]
    twice = sorted({one for one in names if names.count(one) > 1})
    lacking = [one for one in DUE if one not in names]
    if lacking or twice:
        why = [f"no column {', '.join(lacking)}"] if lacking else []
        why += [f"column {', '.join(twice)} stands twice"] if twice else []
        raise CandidatesError(path.name, "; ".join(why))
    known = {*DUE, *WHOLE, *REALS, *DIMENSIONS, "option"}
    columns = {
        name: table.column(f"c{at}").combine_chunks()
        for at, name in enumerate(names)
        if name in known
    }
    return _candidates(
        path.name, table, columns, [one for one in names if one not in known]
    )


def _candidates(
    file: str,
    table: pa.Table,
    columns: Mapping[str, pa.Array],
    unused: Sequence[str],
) -> Candidates:
    count = table.num_rows
    texts = {n: _texts(columns.get(n), count) for n in ("enterprise_id", "option")}
    labels = {n: _texts(columns.get(n), count) for n in DIMENSIONS}
    numbers = {n: _numbers(columns.get(n), count) for n in (*WHOLE, *REALS)}
    _fill(numbers, columns)
    faults = table.column("fault").combine_chunks().to_numpy(zero_copy_only=False)
    reasons = first_faults(faults, texts=texts, labels=labels, numbers=numbers)
    good = is_null(reasons)
    if not good.any():
        worst = f"; line {table['line'][0]}: {reasons[0]}" if count else ""
        raise CandidatesError(file, f"none of {count} rows can be used{worst}")
    lines = table.column("line").to_numpy()
    ready = {n: one.values[good] for n, one in numbers.items()}
    options = options_of(
        {
            **{n: one[good].astype(np.str_) for n, one in texts.items()},
            **ready,
        },
        labels={n: one[good] for n, one in labels.items()},
    )
    bad = np.flatnonzero(~good)
    return Candidates(
        options=options,
        rejects=tuple(Reject(int(lines[at]), str(reasons[at])) for at in bad),
        rows=count,
        unused=tuple(unused),
        stated=frozenset(columns),
    )


def _fill(numbers: dict[str, Marked], columns: Mapping[str, pa.Array]) -> None:
    """Put what a column left out or a cell left empty stands for."""
    drawn, offered = numbers["drawn_fen"], numbers["offered_fen"]
    empty = drawn.empty
    numbers["drawn_fen"] = Marked(
        np.where(empty, offered.values, drawn.values), drawn.bad, np.zeros_like(empty)
    )
    if "capital_fen" not in columns:
        none = np.zeros(len(empty))
        numbers["capital_fen"] = Marked(none, drawn.bad & False, np.zeros_like(empty))


def _texts(column: pa.Array | None, count: int) -> npt.NDArray[np.object_]:
    """Return texts without blanks around them; null where there is nothing."""
    if column is None:
        return np.full(count, None, dtype=object)
    told = pc.utf8_trim_whitespace(column.cast(pa.string()))
    told = pc.if_else(pc.equal(told, ""), None, told)
    found: npt.NDArray[np.object_] = told.to_numpy(zero_copy_only=False)
    return np.where(is_null(found), "", found).astype(object)


def _numbers(column: pa.Array | None, count: int) -> Marked:
    """Return numbers, and where a cell holds none or something else."""
    if column is None:
        nothing = np.full(count, np.nan)
        return Marked(
            nothing, np.zeros(count, dtype=np.bool_), np.ones(count, dtype=np.bool_)
        )
    if pa.types.is_string(column.type):
        told = pc.utf8_trim_whitespace(column)
        told = pc.if_else(pc.equal(told, ""), None, told)
        right = pc.fill_null(pc.match_substring_regex(told, _NUMBER), fill_value=True)
        values = pc.if_else(right, told, None).cast(pa.float64())
        bad = pc.invert(right)
    else:
        told = column
        values = column.cast(pa.float64(), safe=False)
        bad = pa.array(np.zeros(count, dtype=np.bool_))
    return Marked(
        values.to_numpy(zero_copy_only=False).astype(np.float64),
        np.asarray(bad.to_numpy(zero_copy_only=False), dtype=np.bool_),
        np.asarray(pc.is_null(told).to_numpy(zero_copy_only=False), dtype=np.bool_),
    )
