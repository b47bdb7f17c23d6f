"""A lake of any size with facts of every source, written bucket by bucket.

The facts are no economy: amounts, days and partners have a spread like that of real
ones, and the layout is the lake's, which is all that speed depends on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from bench.peers.rows import EPOCH, Ints, Rows, days
from bench.peers.sayings import said

from xiaowei.facts.lake import Lake
from xiaowei.facts.manifest import FileAccount, mark_of
from xiaowei.facts.parts import BUCKETS, arrow_of, bucket_of, write_parts
from xiaowei.facts.sources import FAMILIES, contracts_of
from xiaowei.portraits.standing import about

SEED: Final = 7
LAST: Final = date(2026, 6, 10)
"""No fact happens later; five days on all are known."""
QUIET: Final = date(2026, 6, 16)
"""All facts are known, and for weeks no day comes that one of them states."""
MONTHS: Final = 36
CORRECTED: Final = 0.03
_KNOWN: Final = (LAST - EPOCH).days + 5
_FIRMS: Final = 4096
"""So many enterprises are held in memory."""
_LATE: Final = (0, 0, 1, 3)
"""Days from happening to being known, equally often."""
_ALPHABET: Final = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", np.uint8)
_BATCH_ROWS: Final = 50_000
_X: Final = _ALPHABET.tobytes().index(b"X")
_NEW_PLACE: Final = 90_000
_SPREAD: Final = 1.0
"""Of the logarithm of how many facts an enterprise has."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How many facts of a family there are.

    Args:
        rows: of an enterprise that has any: on average, or one in each of the last so
            many months where they are monthly.
        share: of the enterprises that have any.
        monthly: whether there is one a month.
    """

    rows: int
    share: float = 1.0
    monthly: bool = False


AMOUNTS: Final = {
    "enterprises": Amount(1),
    "owners": Amount(3),
    "registry_changes": Amount(1),
    "invoices": Amount(50),
    "invoice_limits": Amount(1),
    "tax_filings": Amount(24, monthly=True),
    "tax_credit": Amount(3),
    "electricity": Amount(36, share=0.9, monthly=True),
    "meters": Amount(1, share=0.9),
    "water": Amount(36, share=0.4, monthly=True),
    "utility_bills": Amount(24, share=0.5, monthly=True),
    "bank_flows": Amount(50, share=0.9),
    "social_security": Amount(36, share=0.9, monthly=True),
    "payroll": Amount(36, share=0.5, monthly=True),
    "bureau_loans": Amount(12, share=0.6, monthly=True),
    "bureau_guarantees": Amount(1, share=0.2),
    "bureau_enquiries": Amount(3, share=0.6),
    "court_cases": Amount(1, share=0.2),
    "intellectual_property": Amount(2, share=0.2),
    "memberships": Amount(1, share=0.5),
    "surveys": Amount(2, share=0.2),
    "training": Amount(2, share=0.2),
    "consents": Amount(1),
    "loans": Amount(1, share=0.3),
    "repayments": Amount(12, share=0.3, monthly=True),
    "applications": Amount(1, share=0.4),
    "credit_history": Amount(1, share=0.2),
    "declarations": Amount(1, share=0.4),
    "statements": Amount(3, share=0.8),
    "order_claims": Amount(2, share=0.4),
}


def build(
    folder: str,
    *,
    enterprises: int,
    families: Sequence[str] = FAMILIES,
    invoices: int = 50,
) -> dict[str, int]:
    """Write a lake.

    Args:
        folder: where; made here.
        enterprises: how many.
        families: which facts.
        invoices: of an enterprise, on average.

    Returns:
        family to number of facts.
    """
    lake = Lake(Path(folder), engine=ibis.duckdb.connect(threads=1))
    codes = codes_of(enterprises, np.random.default_rng(SEED))
    amounts = {**AMOUNTS, "invoices": Amount(invoices)}
    counts = {}
    for family in families:
        drawn = Drawn(family, codes=codes, amount=amounts[family])
        mark = mark_of(family, family)
        parts = write_parts(drawn, family=family, mark=mark, root=lake.root)
        enter(lake, family, digest=family, rows=drawn.count, parts=parts)
        counts[family] = drawn.count
    return counts


def books(*, lake: str, into: str) -> None:
    """Make a lake of another lake's invoices alone, without copying them.

    Args:
        lake: the folder of the other.
        into: a folder, made here.
    """
    other, folder = Path(lake).resolve(), Path(into)
    folder.mkdir()
    (folder / "invoices").symlink_to(other / "invoices", target_is_directory=True)
    own = Lake(folder, engine=ibis.duckdb.connect(threads=1))
    paths = Lake(other, engine=own.engine).paths("invoices")
    parts = tuple(path.relative_to(other).as_posix() for path in paths)
    enter(own, "invoices", digest="invoices", rows=1, parts=parts)


def news(*, lake: str, enterprises: int, share: float, day: str) -> int:
    """Add an invoice of a day to a share of a lake's enterprises.

    Args:
        lake: its folder.
        enterprises: how many it holds.
        share: of them.
        day: after `QUIET`, ISO; the invoices happened and became known on it.

    Returns:
        how many.
    """
    own = Lake(Path(lake), engine=ibis.duckdb.connect(threads=1))
    codes = codes_of(enterprises, np.random.default_rng(SEED))
    count = max(round(enterprises * share), 1)
    rng = np.random.default_rng([SEED, count])
    firm = np.sort(rng.choice(enterprises, count, replace=False))
    when = (date.fromisoformat(day) - EPOCH).days
    place = np.full(count, _NEW_PLACE + when % 1000)
    rows = Rows(rng, firm, place, np.full(count, when), codes)
    table = told(rows, "invoices", first_line=0, until=when)
    mark = mark_of(day, "invoices")
    batches = table.to_batches(max_chunksize=_BATCH_ROWS)
    parts = write_parts(batches, family="invoices", mark=mark, root=own.root)
    enter(own, "invoices", digest=day, rows=count, parts=parts)
    return count


def enter(
    lake: Lake, family: str, *, digest: str, rows: int, parts: tuple[str, ...]
) -> None:
    """Let parts that were written count."""
    account = FileAccount(
        file=f"{digest}.csv",
        source=contracts_of(family)[0].name,
        digest=digest,
        rows=rows,
        accepted=rows,
        quarantined=0,
        duplicates=0,
        accepted_amount_fen=None,
        unused=(),
        notes={},
        parts=parts,
    )
    lake.list_file(account)


def codes_of(count: int, rng: np.random.Generator) -> pa.Array:
    """Return unified credit codes with valid check digits, by bucket and then sorted.

    Args:
        count: how many.
        rng: of the order in which they were given out.
    """
    numbers = rng.permutation(count)
    digits = numbers[:, None] // 10 ** np.arange(7, -1, -1) % 10
    weights = np.array([3, 7, 9, 10, 5, 8, 4, 2])
    check = np.array([0, *range(1, 10), _X, 0])[11 - digits @ weights % 11]
    head = np.tile(np.array([9, 1, 3, 5, 0, 2, 1, 1]), (count, 1))
    body = np.column_stack([head, digits, check])
    last = -(body @ np.array([pow(3, n, 31) for n in range(17)])) % 31
    letters = np.ascontiguousarray(_ALPHABET[np.column_stack([body, last])])
    codes = np.sort(letters.view("S18").ravel()).astype("U18")
    buckets = np.array([bucket_of(code) for code in codes.tolist()], np.int64)
    return pa.array(codes[np.argsort(buckets, kind="stable")])


@dataclass(slots=True)
class Drawn:
    """The facts of a family, drawn while they are iterated over.

    Args:
        family: whose.
        codes: of all enterprises, by bucket and then sorted.
        amount: how many facts there are.
    """

    family: str
    codes: pa.Array
    amount: Amount
    count: int = field(default=0, init=False)

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """Yield facts by bucket, then by enterprise and day."""
        for firms in _slices(self.codes):
            rng = np.random.default_rng([SEED, FAMILIES.index(self.family), firms[0]])
            rows = self._rows(firms, rng)
            if not rows.count:
                continue
            table = told(rows, self.family, first_line=self.count, until=_KNOWN)
            self.count += table.num_rows
            yield from table.to_batches(max_chunksize=_BATCH_ROWS)

    def _rows(self, firms: Ints, rng: np.random.Generator) -> Rows:
        has = firms[rng.random(len(firms)) < self.amount.share]
        if self.amount.monthly or self.amount.rows == 1:
            counts = np.full(len(has), self.amount.rows)
        else:
            weights = np.exp(rng.normal(-_SPREAD / 2, _SPREAD, len(has)))
            counts = np.maximum(rng.poisson(self.amount.rows * weights), 1)
        firm = np.repeat(has, counts)
        place = np.arange(len(firm)) - np.repeat(np.cumsum(counts) - counts, counts)
        end = (LAST - EPOCH).days
        if self.amount.monthly:
            month = np.datetime64(LAST, "M") - place
            day = month.astype("datetime64[D]").astype(np.int64) + rng.integers(
                0, LAST.day, len(firm)
            )
        else:
            day = end - rng.integers(0, MONTHS * 365 // 12, len(firm))
        return Rows(rng, firm, place, day, self.codes)


def _slices(codes: pa.Array) -> Iterator[Ints]:
    """Yield places of enterprises of one bucket, so many at once."""
    buckets = np.array([bucket_of(code) for code in codes.to_pylist()], np.int64)
    bounds = np.searchsorted(buckets, np.arange(BUCKETS + 1))
    for start, stop in pairwise(bounds):
        for first in range(start, stop, _FIRMS):
            yield np.arange(first, min(first + _FIRMS, stop), dtype=np.int64)


def told(rows: Rows, family: str, *, first_line: int, until: int) -> pa.Table:
    """Return facts and their corrections, sorted by enterprise and day.

    Args:
        rows: whose facts.
        family: what they are.
        first_line: the line of the first.
        until: all are known by this day, counted from 1970.
    """
    source = contracts_of(family)[0]
    columns = said(rows, source)
    late = rows.rng.choice(_LATE, rows.count)
    known = rows.day + late
    picked = _corrected(rows, known) if about(family)[1:] else np.array([], np.int64)
    order = np.concatenate([np.arange(rows.count), picked])
    known = np.concatenate([known, known[picked] + 1 + rows.below(9)[: len(picked)]])
    known = np.minimum(known, until)
    fixed = {"enterprise_id", "happened_on", *source.about, *source.fixed}
    columns = {
        name: _stated_again(values, picked, differs=name not in fixed)
        for name, values in columns.items()
    }
    firm, day = rows.firm[order], rows.day[order]
    line = np.arange(len(order)) + first_line + 2
    place = np.lexsort((line, day, firm))
    table = pa.table(
        {
            **columns,
            "enterprise_id": rows.codes.take(pa.array(firm)),
            "happened_on": days(day),
            "known_on": days(known),
            "file": pa.array([f"{family}.csv"]).take(pa.array(np.zeros_like(line))),
            "line": pa.array(line),
        }
    )
    table = table.append_column("again", pa.array(_again(table, family)))
    schema = arrow_of(family)
    return table.select(schema.names).take(pa.array(place)).cast(schema)


def _corrected(rows: Rows, known: Ints) -> Ints:
    """Return places of facts that are stated again before the last day."""
    end = (LAST - EPOCH).days
    chance = rows.rng.random(rows.count) < CORRECTED
    return np.flatnonzero(chance & (known < end - 10))


def _stated_again(values: Any, picked: Ints, *, differs: bool) -> pa.Array:  # noqa: ANN401
    """Return values, and at the end those of the corrections."""
    whole = pa.array(values)
    again = whole.take(pa.array(picked[::-1] if differs else picked))
    return pa.concat_arrays([whole, again])


def _again(table: pa.Table, family: str) -> npt.NDArray[np.bool_]:
    """Return for each fact whether an earlier line states one about the same thing."""
    names = list(about(family))
    again: npt.NDArray[np.bool_] = np.ones(table.num_rows, dtype=np.bool_)
    if not contracts_of(family)[0].about and not contracts_of(family)[0].register:
        return ~again
    firsts = table.select([*names, "line"]).group_by(names).aggregate([("line", "min")])
    again[firsts["line_min"].to_numpy() - table["line"][0].as_py()] = False
    return again
