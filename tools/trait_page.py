"""Writes docs/traits.md and docs/traits.html, the trait dictionary.

python tools/trait_page.py [--check] [--missing FILE]

FILE is what `xiaowei traits --json` says of a home. The share of firms for which
each trait is unknown is kept in docs/traits-missing.json and stands in the page from
then on.
"""

import json
import sys
from pathlib import Path
from typing import Final

from guide import DOCS, Guide, Section, publish

from xiaowei.facts.sources import FAMILIES, contracts_of
from xiaowei.portraits.portrait import TRAITS
from xiaowei.portraits.traits.trait import Trait

MISSING: Final = DOCS / "traits-missing.json"
_LEAD: Final = (
    "Made by `tools/trait_page.py` from the traits themselves. A trait whose source "
    "states nothing about a firm is unknown, never 0; a source without consent states "
    "nothing.",
    "由 `tools/trait_page.py` 依指标本身生成。来源对企业没有记录时指标为未知，绝不为0；"
    "未授权的来源视为没有记录。",
    "Windows are the last complete months of the calendar (自然月) as of the day; "
    "`all` is everything known, `now` how things stand. Risk lies where it was "
    "expected before any outcome was seen.",
)
_MEASURED: Final = (
    "Missing is the share of firms for which a trait is unknown, by `xiaowei traits "
    "--json` on the home of `make demo` (the county of seed 7, as of its last day); – "
    "where it was not measured."
)
_LIES: Final = {
    "higher_is_riskier": "higher 高",
    "lower_is_riskier": "lower 低",
    "none": "–",
}
_HEADS: Final = ("trait", "指标", "title", "unit", "window", "risk lies", "meaning")


def keep_missing(listing: Path) -> None:
    """Keep the shares missing that a home tells of.

    Args:
        listing: JSON; one object per trait with its name and `missing_share`.
    """
    told = json.loads(listing.read_text(encoding="utf-8"))
    shares = {row["name"]: row["missing_share"] for row in told}
    text = json.dumps(shares, indent=1, sort_keys=True) + "\n"
    MISSING.write_text(text, encoding="utf-8")


def guide(missing: dict[str, float] | None) -> Guide:
    """Return the dictionary.

    Args:
        missing: trait to the share of firms that it is unknown for, if measured.
    """
    groups: dict[tuple[str, ...], list[Trait]] = {}
    for trait in TRAITS:
        groups.setdefault(trait.sources, []).append(trait)
    order = {family: place for place, family in enumerate(FAMILIES)}
    ranked = sorted(groups, key=lambda s: [order.get(f, len(order)) for f in s])
    return Guide(
        "traits",
        "tools/trait_page.py",
        f"Traits 指标字典 ({len(TRAITS)})",
        _LEAD if missing is None else (*_LEAD, _MEASURED),
        tuple(_section(sources, groups[sources], missing) for sources in ranked),
    )


def _section(
    sources: tuple[str, ...], traits: list[Trait], missing: dict[str, float] | None
) -> Section:
    named = [source.zh for family in sources for source in contracts_of(family)]
    title = f"{' + '.join(f'`{family}`' for family in sources)} {'、'.join(named)}"
    heads = _HEADS if missing is None else (*_HEADS, "missing")
    rows = tuple(
        _row(trait) if missing is None else (*_row(trait), _share(missing, trait))
        for trait in traits
    )
    return Section("-".join(sources), title.strip(), (), heads, rows)


def _row(trait: Trait) -> tuple[str, ...]:
    return (
        f"`{trait.name}`",
        trait.zh,
        trait.en,
        trait.unit,
        trait.window,
        _LIES[trait.direction],
        trait.meaning,
    )


def _share(missing: dict[str, float], trait: Trait) -> str:
    return f"{missing[trait.name]:.1%}" if trait.name in missing else "–"


def main() -> None:
    """Write the pages, or with --check fail where one is not current."""
    if "--missing" in sys.argv:
        keep_missing(Path(sys.argv[sys.argv.index("--missing") + 1]))
    told = MISSING.read_text(encoding="utf-8") if MISSING.exists() else "null"
    publish(guide(json.loads(told)), check="--check" in sys.argv)


if __name__ == "__main__":
    main()
