"""The 425 firms of CUMCM 2020-C: invoices, ratings and defaults, as that set states.

Rules of this reader, each counted in the account of its file:
a status with stray spaces is read without them; a negative amount is a red-letter
invoice and is kept; a void invoice is kept as void; an exact copy of a row is a
duplicate; a row whose amount and tax do not add up to its total is quarantined.

The set states no day of default or of rating: both are taken as known on the last day
of the invoices, so what is learnt from them is who had defaulted by that day, not
who will default within twelve months.
"""

import csv
from datetime import date
from pathlib import Path
from typing import Final

from xiaowei.errors import InputError
from xiaowei.facts.intake import Delivery
from xiaowei.facts.sources import (
    CREDIT_HISTORY,
    ENTERPRISES,
    PURCHASES,
    SALES,
    Source,
)

LAST_DAY: Final = date(2020, 2, 21)
CHURN_GRADES: Final = {"A": "信誉评级A", "B": "信誉评级B", "C": "信誉评级C"}

_FILES: Final = (
    ("firms_123.csv", ENTERPRISES),
    ("firms_302.csv", ENTERPRISES),
    ("firms_123.csv", CREDIT_HISTORY),
    ("input_123_invoices.parquet", PURCHASES),
    ("output_123_invoices.parquet", SALES),
    ("input_302_invoices.parquet", PURCHASES),
    ("output_302_invoices.parquet", SALES),
)
_CHURN_FILE: Final = "rate_churn.csv"
_COUNTED: Final = {
    "void": ("state", "作废"),
    "status_with_spaces": ("state", r"^\s|\s$"),
    "red_letter": ("net_fen", "^-"),
}


class MissingFileError(InputError):
    """The folder lacks files of the set."""

    def __init__(self, folder: Path, missing: list[str]) -> None:
        """Name the files."""
        super().__init__(
            f"folder '{folder}' lacks {', '.join(missing)}",
            expected="the files of CUMCM 2020-C as Parquet and CSV",
            remedy="Give the folder that holds them: --public cumcm2020c=FOLDER",
        )


def deliveries(folder: Path) -> list[Delivery]:
    """Return the set's files with what each states.

    Args:
        folder: where the set lies.

    Raises:
        MissingFileError: a file is not there.
    """
    wanted = dict.fromkeys([name for name, _ in _FILES] + [_CHURN_FILE])
    missing = [name for name in wanted if not (folder / name).is_file()]
    if missing:
        raise MissingFileError(folder, missing)
    return [
        Delivery(folder / name, source, LAST_DAY, _counted(source))
        for name, source in _FILES
    ]


def churn_points(folder: Path) -> list[tuple[str, float, float]]:
    """Return the set's table of customers lost at each rate.

    Args:
        folder: where the set lies.

    Returns:
        (grade A, B or C; yearly rate 0.04..0.15; share lost 0..1), in file order.
    """
    with (folder / _CHURN_FILE).open(encoding="utf-8-sig", newline="") as file:
        return [
            (grade, float(row["贷款年利率"]), float(row[head]))
            for row in csv.DictReader(file)
            for grade, head in CHURN_GRADES.items()
        ]


def _counted(source: Source) -> dict[str, tuple[str, str]]:
    return dict(_COUNTED) if source.family == "invoices" else {}
