"""The invoice traits in Polars: lazy frames, read and written as streams."""

# It does not come with the project; see the extra `bench`.
# mypy: disable-error-code="import-not-found"

from datetime import date
from typing import Final

import polars as pl

WAYS: Final = {"sale": ("sales", "customer"), "purchase": ("purchases", "supplier")}
CAPS: Final = {"1w": 1_000_000, "10w": 10_000_000, "100w": 100_000_000}
_ABOUT: Final = [
    "enterprise_id",
    "direction",
    "invoice_no",
    "happened_on",
    "counterparty_id",
]
_COLUMNS: Final = [
    *_ABOUT,
    "known_on",
    "net_fen",
    "tax_fen",
    "total_fen",
    "state",
    "again",
]
_SIDE: Final = ["enterprise_id", "direction"]
_YEAR, _QUARTER, _EVER = 12, 3, 1200
_AGO: Final = pl.col("ago")
_NET: Final = pl.col("net")
_WINDOWS: Final = {
    "3m": _AGO.is_between(0, 2),
    "6m": _AGO.is_between(0, 5),
    "12m": _AGO.is_between(0, 11),
    "24m": _AGO.is_between(0, 23),
    "all": _AGO < _EVER,
}


def portray(*, lake: str, day: str, anchor: int, into: str) -> int:
    """Write the invoice traits of every enterprise of a lake.

    Args:
        lake: its folder.
        day: as of which, ISO.
        anchor: the last complete month by then, see `month_of`.
        into: Parquet; one row per enterprise.

    Returns:
        how many traits.
    """
    as_of = date.fromisoformat(day)
    paths = f"{lake}/invoices/*/*.parquet"
    # What is used more than once is collected: a plan would reckon it again.
    facts = _collected(_invoices(paths, as_of=as_of, anchor=anchor))
    months = _collected(_months(facts))
    sides = _books(months, as_of=as_of).join(_partners(facts), on=_SIDE)
    sides = _collected(sides)
    sale, purchase = (_named(sides, way) for way in WAYS)
    whole = sale.join(purchase, on="enterprise_id", how="full", coalesce=True)
    told = whole.join(_balance(months), on="enterprise_id", how="left")
    told.sink_parquet(into, engine="streaming", maintain_order=False)
    return len(pl.read_parquet_schema(into)) - 1


def _collected(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows.collect(engine="streaming").lazy()


def _invoices(paths: str, *, as_of: date, anchor: int) -> pl.LazyFrame:
    """Return the invoices as last stated by the day."""
    day = pl.lit(as_of)
    known = (
        pl.scan_parquet(paths, hive_partitioning=False)
        .select(_COLUMNS)
        .filter(pl.col("known_on") <= day, pl.col("happened_on") <= day)
    )
    touched = known.filter(pl.col("again")).select(_ABOUT).unique()
    stated = known.join(touched, on=_ABOUT, how="semi")
    last = stated.group_by(_ABOUT).agg(pl.col("known_on").max().alias("last"))
    over = stated.join(last, on=_ABOUT).filter(pl.col("known_on") < pl.col("last"))
    month = pl.col("happened_on").dt.year() * 12 + pl.col("happened_on").dt.month()
    return known.join(over, on=[*_ABOUT, "known_on"], how="anti").select(
        *_SIDE,
        "counterparty_id",
        "net_fen",
        "tax_fen",
        "total_fen",
        "happened_on",
        valid=pl.col("state") == "valid",
        stated=pl.col("state").is_not_null(),
        voided=pl.col("state") == "voided",
        ago=(pl.lit(anchor) - month).cast(pl.Int32),
    )


def _months(facts: pl.LazyFrame) -> pl.LazyFrame:
    valid, net = pl.col("valid"), pl.col("net_fen")
    plain = valid & (net >= 0)
    day = pl.col("happened_on")
    caps = {
        f"cap_{name}": (
            plain & pl.col("total_fen").is_between(cap * 9 // 10, cap * 117 // 100)
        ).sum()
        for name, cap in CAPS.items()
    }
    months = facts.group_by(*_SIDE, "ago").agg(
        n=pl.col("stated").sum(),
        voided=pl.col("voided").sum(),
        valids=valid.sum(),
        net=_sum(net, valid),
        tax=_sum(pl.col("tax_fen"), valid),
        red=_sum(-net, valid & (net < 0)),
        plain=_sum(net, plain),
        plains=plain.sum(),
        month_end=(valid & (day.dt.offset_by("6d").dt.month() != day.dt.month())).sum(),
        **caps,
        first=day.filter(valid).min(),
        last=day.filter(valid).max(),
    )
    counts = ["n", "voided", "valids", "plains", "month_end", *caps]
    return months.with_columns(pl.col(counts).cast(pl.Int64))


def _books(months: pl.LazyFrame, *, as_of: date) -> pl.LazyFrame:
    traits = {**_levels(), **_growths(), **_rhythm(), **_papers(), **_ages(as_of)}
    return months.group_by(_SIDE).agg(**traits)


def _levels() -> dict[str, pl.Expr]:
    return {f"net_{n}": _sum(_NET, where) for n, where in _WINDOWS.items()}


def _growths() -> dict[str, pl.Expr]:
    traits: dict[str, pl.Expr] = {}
    for n in (3, 6, 12):
        now = _sum(_NET, _AGO.is_between(0, n - 1))
        before = _sum(_NET, _AGO.is_between(12, 11 + n))
        growth = _ratio(now - before, now.abs() + before.abs())
        traits[f"growth_{n}m"] = pl.when(_AGO.max() >= 11 + n).then(growth)
    return traits


def _rhythm() -> dict[str, pl.Expr]:
    traits: dict[str, pl.Expr] = {}
    for n in (12, 24):
        inside = pl.when(_AGO.is_between(0, n - 1)).then(_NET)
        seen = pl.min_horizontal(_AGO.max() + 1, n)
        whole, squared = inside.sum(), inside.cast(pl.Float64).pow(2).sum()
        spread = (seen * squared - whole.cast(pl.Float64).pow(2)).sqrt()
        known = (whole > 0) & (seen > 1)
        traits[f"variation_{n}m"] = pl.when(known).then(spread / whole)
    for name in ("12m", "24m", "all"):
        active = _WINDOWS[name] & (pl.col("valids") > 0)
        traits[f"active_months_{name}"] = active.sum().cast(pl.Int64)
    rounded = (_NET.log() * 1_000_000).round()
    logs = pl.when(_WINDOWS["24m"] & (_NET > 0)).then(rounded)
    many, first, squared = logs.count().cast(pl.Float64), logs.sum(), logs.pow(2).sum()
    spread = (many * squared - first * first).sqrt() / many / 1_000_000
    traits["log_spread_24m"] = pl.when(many > 1).then(spread)
    return traits


def _papers() -> dict[str, pl.Expr]:
    shares = {
        f"void_share_{n}": ("voided", "n", n) for n in ("3m", "12m", "24m", "all")
    }
    shares |= {f"red_share_{n}": ("red", "plain", n) for n in ("12m", "24m")}
    shares |= {f"cap_{c}_share_24m": (f"cap_{c}", "plains", "24m") for c in CAPS}
    shares["month_end_share_12m"] = ("month_end", "valids", "12m")
    traits = {name: _share(*of) for name, of in shares.items()}
    for n in ("12m", "all"):
        traits[f"invoices_{n}"] = _sum(pl.col("valids"), _WINDOWS[n])
    ticket = _share("plain", "plains", "12m")
    whole = ticket.round(mode="half_away_from_zero")
    return {**traits, "ticket_12m": whole.cast(pl.Int64)}


def _ages(as_of: date) -> dict[str, pl.Expr]:
    first, last = pl.col("first").min(), pl.col("last").max()
    return {
        "days_since": (pl.lit(as_of) - last).dt.total_days(),
        "history_months": (_AGO.max() + 1).cast(pl.Int64),
        "span_days": (last - first).dt.total_days(),
    }


def _partners(facts: pl.LazyFrame) -> pl.LazyFrame:
    valid = pl.col("valid")
    net = pl.col("net_fen")
    pairs = facts.group_by(*_SIDE, "counterparty_id").agg(
        now=_sum(net, valid & _WINDOWS["12m"]).clip(lower_bound=0),
        before=_sum(net, valid & _AGO.is_between(12, 23)).clip(lower_bound=0),
        ever=_sum(net, valid).clip(lower_bound=0),
        since=_AGO.filter(valid).max(),
    )
    now, before, ever = pl.col("now"), pl.col("before"), pl.col("ever")
    since = pl.col("since")
    kept = _ratio(_sum(now, before > 0), now.sum())
    return pairs.group_by(_SIDE).agg(
        partners_12m=(now > 0).sum().cast(pl.Int64),
        hhi_12m=_hhi(now),
        hhi_all=_hhi(ever),
        top_share_12m=_ratio(now.max(), now.sum()),
        kept_share_12m=pl.when(since.max() >= _YEAR).then(kept),
        lost_share_12m=_ratio(_sum(before, now <= 0), before.sum()),
        new_share_3m=_ratio(_sum(now, since < _QUARTER), now.sum()),
    )


def _balance(months: pl.LazyFrame) -> pl.LazyFrame:
    sale, purchase = (pl.col("direction") == way for way in WAYS)
    tax, valids = pl.col("tax"), pl.col("valids")
    sides = months.group_by("enterprise_id", "ago").agg(
        sold=_sum(_NET, sale),
        bought=_sum(_NET, purchase),
        tax_out=_sum(tax, sale),
        tax_in=_sum(tax, purchase),
        sales=_sum(valids, sale),
        purchases=_sum(valids, purchase),
    )
    sold, bought = pl.col("sold"), pl.col("bought")
    tax_out, tax_in = pl.col("tax_out"), pl.col("tax_in")
    y1, y2 = _WINDOWS["12m"], _WINDOWS["24m"]
    traits = sides.group_by("enterprise_id").agg(
        margin_12m=_ratio(_sum(sold - bought, y1), _sum(sold, y1)),
        margin_24m=_ratio(_sum(sold - bought, y2), _sum(sold, y2)),
        vat_burden_12m=_ratio(_sum(tax_out - tax_in, y1), _sum(sold, y1)),
        vat_rate_12m=_ratio(_sum(tax_out, y1), _sum(sold, y1)),
        overbought_months_12m=(y1 & (bought > sold)).sum().cast(pl.Int64),
        both=(pl.col("sales").sum() > 0) & (pl.col("purchases").sum() > 0),
    )
    return traits.filter("both").drop("both")


def _named(sides: pl.LazyFrame, way: str) -> pl.LazyFrame:
    """Return one direction's traits under the names they have in a portrait."""
    name, partner = WAYS[way]
    books = [*_levels(), *_growths(), *_rhythm(), *_papers()]
    names = {column: f"{name}_{column.removeprefix('net_')}" for column in books}
    names |= {n: f"{name}_{n}" for n in ("days_since", "history_months", "span_days")}
    names["partners_12m"] = f"{partner}s_12m"
    for column in ("hhi_12m", "hhi_all", "top_share_12m", "kept_share_12m"):
        names[column] = f"{partner}_{column}"
    for column in ("lost_share_12m", "new_share_3m"):
        names[column] = f"{partner}_{column}"
    own = sides.filter(pl.col("direction") == way)
    return own.select(
        "enterprise_id", **{new: pl.col(old) for old, new in names.items()}
    )


def _ratio(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return pl.when(whole > 0).then(part / whole)


def _sum(values: pl.Expr, where: pl.Expr) -> pl.Expr:
    """Return a sum where a condition holds; half the time of a filter in a group."""
    return pl.when(where).then(values).sum()


def _share(part: str, whole: str, window: str) -> pl.Expr:
    where = _WINDOWS[window]
    return _ratio(_sum(pl.col(part), where), _sum(pl.col(whole), where))


def _hhi(parts: pl.Expr) -> pl.Expr:
    wide = parts.cast(pl.Float64)
    return _ratio((wide * wide).sum(), wide.sum() * wide.sum())
