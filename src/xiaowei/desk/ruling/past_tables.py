"""A file of past applications in; a table that rules can be tried on out."""

from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from xiaowei.decisions.rules.fields import FIELDS
from xiaowei.errors import InputError

_KINDS: Final = {"text": pa.string(), "day": pa.date32()}


class PastTableError(InputError):
    """A file of past applications cannot be read."""

    def __init__(self, path: Path, why: str) -> None:
        """Name the file and what is wrong."""
        super().__init__(
            f"'{path.name}' cannot be read: {why}",
            expected="Parquet, or CSV in UTF-8, with a column per field of the rules "
            "(money in fen) and a row per past application",
            remedy="Write it anew in one of the two forms",
        )


def read_past(path: Path, *, texts: Collection[str] = ()) -> Any:  # noqa: ANN401
    """Return past applications from a Parquet or CSV file.

    Args:
        path: of the file; what ends in `.parquet` is Parquet.
        texts: columns that are texts beside the fields that are.

    Returns:
        Shape: a PyArrow table; an empty cell of a CSV is missing.

    Raises:
        PastTableError: it cannot be read.
    """
    try:
        if path.suffix.lower() == ".parquet":
            return pq.read_table(path)
        return pc.read_csv(path, convert_options=_kinds(texts))
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise PastTableError(path, " ".join(str(error).split())) from error


def _kinds(texts: Collection[str]) -> pc.ConvertOptions:
    """Return how cells of a CSV are read: codes of regions stay texts."""
    kinds = {
        name: _KINDS[field.kind]
        for name, field in FIELDS.items()
        if field.kind in _KINDS
    }
    kinds |= dict.fromkeys(texts, pa.string())
    return pc.ConvertOptions(column_types=kinds, strings_can_be_null=True)
