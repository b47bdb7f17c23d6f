"""The workbook's sheets about the book as a whole: frontier, validation, files."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from xiaowei.surfaces.report.document import Document
from xiaowei.surfaces.report.sheets import Cell, Sheet, both, column, label, said, yuan
from xiaowei.surfaces.report.texts import words

_INTERVALS: Final = (
    "auc",
    "auc_difference",
    "rating_accuracy",
    "rating_qwk",
)
_PLAIN: Final = (
    "baseline_auc",
    "ks",
    "brier",
    "ece",
    "slope",
    "intercept",
    "rating_majority",
    "rating_within_one",
)


def frontier(run: Document) -> Sheet:
    """Return what each budget would earn, then the recipe and the trial."""
    columns = (
        column("item", width=30),
        column("budget", "yuan", 20),
        column("offered_amount", "yuan", 20),
        column("drawn_amount", "yuan", 20),
        column("expected_profit", "yuan", 20),
        column("low_end", "yuan", 18),
        column("high_end", "yuan", 18),
        column("offered_firms", "count", 12),
    )
    return Sheet(words("sheet_frontier"), columns, list(_frontier(run["portfolio"])))


def validation(run: Document) -> Sheet:
    """Return each measure with its interval, the model, and the caveats."""
    columns = (
        column("measure", width=36),
        column("value", "number"),
        column("low_end", "number"),
        column("high_end", "number"),
        column("what_it_states", width=80),
    )
    return Sheet(words("sheet_validation"), columns, list(_validation(run)))


def facts(run: Document) -> Sheet:
    """Return the account of each file, then the files not read."""
    columns = (
        column("file", width=36),
        column("source", width=26),
        column("rows", "count"),
        column("accepted", "count"),
        column("quarantined", "count"),
        column("duplicates", "count"),
        column("accepted_amount", "yuan", 22),
        column("notes", width=60),
    )
    rows: list[Sequence[Cell]] = [_account(one) for one in run["facts"]]
    absent = words("not_read_rows")
    rows += [
        (
            one["file"],
            f"{absent.zh} {absent.en}",
            None,
            None,
            None,
            None,
            None,
            said(one["reason"], "zh"),
        )
        for one in run["not_read"]
    ]
    return Sheet(words("sheet_facts"), columns, rows)


def _frontier(money: Mapping[str, Any]) -> Iterator[Sequence[Cell]]:
    for one in sorted(money["frontier"], key=lambda row: row["budget_fen"]):
        yield _line("frontier", one, budget=one["budget_fen"])
    yield _line("this_run", money, budget=money["budget_fen"])
    if money["recipe"]:
        yield _line("recipe", money["recipe"], budget=money["budget_fen"])
        claim = {"expected_profit_fen": money["recipe"]["claimed_profit_fen"]}
        yield _line("claimed_profit", claim)
    if money["realised"]:
        yield from _realised(money["realised"])


def _realised(realised: Mapping[str, Any]) -> Iterator[Sequence[Cell]]:
    for key, start in (("this_run", ""), ("recipe", "recipe_")):
        stated = {
            "expected_profit_fen": realised[f"{start}profit_fen"],
            "low_fen": realised[f"{start}low_fen"],
            "high_fen": realised[f"{start}high_fen"],
            "firms": realised.get(f"{start}firms"),
        }
        title, *cells = _line("realised", stated)
        whose = words(key)
        yield f"{title}: {whose.zh} {whose.en}", *cells


def _line(
    name: str, stated: Mapping[str, Any], *, budget: int | None = None
) -> Sequence[Cell]:
    title = words(name)
    return (
        f"{title.zh} {title.en}",
        yuan(budget),
        yuan(stated.get("offered_fen")),
        yuan(stated.get("drawn_fen")),
        yuan(stated.get("expected_profit_fen")),
        yuan(stated.get("low_fen")),
        yuan(stated.get("high_fen")),
        stated.get("firms"),
    )


def _validation(run: Document) -> Iterator[Sequence[Cell]]:
    stated = run["validation"]
    for one in run["warnings"]:
        yield _measure("warning", text=f"{said(one, 'zh')}\n{said(one, 'en')}")
    if stated is None:
        why = words("no_labels_explained")
        yield _measure("no_labels", text=f"{why.zh}\n{why.en}")
        return
    yield _measure(
        "protocol", text=both(stated.get("protocol_said", stated["protocol"]))
    )
    yield _measure("firms", value=stated["firms"])
    for key in _INTERVALS:
        ends = (stated[f"{key}_low"], stated[f"{key}_high"])
        yield _measure(key, value=stated[key], ends=ends)
    for key in _PLAIN:
        yield _measure(key, value=stated[key])
    if not stated["confusion"]:
        why = words("no_grades_learnt")
        yield _measure("rating_agreement", text=f"{why.zh}\n{why.en}")
    for leak in stated["leaks"]:
        text = f"{leak['candidate']}: {both(leak['reason'])}"
        yield _measure("leaks", text=f"{text} ({both(leak['evidence'])})")
    yield from _weights(run)


def _weights(run: Document) -> Iterator[Sequence[Cell]]:
    dictionary = {trait["name"]: trait for trait in run["traits"]}
    for row in run["validation"]["model"]:
        key, ends = row["trait"], (row["low"], row["high"])
        titles = {**dictionary.get(key, {}), **row}
        name = " ".join(titles[lang] for lang in ("zh", "en") if titles.get(lang))
        text = f"{key} {name} ({row['sign']})"
        yield _measure("weight", value=row["weight"], ends=ends, text=text)


def _measure(
    key: str,
    *,
    value: float | None = None,
    ends: tuple[float | None, float | None] = (None, None),
    text: str | None = None,
) -> Sequence[Cell]:
    name = words(key)
    return f"{name.zh} {name.en}", value, *ends, text


def _account(one: Mapping[str, Any]) -> Sequence[Cell]:
    notes = [f"{label('note', key)} {value}" for key, value in one["notes"].items()]
    if one["unused"]:
        notes.append(f"{words('unused').zh} {', '.join(one['unused'])}")
    return (
        one["file"],
        f"{one['source_zh']} {one['source']}",
        one["rows"],
        one["accepted"],
        one["quarantined"],
        one["duplicates"],
        yuan(one["accepted_amount_fen"]),
        "; ".join(notes),
    )
