"""Any number of firms decided at once, each as if it were decided alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xiaowei.decisions.rules.columns import Bools, Column, columns_of
from xiaowei.decisions.rules.grammar import OUTCOMES, Comparison, Condition, Rule
from xiaowei.decisions.rules.settled import Settled

BATCH: Final = 65_536
"""Rows decided at a time: what they need stays in the processor's own memory."""

SCHEMA: Final = pa.schema(
    [
        ("outcome", pa.dictionary(pa.int8(), pa.string())),
        ("rule", pa.dictionary(pa.int16(), pa.string())),
        ("unknown", pa.bool_()),
        ("missing", pa.string()),
        ("cap_fen", pa.int64()),
        ("rate_add", pa.decimal128(5, 4)),
    ]
)
"""What is said of each firm: `rule` is null for the default; `missing` names the fields
for want of which a rule is unknown, with a blank between them, else it is null."""

_NAMES: Final = tuple(OUTCOMES)
_REFER: Final = _NAMES.index("refer")

Truths: TypeAlias = tuple[Bools, Bools]
"""Where a condition is true, and where it is not false; unknown lies between."""


def decide_all(settled: Settled, table: Any) -> Any:  # noqa: ANN401 - no types
    """Return what rules say of every row of a table, as `decide` would of each.

    Args:
        settled: rules of a day.
        table: Shape: a PyArrow table; a column per field of the rules, money in fen,
            null or NaN where missing; others are passed over.

    Returns:
        Shape: one row per row, in order; see SCHEMA.

    Raises:
        RowError: a column is not there or holds what is not of its kind.
    """
    wanted = [name for name in table.column_names if name in settled.rules.fields]
    # One empty batch where there are no rows, so that its columns are looked at, too.
    empty = pa.RecordBatch.from_pylist([], schema=table.schema)
    batches = table.select(wanted).to_batches(max_chunksize=BATCH) or [empty]
    return pa.Table.from_batches(decide_batches(settled, batches), SCHEMA)


def decide_batches(settled: Settled, batches: Iterable[Any]) -> Iterator[Any]:
    """Return what rules say of rows that come in batches, in batches.

    Args:
        settled: rules of a day.
        batches: PyArrow record batches as `decide_all` takes a table, of any size; no
            more than one is held.

    Raises:
        RowError: as `decide_all`, when the batch comes.
    """
    for batch in batches:
        for start in range(0, max(batch.num_rows, 1), BATCH):
            yield _decided(settled, batch.slice(start, BATCH))


def _decided(settled: Settled, batch: Any) -> Any:  # noqa: ANN401 - no types
    judge = _Judge(columns_of(batch, fields=settled.rules.fields), batch.num_rows)
    rules = settled.rules.rules
    decided = np.full(batch.num_rows, len(rules), dtype=np.int16)
    unknown = np.zeros(batch.num_rows, dtype=bool)
    waits = np.ones(batch.num_rows, dtype=bool)
    for place, rule in enumerate(rules):
        true, maybe = judge.truths(rule.when)
        found = waits & (true if rule.when_unknown == "skip" else maybe)
        # Each row is found once: adding takes a quarter of the time of writing where.
        decided += found * np.int16(place - len(rules))
        if maybe is not true:
            unknown |= found & ~true
        waits &= ~found
    missing = _missing(rules, decided, unknown, judge)
    return _told(settled, decided, unknown, missing)


class _Judge:
    """Conditions over the columns of one batch; each comparison is made once."""

    def __init__(self, columns: Mapping[str, Column], count: int) -> None:
        self.columns = columns
        self.count = count
        self._made: dict[Comparison, Truths] = {}

    def truths(self, condition: Condition) -> Truths:
        """Return where a condition is true, and where it is not false."""
        if isinstance(condition, Comparison):
            if condition not in self._made:
                column = self.columns[condition.field]
                self._made[condition] = column.holds(condition)
            return self._made[condition]
        parts = [self.truths(part) for part in condition.parts]
        join = np.logical_and if condition.join == "all" else np.logical_or
        true = join.reduce([true for true, _ in parts])
        if all(maybe is true for true, maybe in parts):
            return true, true
        return true, join.reduce([maybe for _, maybe in parts])

    def gaps(self, condition: Condition, within: Bools) -> Iterator[tuple[str, Bools]]:
        """Return where a condition is unknown for want of each of its fields."""
        true, maybe = self.truths(condition)
        unknown = within & maybe & ~true
        if isinstance(condition, Comparison):
            yield condition.field, unknown
            return
        if unknown.any():
            for part in condition.parts:
                yield from self.gaps(part, unknown)


def _missing(
    rules: Sequence[Rule], decided: npt.NDArray[np.int16], unknown: Bools, judge: _Judge
) -> Any:  # noqa: ANN401 - no types
    """Return the names of what is missing, of the rows decided for want of it."""
    named: list[str | None] = [None]
    places = np.zeros(len(decided), dtype=np.int32)
    for place in np.unique(decided[unknown]):
        rows = unknown & (decided == place)
        bits: dict[str, Bools] = {}
        for name, where in judge.gaps(rules[place].when, rows):
            bits[name] = bits[name] | where if name in bits else where
        names = sorted(bits)
        codes = np.zeros(int(rows.sum()), dtype=np.int64)
        for bit, name in enumerate(names):
            codes |= bits[name][rows].astype(np.int64) << bit
        kinds, inverse = np.unique(codes, return_inverse=True)
        places[rows] = inverse + len(named)
        named += [
            " ".join(name for bit, name in enumerate(names) if kind >> bit & 1)
            for kind in kinds.tolist()
        ]
    return pa.array(named, pa.string()).take(pa.array(places))


def _told(
    settled: Settled,
    decided: npt.NDArray[np.int16],
    unknown: Bools,
    missing: Any,  # noqa: ANN401 - no types
) -> Any:  # noqa: ANN401 - no types
    rules, default = settled.rules.rules, settled.rules.default or "refer"
    fired = [_NAMES.index(one.outcome) for one in rules] + [_NAMES.index(default)]
    fires = np.array([one.when_unknown == "fire" for one in rules] + [True])
    # Where it is not known whether a rule holds, nothing comes of it but a referral.
    bare = unknown & ~fires[decided]
    outcome = np.where(bare, _REFER, np.array(fired)[decided]).astype(np.int8)
    effect = pa.array(np.where(bare, len(rules), decided).astype(np.int16))
    adds = [one.rate_add for one in rules] + [0]
    caps = [one.cap_fen for one in rules] + [None]
    codes = pa.array([one.code for one in rules], pa.string())
    nothing = decided == len(rules)
    columns = [
        pa.DictionaryArray.from_arrays(pa.array(outcome), pa.array(_NAMES)),
        pa.DictionaryArray.from_arrays(pa.array(decided, mask=nothing), codes),
        pa.array(unknown),
        missing,
        pa.array(caps, pa.int64()).take(effect),
        pa.array(adds, pa.decimal128(5, 4)).take(effect),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)
