"""What people call the families of sources."""

from collections.abc import Mapping
from typing import Final

from xiaowei.facts.sources import FAMILIES, SOURCES
from xiaowei.said import Said

NAMES: Final[Mapping[str, Said]] = {
    family: Said(
        "、".join(one.zh for one in SOURCES if one.family == family),
        family.replace("_", " "),
    )
    for family in FAMILIES
}
"""Family to its name."""
