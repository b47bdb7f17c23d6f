"""What every page's template needs beside its own content."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from xiaowei.surfaces.report import figures
from xiaowei.surfaces.report.document import Document, Firm
from xiaowei.surfaces.report.links import Link
from xiaowei.surfaces.report.listing import TIERS, differing


def page_content(run: Document, name: str, *, lang: str, link: Link) -> dict[str, Any]:
    """Return what every page's template needs.

    Args:
        run: the document.
        name: the page; it keeps ids apart where pages share one file.
        lang: `zh` or `en`, for the few places that can hold one language only.
        link: writes addresses.
    """
    dictionary = {trait["name"]: trait for trait in run["traits"]}

    def trait_name(key: str) -> Markup:
        return name_of_trait(key, dictionary)

    return {
        "run": run,
        "lang": lang,
        "link": link,
        "caption_of": name,
        "dictionary": dictionary,
        "trait_name": trait_name,
        "title_of": title_of,
        "assumption": assumption,
        "order": order,
    }


def name_of_trait(key: str, dictionary: Mapping[str, Any]) -> Markup:
    """Return a trait's name; in English its own key, which is English."""
    entry = dictionary.get(key)
    if entry is None:
        return Markup.escape(key)
    return title_of(entry, key)


def title_of(row: Mapping[str, Any], key: str) -> Markup:
    """Return the title that a row states; its key in English where it states none."""
    return figures.say({"zh": row["zh"], "en": row.get("en") or key})


def assumption(key: str, value: str | float | None) -> Markup:
    """Return an assumption in the unit that its name ends in."""
    if isinstance(value, str):
        return figures.named(key, value)
    if key.endswith("_fen"):
        return figures.amount(value, unit="fen")
    if key.endswith(("_rate", "_share", "lgd", "_cost")):
        return figures.amount(value, unit="share")
    return figures.amount(value, unit="")


def order(firm: Firm) -> list[Any]:
    """Return what a list of firms is sorted by in the browser, in column order."""
    return [
        firm["name"] or None,
        TIERS.index(firm["tier"]),
        firm["score"],
        firm["pd"],
        firm["limit_fen"] or None,
        firm["rate"],
        firm["expected_profit_fen"],
        len(differing(firm)),
    ]
