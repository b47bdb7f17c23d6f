"""Firms by the million for the bench of scoring, by a seed."""

from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from xiaowei.risk.sample import Ints

SEED: Final = 11
NUMBERS, CATEGORIES = 48, 12
CHUNK: Final = 100_000
_LABELS: Final = (3, 5, 8, 12, 20, 31, 50, 80, 97, 150, 250, 400)
"""How many labels each category has, as forms of law, trades and places have."""
_RISKY: Final = tuple(
    [f"类{at:02d}-{one:03d}" for one in (1, 4, 7)] for at in range(CATEGORIES)
)
_MISSING: Final = 0.08
_RATE: Final = -2.6


def firms(part: int, *, count: int = CHUNK) -> pa.Table:
    """Return one part of the firms.

    Args:
        part: which; it alone, with the seed, says what its firms are.
        count: how many firms.

    Returns:
        Shape: (count, 60 traits): `n00` .. `n47` are numbers (skewed amounts, whole
        counts, shares), `c00` .. `c11` texts; 8% of each is null.
    """
    rng = np.random.default_rng([SEED, part])
    columns: dict[str, pa.Array] = {}
    for at in range(NUMBERS):
        gone = rng.random(count) < _MISSING
        columns[f"n{at:02d}"] = pa.array(_number(rng, at, count), mask=gone)
    for at, labels in enumerate(_LABELS):
        gone = rng.random(count) < _MISSING
        codes = pa.array(
            np.minimum(rng.geometric(2 / labels, count) - 1, labels - 1), mask=gone
        )
        names = pa.array([f"类{at:02d}-{one:03d}" for one in range(labels)])
        columns[f"c{at:02d}"] = names.take(codes)
    return pa.table(columns)


def fates(table: pa.Table, *, seed: int = SEED) -> Ints:
    """Return who defaults, 1 or 0: one in seven or so, by a little of every trait.

    Args:
        table: some of the firms.
        seed: of the draw.
    """
    odds = np.full(table.num_rows, _RATE)
    for at in range(NUMBERS):
        values = table.column(f"n{at:02d}").to_numpy()
        odds += 0.15 * np.nan_to_num((values - np.nanmean(values)) / np.nanstd(values))
    for at in range(CATEGORIES):
        labels = np.array(table.column(f"c{at:02d}").to_pylist(), dtype=str)
        odds += 0.4 * np.isin(labels, _RISKY[at])
    bad = np.random.default_rng(seed).random(len(odds)) < 1 / (1 + np.exp(-odds))
    return np.asarray(bad, dtype=np.int64)


def write(path: Path, *, count: int) -> None:
    """Write so many firms as Parquet, part by part.

    Args:
        path: the file.
        count: how many; whole parts of `CHUNK`, or fewer than one.
    """
    size = min(count, CHUNK)
    first = firms(0, count=size)
    with pq.ParquetWriter(path, first.schema) as writer:
        writer.write_table(first)
        for part in range(1, count // size):
            writer.write_table(firms(part, count=size))


def _number(rng: np.random.Generator, at: int, count: int) -> np.ndarray:
    drawn = (
        lambda: rng.lognormal(10, 1.5, count),
        lambda: rng.poisson(6, count),
        lambda: rng.beta(2, 5, count),
        lambda: rng.normal(0, 1, count),
    )
    return drawn[at % len(drawn)]()
