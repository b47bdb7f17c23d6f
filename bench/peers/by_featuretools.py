"""As many invoice traits by Featuretools: deep feature synthesis at a cutoff time.

It knows no calendar months and no partners between an enterprise and its invoices, so
its traits are of the same kind and number, not the same: counts, sums, means, spreads
and shares of each direction, over the last 365 days and over all time. It needs a
pandas before 3, so it may have an interpreter of its own.
"""

# Neither comes with the project; see the extra `bench`.
# mypy: disable-error-code="import-untyped, import-not-found"

import warnings
from datetime import date
from typing import Any, Final

import pandas as pd
from bench.peers.by_pandas import CAPS, WAYS, invoices

_TYPES: Final = {
    "enterprise_id": "Categorical",
    "counterparty_id": "Categorical",
    "way": "Categorical",
}
_AMOUNTS: Final = ["sum", "mean", "std", "max", "min"]
_PRIMITIVES: Final = [*_AMOUNTS, "count", "num_unique", "percent_true"]
_WINDOWS: Final = ("365 days", None)


def portray(*, lake: str, day: str, anchor: int, into: str) -> dict[str, Any]:
    """Write traits of every enterprise of a lake.

    Args:
        lake: its folder.
        day: as of which, ISO.
        anchor: the last complete month by then, see `month_of`.
        into: Parquet; one row per enterprise.

    Returns:
        how many traits, and what was sold by all, fen, which ours must agree with.
    """
    # It is older than the pandas it runs with, which says so once a column.
    warnings.simplefilter("ignore")
    import featuretools  # noqa: PLC0415 - only its own interpreter has it

    as_of = date.fromisoformat(day)
    held = featuretools.EntitySet("books")
    held.add_dataframe(
        dataframe_name="invoices",
        dataframe=_rows(invoices(lake, as_of=as_of, anchor=anchor)),
        index="row",
        time_index="happened_on",
        logical_types=_TYPES,
    )
    held.normalize_dataframe(
        base_dataframe_name="invoices",
        new_dataframe_name="enterprises",
        index="enterprise_id",
        make_time_index=False,
    )
    held.add_interesting_values(dataframe_name="invoices", values={"way": list(WAYS)})
    found = [_window(featuretools, held, as_of, window) for window in _WINDOWS]
    whole = pd.concat(found, axis=1)
    whole.reset_index().to_parquet(into)
    sold = whole["SUM(invoices.net_fen WHERE way = sale) all"].sum()
    return {"traits": whole.shape[1], "sold": int(sold)}


def _rows(facts: pd.DataFrame) -> pd.DataFrame:
    """Return invoices with what a trait asks of each as columns, the rest left out."""
    valid = facts.state == "valid"
    plain = valid & (facts.net_fen >= 0)
    after = (facts.happened_on + pd.Timedelta(days=6)).dt.month
    caps = {
        f"cap_{name}": plain & facts.total_fen.between(cap * 9 // 10, cap * 117 // 100)
        for name, cap in CAPS.items()
    }
    kept = ["enterprise_id", "counterparty_id", "happened_on", "net_fen", "tax_fen"]
    return facts[kept].assign(
        row=range(len(facts)),
        way=facts.direction.astype("object").where(valid, "voided"),
        red=valid & (facts.net_fen < 0),
        month_end=valid & (after != facts.happened_on.dt.month),
        **caps,
    )


def _window(
    featuretools: Any,  # noqa: ANN401 - it states no types
    held: Any,  # noqa: ANN401
    as_of: date,
    window: str | None,
) -> pd.DataFrame:
    cutoff = pd.DataFrame({"enterprise_id": held["enterprises"]["enterprise_id"]})
    cutoff["time"] = pd.Timestamp(as_of)
    table, _features = featuretools.dfs(
        entityset=held,
        target_dataframe_name="enterprises",
        cutoff_time=cutoff,
        training_window=window,
        agg_primitives=_PRIMITIVES,
        where_primitives=_PRIMITIVES,
        trans_primitives=[],
    )
    told: pd.DataFrame = table.select_dtypes(["number", "boolean"])
    return told.add_suffix(f" {window or 'all'}")
