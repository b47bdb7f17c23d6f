"""The invoice traits in pandas: whole columns and groups, no loop over rows."""

# Neither comes with the project; see the extra `bench`.
# mypy: disable-error-code="import-untyped, import-not-found"

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

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
_WINDOWS: Final = {"3m": 3, "6m": 6, "12m": 12, "24m": 24, "all": 1200}


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
    facts = invoices(lake, as_of=as_of, anchor=anchor)
    months = _months(facts)
    sides = _books(months, as_of=as_of).join(_partners(facts), on=_SIDE)
    named = [_named(sides, way) for way in WAYS]
    whole = named[0].join(named[1], how="outer").join(_balance(months), how="left")
    whole.reset_index().to_parquet(into)
    return len(whole.columns)


def invoices(lake: str, *, as_of: date, anchor: int) -> pd.DataFrame:
    """Return the invoices as last stated by the day.

    Args:
        lake: its folder.
        as_of: the day.
        anchor: the last complete month by then.
    """
    paths = sorted(Path(lake).glob("invoices/*/*.parquet"))
    parts = [
        pd.read_parquet(path, columns=_COLUMNS, partitioning=None) for path in paths
    ]
    facts = pd.concat(parts, ignore_index=True)
    for name in ("happened_on", "known_on"):
        facts[name] = pd.to_datetime(facts[name])
    for name in ("direction", "state"):
        facts[name] = facts[name].astype("category")
    day = pd.Timestamp(as_of)
    facts = facts[(facts.known_on <= day) & (facts.happened_on <= day)]
    touched = facts.loc[facts.again, _ABOUT].drop_duplicates()
    stated = facts.reset_index().merge(touched, on=_ABOUT)
    last = stated.groupby(_ABOUT, observed=True).known_on.transform("max")
    facts = facts.drop(index=stated.loc[stated.known_on < last, "index"])
    when = facts.happened_on.dt
    facts["ago"] = anchor - (when.year * 12 + when.month)
    return facts


def _months(facts: pd.DataFrame) -> pd.DataFrame:
    valid = facts.state == "valid"
    net, day, total = facts.net_fen, facts.happened_on, facts.total_fen
    plain = valid & (net >= 0)
    after = (day + pd.Timedelta(days=6)).dt.month
    columns = {
        "n": facts.state.notna(),
        "voided": facts.state == "voided",
        "valids": valid,
        "net": net.where(valid, 0),
        "tax": facts.tax_fen.where(valid, 0),
        "red": (-net).where(valid & (net < 0), 0),
        "plain": net.where(plain, 0),
        "plains": plain,
        "month_end": valid & (after != day.dt.month),
        **{
            f"cap_{name}": plain & total.between(cap * 9 // 10, cap * 117 // 100)
            for name, cap in CAPS.items()
        },
    }
    keys = [*_SIDE, "ago"]
    rows = facts[keys].assign(**columns)
    months = rows.groupby(keys, observed=True)[list(columns)].sum().astype("int64")
    days = facts.loc[valid, keys].assign(day=day[valid])
    ends = days.groupby(keys, observed=True).day.agg(first="min", last="max")
    return months.join(ends).reset_index()


def _books(months: pd.DataFrame, *, as_of: date) -> pd.DataFrame:
    sides = months.groupby(_SIDE, observed=True)
    oldest = sides.ago.max()
    sums = {name: _sums(months, n) for name, n in _WINDOWS.items()}
    traits = {f"net_{name}": of["net"] for name, of in sums.items()}
    traits |= _growths(months, sums, oldest)
    traits |= _rhythm(months, oldest)
    traits |= _papers(sums)
    ends = sides.agg(first=("first", "min"), last=("last", "max"))
    traits["days_since"] = (pd.Timestamp(as_of) - ends["last"]).dt.days
    traits["history_months"] = oldest + 1
    traits["span_days"] = (ends["last"] - ends["first"]).dt.days
    return pd.DataFrame(traits, index=oldest.index)


def _inside(months: pd.DataFrame, n: int) -> pd.Series:
    ago = months.ago
    return ago < n if n == _WINDOWS["all"] else ago.between(0, n - 1)


def _sums(months: pd.DataFrame, n: int) -> pd.DataFrame:
    """Return sums over a window of the last months, 0 where there are none."""
    kept = months[_inside(months, n)].drop(columns=["ago", "first", "last"])
    index = pd.MultiIndex.from_frame(months[_SIDE].drop_duplicates())
    return kept.groupby(_SIDE, observed=True).sum().reindex(index, fill_value=0)


def _growths(
    months: pd.DataFrame, sums: Mapping[str, pd.DataFrame], oldest: pd.Series
) -> dict[str, pd.Series]:
    traits = {}
    for n in (3, 6, 12):
        past = months[months.ago.between(12, 11 + n)]
        now = sums[f"{n}m"]["net"]
        before = past.groupby(_SIDE, observed=True).net.sum()
        before = before.reindex(now.index, fill_value=0)
        growth = _ratio(now - before, now.abs() + before.abs())
        traits[f"growth_{n}m"] = growth.where(oldest >= 11 + n)
    return traits


def _rhythm(months: pd.DataFrame, oldest: pd.Series) -> dict[str, pd.Series]:
    traits = {}
    for n in (12, 24):
        kept = months[_inside(months, n)]
        net = kept.net.astype("float64")
        rows = kept[_SIDE].assign(net=net, squared=net * net)
        of = rows.groupby(_SIDE, observed=True).sum().reindex(oldest.index)
        seen = (oldest + 1).clip(upper=n)
        spread = np.sqrt(seen * of.squared - of.net * of.net) / of.net
        traits[f"variation_{n}m"] = spread.where((of.net > 0) & (seen > 1))
    for name in ("12m", "24m", "all"):
        active = months[_inside(months, _WINDOWS[name]) & (months.valids > 0)]
        count = active.groupby(_SIDE, observed=True).size()
        traits[f"active_months_{name}"] = count.reindex(oldest.index, fill_value=0)
    kept = months[_inside(months, 24) & (months.net > 0)]
    logs = (np.log(kept.net) * 1_000_000).round()
    rows = kept[_SIDE].assign(n=1.0, first=logs, squared=logs * logs)
    of = rows.groupby(_SIDE, observed=True).sum().reindex(oldest.index)
    spread = np.sqrt(of.n * of.squared - of["first"] ** 2) / of.n / 1_000_000
    traits["log_spread_24m"] = spread.where(of.n > 1)
    return traits


def _papers(sums: Mapping[str, pd.DataFrame]) -> dict[str, pd.Series]:
    shares = {
        f"void_share_{n}": ("voided", "n", n) for n in ("3m", "12m", "24m", "all")
    }
    shares |= {f"red_share_{n}": ("red", "plain", n) for n in ("12m", "24m")}
    shares |= {f"cap_{c}_share_24m": (f"cap_{c}", "plains", "24m") for c in CAPS}
    shares["month_end_share_12m"] = ("month_end", "valids", "12m")
    traits = {
        name: _ratio(sums[window][part], sums[window][whole])
        for name, (part, whole, window) in shares.items()
    }
    for n in ("12m", "all"):
        traits[f"invoices_{n}"] = sums[n]["valids"]
    year = sums["12m"]
    traits["ticket_12m"] = np.floor(_ratio(year["plain"], year["plains"]) + 0.5)
    return traits


def _partners(facts: pd.DataFrame) -> pd.DataFrame:
    valid = facts[facts.state == "valid"]
    net, ago = valid.net_fen, valid.ago
    keys = [*_SIDE, "counterparty_id"]
    rows = valid[keys].assign(
        now=net.where(ago.between(0, 11), 0),
        before=net.where(ago.between(12, 23), 0),
        ever=net,
        since=ago,
    )
    pairs = rows.groupby(keys, observed=True).agg(
        now=("now", "sum"),
        before=("before", "sum"),
        ever=("ever", "sum"),
        since=("since", "max"),
    )
    amounts = ["now", "before", "ever"]
    pairs[amounts] = pairs[amounts].clip(lower=0)
    pairs = pairs.assign(
        partners_12m=pairs.now > 0,
        squared_now=pairs.now.astype("float64") ** 2,
        squared_ever=pairs.ever.astype("float64") ** 2,
        kept=pairs.now.where(pairs.before > 0, 0),
        lost=pairs.before.where(pairs.now <= 0, 0),
        new=pairs.now.where(pairs.since < _WINDOWS["3m"], 0),
    )
    groups = pairs.groupby(level=_SIDE, observed=True)
    of, most = groups.sum(), groups[["now", "since"]].max()
    everyone = pd.MultiIndex.from_frame(facts[_SIDE].drop_duplicates())
    now, ever = of.now.astype("float64"), of.ever.astype("float64")
    traits = pd.DataFrame(
        {
            "partners_12m": of.partners_12m,
            "hhi_12m": _ratio(of.squared_now, now * now),
            "hhi_all": _ratio(of.squared_ever, ever * ever),
            "top_share_12m": _ratio(most.now, of.now),
            "kept_share_12m": _ratio(of.kept, of.now).where(
                most.since >= _WINDOWS["12m"]
            ),
            "lost_share_12m": _ratio(of.lost, of.before),
            "new_share_3m": _ratio(of.new, of.now),
        }
    ).reindex(everyone)
    return traits.fillna({"partners_12m": 0})


def _balance(months: pd.DataFrame) -> pd.DataFrame:
    keys = ["enterprise_id", "ago"]
    columns = ["net", "tax", "valids"]
    sold, bought = (
        months[months.direction == way].set_index(keys)[columns] for way in WAYS
    )
    both = sold.add_suffix("_out").join(bought.add_suffix("_in"), how="outer")
    both = both.fillna(0).astype("int64").reset_index()
    count = both.groupby("enterprise_id")[["valids_out", "valids_in"]].sum()
    count = count[(count > 0).all(axis=1)]
    year, two = (both[_inside(both, n)] for n in (12, 24))
    y1, y2 = (
        rows.groupby("enterprise_id").sum().reindex(count.index, fill_value=0)
        for rows in (year, two)
    )
    over = year[year.net_in > year.net_out].groupby("enterprise_id").size()
    return pd.DataFrame(
        {
            "margin_12m": _ratio(y1.net_out - y1.net_in, y1.net_out),
            "margin_24m": _ratio(y2.net_out - y2.net_in, y2.net_out),
            "vat_burden_12m": _ratio(y1.tax_out - y1.tax_in, y1.net_out),
            "vat_rate_12m": _ratio(y1.tax_out, y1.net_out),
            "overbought_months_12m": over.reindex(count.index, fill_value=0),
        }
    )


def _named(sides: pd.DataFrame, way: str) -> pd.DataFrame:
    """Return one direction's traits under the names they have in a portrait."""
    own = sides.xs(way, level="direction")
    name, partner = WAYS[way]
    return own.rename(columns=lambda column: _name(column, name, partner))


def _name(column: str, name: str, partner: str) -> str:
    if column == "partners_12m":
        return f"{partner}s_12m"
    ours = ("hhi_", "top_", "kept_", "lost_", "new_")
    side = partner if column.startswith(ours) else name
    return f"{side}_{column.removeprefix('net_')}"


def _ratio(part: Any, whole: Any) -> Any:  # noqa: ANN401
    return (part / whole).where(whole > 0)
