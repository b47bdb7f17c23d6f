"""Writes docs/traits.md, the trait dictionary, from the traits themselves.

python tools/trait_page.py [--check]
"""

import sys
from pathlib import Path
from typing import Final

from xiaowei.portraits.portrait import TRAITS

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "traits.md"
_HEAD: Final = """# Traits 指标字典

Made by `tools/trait_page.py` from the traits themselves; `xiaowei traits` also tells
for how many firms of the last run each is unknown. A trait whose source states nothing
about a firm is unknown, never 0.

| trait | 指标 | unit | window | sources | risk lies | meaning |
| --- | --- | --- | --- | --- | --- | --- |
"""
_LIES: Final = {
    "higher_is_riskier": "higher",
    "lower_is_riskier": "lower",
    "none": "–",
}


def page() -> str:
    """Return the page."""
    rows = [
        f"| `{t.name}` | {t.zh} | {t.unit} | {t.window} | {', '.join(t.sources)} "
        f"| {_LIES[t.direction]} | {t.meaning.replace('|', chr(92) + '|')} |\n"
        for t in TRAITS
    ]
    return _HEAD + "".join(rows)


def main() -> None:
    """Write the page, or with --check fail where it is not current."""
    if "--check" not in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != page():
        sys.exit("docs/traits.md is not current: run 'python tools/trait_page.py'")


if __name__ == "__main__":
    main()
