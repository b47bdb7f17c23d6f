"""The invoice traits in SQL as an engineer would write it by hand, on DuckDB.

One pass over the months of each direction, one over the partners, one over both
directions side by side; sums of squares are wide integers where cancellation would
cost digits and doubles elsewhere.
"""

from collections.abc import Iterable
from typing import Final

import duckdb

CONFIG: Final[dict[str, str | int | float | list[str]]] = {
    "threads": 2,
    "memory_limit": "4GiB",
    "preserve_insertion_order": False,
}
WAYS: Final = {"sale": ("sales", "customer"), "purchase": ("purchases", "supplier")}
_EVER: Final = "ago < 1200"

_FACTS: Final = """
known AS (
    SELECT enterprise_id, direction, invoice_no, happened_on, counterparty_id,
           known_on, net_fen, tax_fen, total_fen, state, again
    FROM read_parquet('{paths}')
    WHERE known_on <= DATE '{day}' AND happened_on <= DATE '{day}'
),
corrected AS (
    SELECT enterprise_id, direction, invoice_no, happened_on, counterparty_id,
           max(known_on) AS last
    FROM known SEMI JOIN (
        SELECT enterprise_id, direction, invoice_no, happened_on, counterparty_id
        FROM known WHERE again
    ) USING (enterprise_id, direction, invoice_no, happened_on, counterparty_id)
    GROUP BY ALL
),
invoices AS (
    SELECT enterprise_id, direction, counterparty_id, net_fen, tax_fen, total_fen,
           happened_on, state, state = 'valid' AS valid,
           {anchor} - (year(happened_on) * 12 + month(happened_on)) AS ago
    FROM known ANTI JOIN corrected
      ON known.enterprise_id = corrected.enterprise_id
     AND known.direction = corrected.direction
     AND known.invoice_no = corrected.invoice_no
     AND known.happened_on = corrected.happened_on
     AND known.counterparty_id = corrected.counterparty_id
     AND known.known_on < corrected.last
),
months AS (
    SELECT enterprise_id, direction, ago,
           count(state) AS n,
           count(*) FILTER (state = 'voided') AS voided,
           count(*) FILTER (valid) AS valids,
           coalesce(sum(net_fen) FILTER (valid), 0)::BIGINT AS net,
           coalesce(sum(tax_fen) FILTER (valid), 0)::BIGINT AS tax,
           coalesce(sum(-net_fen) FILTER (valid AND net_fen < 0), 0)::BIGINT AS red,
           coalesce(sum(net_fen) FILTER (valid AND net_fen >= 0), 0)::BIGINT AS plain,
           count(*) FILTER (valid AND net_fen >= 0) AS plains,
           count(*) FILTER (
               valid AND month(happened_on + 6) <> month(happened_on)
           ) AS month_end,
           {caps},
           min(happened_on) FILTER (valid) AS first,
           max(happened_on) FILTER (valid) AS last
    FROM invoices GROUP BY ALL
)"""

_CAPS: Final = {"1w": 1_000_000, "10w": 10_000_000, "100w": 100_000_000}

_BALANCE: Final = """
sides AS (
    SELECT enterprise_id, ago,
           coalesce(sum(net) FILTER (direction = 'sale'), 0)::BIGINT AS sold,
           coalesce(sum(net) FILTER (direction = 'purchase'), 0)::BIGINT AS bought,
           coalesce(sum(tax) FILTER (direction = 'sale'), 0)::BIGINT AS tax_out,
           coalesce(sum(tax) FILTER (direction = 'purchase'), 0)::BIGINT AS tax_in,
           coalesce(sum(valids) FILTER (direction = 'sale'), 0) AS sales,
           coalesce(sum(valids) FILTER (direction = 'purchase'), 0) AS purchases
    FROM months GROUP BY ALL
),
balance AS (
    SELECT enterprise_id,
           sum(sold) FILTER ({y1}) AS sold_12, sum(bought) FILTER ({y1}) AS bought_12,
           sum(sold) FILTER ({y2}) AS sold_24, sum(bought) FILTER ({y2}) AS bought_24,
           sum(tax_out) FILTER ({y1}) AS out_12, sum(tax_in) FILTER ({y1}) AS in_12,
           sum(sales) > 0 AND sum(purchases) > 0 AS both_ways,
           count(*) FILTER ({y1} AND bought > sold) AS overbought
    FROM sides GROUP BY ALL
),
balanced AS (
    SELECT enterprise_id,
           CASE WHEN sold_12 > 0 THEN (sold_12 - bought_12)::DOUBLE / sold_12 END
             AS margin_12m,
           CASE WHEN sold_24 > 0 THEN (sold_24 - bought_24)::DOUBLE / sold_24 END
             AS margin_24m,
           CASE WHEN sold_12 > 0 THEN (out_12 - in_12)::DOUBLE / sold_12 END
             AS vat_burden_12m,
           CASE WHEN sold_12 > 0 THEN out_12::DOUBLE / sold_12 END AS vat_rate_12m,
           overbought AS overbought_months_12m
    FROM balance WHERE both_ways
)"""

_PARTNERS: Final = """
pairs AS (
    SELECT enterprise_id, direction, counterparty_id,
           greatest(coalesce(sum(net_fen) FILTER (valid AND {y1}), 0), 0)::BIGINT
             AS now,
           greatest(
               coalesce(sum(net_fen) FILTER (valid AND ago BETWEEN 12 AND 23), 0), 0
           )::BIGINT AS before,
           greatest(coalesce(sum(net_fen) FILTER (valid), 0), 0)::BIGINT AS ever,
           max(ago) FILTER (valid) AS since
    FROM invoices GROUP BY ALL
),
partners AS (
    SELECT enterprise_id, direction,
           count(*) FILTER (now > 0) AS partners_12m,
           sum(now)::DOUBLE AS all_now, sum(before)::DOUBLE AS all_before,
           sum(ever)::DOUBLE AS all_ever,
           CASE WHEN all_now > 0
             THEN sum(now::DOUBLE * now) / (all_now * all_now) END AS hhi_12m,
           CASE WHEN all_ever > 0
             THEN sum(ever::DOUBLE * ever) / (all_ever * all_ever) END AS hhi_all,
           CASE WHEN all_now > 0 THEN max(now) / all_now END AS top_share_12m,
           CASE WHEN all_now > 0 AND max(since) >= 12
             THEN coalesce(sum(now) FILTER (before > 0), 0) / all_now END
             AS kept_share_12m,
           CASE WHEN all_before > 0
             THEN coalesce(sum(before) FILTER (now <= 0), 0) / all_before END
             AS lost_share_12m,
           CASE WHEN all_now > 0
             THEN coalesce(sum(now) FILTER (since < 3), 0) / all_now END
             AS new_share_3m
    FROM pairs GROUP BY ALL
)"""
_PARTNER_TRAITS: Final = (
    "hhi_12m",
    "hhi_all",
    "top_share_12m",
    "kept_share_12m",
    "lost_share_12m",
    "new_share_3m",
)


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
    paths = f"{lake}/invoices/*/*.parquet"
    statement = query(paths=paths, day=day, anchor=anchor)
    with duckdb.connect(config=CONFIG) as connection:
        connection.execute(f"COPY ({statement}) TO '{into}' (FORMAT parquet)")
        known = connection.execute(f"DESCRIBE FROM '{into}'").fetchall()
    return len(known) - 1


def query(*, paths: str, day: str, anchor: int) -> str:
    """Return the statement."""
    caps = ", ".join(
        "count(*) FILTER (valid AND net_fen >= 0 AND total_fen "
        f"BETWEEN {cap * 9 // 10} AND {cap * 117 // 100}) AS cap_{name}"
        for name, cap in _CAPS.items()
    )
    years = {"y1": _last(12), "y2": _last(24)}
    facts = _FACTS.format(paths=paths, day=day, anchor=anchor, caps=caps)
    rest = f"{_BALANCE.format(**years)},{_PARTNERS.format(**years)}"
    selected = [
        f"{side}.{column} AS {named}"
        for way, side in (("sale", "s"), ("purchase", "p"))
        for column, named in _names(way)
    ]
    # All of it is our own text.
    return f"""
WITH {facts},{rest},
books AS (
    SELECT enterprise_id, direction, max(ago) AS oldest, {_books(day)}
    FROM months GROUP BY ALL
),
told AS (SELECT * EXCLUDE oldest FROM books JOIN partners
         USING (enterprise_id, direction))
SELECT enterprise_id, {", ".join(selected)}, balanced.* EXCLUDE enterprise_id
FROM (FROM told WHERE direction = 'sale') s
FULL JOIN (FROM told WHERE direction = 'purchase') p USING (enterprise_id)
LEFT JOIN balanced USING (enterprise_id)"""  # noqa: S608


def _last(months: int) -> str:
    return f"ago BETWEEN 0 AND {months - 1}"


def _total(column: str, where: str) -> str:
    return f"coalesce(sum({column}) FILTER ({where}), 0)::BIGINT"


def _share(part: str, whole: str, where: str) -> str:
    below = _total(whole, where)
    over = f"{_total(part, where)}::DOUBLE / {below}"
    return f"CASE WHEN {below} > 0 THEN {over} END"


def _books(day: str) -> str:
    """Return what is selected of the months of each enterprise and direction."""
    traits = [*_levels(), *_growths(), *_rhythm(), *_papers(), *_ages(day)]
    return ",\n".join(f"{value} AS {name}" for name, value in traits)


_WINDOWS: Final = {
    "3m": _last(3),
    "6m": _last(6),
    "12m": _last(12),
    "24m": _last(24),
    "all": _EVER,
}


def _levels() -> Iterable[tuple[str, str]]:
    return [(f"net_{name}", _total("net", where)) for name, where in _WINDOWS.items()]


def _growths() -> Iterable[tuple[str, str]]:
    for n in (3, 6, 12):
        now = _total("net", _last(n))
        before = _total("net", f"ago BETWEEN 12 AND {11 + n}")
        whole = f"(abs({now}) + abs({before}))"
        yield (
            f"growth_{n}m",
            f"CASE WHEN oldest >= {11 + n} AND {whole} > 0 "
            f"THEN ({now} - {before})::DOUBLE / {whole} END",
        )


def _rhythm() -> Iterable[tuple[str, str]]:
    for n in (12, 24):
        seen, where = f"least(oldest + 1, {n})", _last(n)
        whole = f"sum(net) FILTER ({where})"
        squared = f"sum(net::HUGEINT * net) FILTER ({where})"
        yield (
            f"variation_{n}m",
            f"CASE WHEN {whole} > 0 AND {seen} > 1 THEN sqrt(({seen} * {squared} "
            f"- {whole} * {whole})::DOUBLE) / {whole} END",
        )
    for name in ("12m", "24m", "all"):
        where = f"{_WINDOWS[name]} AND valids > 0"
        yield f"active_months_{name}", f"count(*) FILTER ({where})"
    log = "round(ln(greatest(net, 1)) * 1000000)::BIGINT"
    where = f"{_last(24)} AND net > 0"
    count = f"count(*) FILTER ({where})"
    first, second = (_total(of, where) for of in (log, f"({log}) * ({log})"))
    yield (
        "log_spread_24m",
        f"CASE WHEN {count} > 1 THEN sqrt(({count} * {second} "
        f"- {first} * {first})::DOUBLE) / {count} / 1000000 END",
    )


def _papers() -> Iterable[tuple[str, str]]:
    for name in ("3m", "12m", "24m", "all"):
        yield f"void_share_{name}", _share("voided", "n", _WINDOWS[name])
    for name in ("12m", "24m"):
        yield f"red_share_{name}", _share("red", "plain", _WINDOWS[name])
    for name in ("12m", "all"):
        yield f"invoices_{name}", _total("valids", _WINDOWS[name])
    yield "ticket_12m", f"round({_share('plain', 'plains', _last(12))})::BIGINT"
    for name in _CAPS:
        yield f"cap_{name}_share_24m", _share(f"cap_{name}", "plains", _last(24))
    yield "month_end_share_12m", _share("month_end", "valids", _last(12))


def _ages(day: str) -> Iterable[tuple[str, str]]:
    return [
        ("days_since", f"DATE '{day}' - max(last)"),
        ("history_months", "oldest + 1"),
        ("span_days", "max(last) - min(first)"),
    ]


def _names(way: str) -> Iterable[tuple[str, str]]:
    """Return each trait's column and its name in a portrait."""
    name, partner = WAYS[way]
    for column, _value in (*_levels(), *_growths(), *_rhythm(), *_papers()):
        yield column, f"{name}_{column.removeprefix('net_')}"
    for column in ("days_since", "history_months", "span_days"):
        yield column, f"{name}_{column}"
    yield "partners_12m", f"{partner}s_12m"
    for column in _PARTNER_TRAITS:
        yield column, f"{partner}_{column}"
