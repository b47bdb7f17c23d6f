"""A scorecard as one SELECT that any database of the bank can run."""

from collections.abc import Sequence

from xiaowei.risk.bins import TraitBins
from xiaowei.risk.card import ANCHOR, POINTS_TO_DOUBLE
from xiaowei.risk.sample import Ints
from xiaowei.risk.scorecard import Scorecard


def score_sql(model: Scorecard, *, table: str, keep: Sequence[str] = ()) -> str:
    """Return a SELECT of the score and the PD of each row.

    Args:
        model: a fitted card.
        table: name of the table that holds the traits, by their names.
        keep: columns of it to be selected as well, such as the enterprise.

    Returns:
        SQL of the standard (CASE, COALESCE, EXP, LN, ROUND); the columns kept, `score`,
        whole, and `pd`, rounded to nine decimals. A NaN of a database that has them
        must be made null first.

    Raises:
        TypeError: never of a fitted card; a trait's kind is in its bins.
    """
    points = [
        _case(bins, model.points_[name], column=quoted(name))
        for name, bins in model.bins_.items()
    ]
    whole = "\n    + ".join([str(model.base_), *points])
    kept = "".join(f"{quoted(name)}, " for name in keep)
    odds = (
        f"{_number(model.intercept_)} + {_number(model.slope_)} * "
        f"({ANCHOR} - score) / ({POINTS_TO_DOUBLE} / LN(2e0))"
    )
    return (  # every name and label in it is quoted, everything else a number
        f"SELECT {kept}score, ROUND(1e0 / (1e0 + EXP(-({odds}))), 9) AS pd\n"  # noqa: S608 - see above
        f"FROM (\n  SELECT *,\n    {whole}\n    AS score\n  FROM {quoted(table)}\n"
        ") AS scored"
    )


def quoted(name: str) -> str:
    """Return a name as SQL takes it, whatever it holds.

    >>> quoted('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def _case(bins: TraitBins, points: Ints, *, column: str) -> str:
    missing = int(points[bins.missing])
    lines = [f"WHEN {column} IS NULL THEN {missing}"]
    if bins.kind == "number":
        lines += [
            f"WHEN {column} < {_number(split)} THEN {int(points[at])}"
            for at, split in enumerate(bins.splits)
        ]
        last = int(points[len(bins.splits)])
    else:
        lines += [
            f"WHEN {column} IN ({', '.join(map(_text, group))}) THEN {int(points[at])}"
            for at, group in enumerate(bins.groups)
        ]
        last = int(points[bins.missing + 1])
    return f"CASE {' '.join(lines)} ELSE {last} END"


def _number(value: float) -> str:
    """Write a number to its last bit, as a double whatever its digits."""
    text = repr(float(value))
    return text if "e" in text else f"{text}e0"


def _text(label: str) -> str:
    return "'" + label.replace("'", "''") + "'"
