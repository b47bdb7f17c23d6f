"""A model and batches of Arrow in; batches of PDs out, on any engine that holds rows.

fn = BatchScorer(model_text(model), keep=("firm",))
spark_frame.mapInArrow(fn, "firm string, pd double, score bigint")
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from xiaowei.errors import InputError
from xiaowei.risk.card import pd_of
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.kept import model_of
from xiaowei.risk.sample import Floats, Ints
from xiaowei.risk.scorecard import Scorecard

SAID = ("pd", "score")
"""What is said of each row: its PD, and of a card its score."""


class BatchError(InputError):
    """Batches cannot be scored as they are asked for."""

    def __init__(self, why: str, *, expected: str, remedy: str) -> None:
        """Say what is wrong."""
        super().__init__(
            f"the rows cannot be scored: {why}", expected=expected, remedy=remedy
        )


@dataclass(frozen=True, slots=True)
class BatchScorer:
    """A function from batches of rows to batches of PDs.

    It is text and names, so that an engine may send it where the rows are; the model is
    made from its text there.

    Args:
        text: of the model, see `model_text`.
        keep: columns to stand beside the PD, such as the enterprise.
    """

    text: str
    keep: tuple[str, ...] = ()

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield a batch for each batch, its rows in their order.

        Args:
            batches: of a table that holds the model's traits, by their names, and what
                is kept, in any order; all of one schema.

        Yields:
            The columns kept, `pd` (double, 0..1) and, of a card, `score` (int64).

        Raises:
            ModelTextError: the text is no model.
            BatchError: a column is not there, or one kept bears the name of what is
                said.
            ValueError: a number is infinite.
            TypeError: a trait is neither number, day, truth nor text.
        """
        model = model_of(self.text)
        for batch in batches:
            yield scored_batch(model, batch, keep=self.keep)


def scored_batch(
    model: RiskModel, batch: pa.RecordBatch, *, keep: Sequence[str] = ()
) -> pa.RecordBatch:
    """Return the PD of each row of a batch, and of a card its score.

    Args:
        model: a fitted one.
        batch: Shape: (rows, columns), of which the model takes its traits by name.
        keep: columns of it to stand beside.

    Raises:
        BatchError: see `BatchScorer`.
    """
    _need(batch, [*model.names, *keep])
    pds, scores = pds_and_scores(model, batch.select(model.names))
    said = {"pd": pa.array(pds, pa.float64())}
    if scores is not None:
        said["score"] = pa.array(scores, pa.int64())
    if clash := sorted(set(keep) & set(SAID)):
        raise BatchError(
            f"{clash[0]!r} is kept and said",
            expected="names of columns kept other than " + ", ".join(SAID),
            remedy="Rename the column",
        )
    kept = {name: batch.column(name) for name in keep}
    return pa.RecordBatch.from_pydict(kept | said)


def pds_and_scores(
    model: RiskModel,
    traits: pa.RecordBatch | pa.Table | pd.DataFrame,
) -> tuple[Floats, Ints | None]:
    """Return the PD of each row, and of a card its score, by one look at the traits.

    Args:
        model: a fitted one.
        traits: Shape: (rows, traits), in the model's order; no row is no error here, as
            engines send empty batches.
    """
    card = isinstance(model, Scorecard)
    if not len(traits):
        return np.empty(0), np.empty(0, dtype=np.int64) if card else None
    if not isinstance(model, Scorecard):
        return model.pd(traits), None
    scores = model.scores(traits)
    return pd_of(scores, intercept=model.intercept_, slope=model.slope_), scores


def _need(batch: pa.RecordBatch, names: Sequence[str]) -> None:
    there = batch.schema.names
    absent = [name for name in names if name not in there]
    if absent:
        raise BatchError(
            f"no column {', '.join(map(repr, absent))}",
            expected="columns of the batch, which are " + ", ".join(there),
            remedy="Select what the model was learnt from, by its names",
        )
