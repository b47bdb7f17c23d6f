"""The districts a large county is made of: how each is called and numbered."""

from dataclasses import dataclass
from typing import Final

COUNTY: Final = "云溪县"
_FIRST: Final = "青白金玉石龙凤松柏梅兰竹桃柳桐枫荷莲菱苇"
_SECOND: Final = "川江河湖泉潭溪源岭峰坪原洲港湾塘桥渡口关"


@dataclass(frozen=True, slots=True)
class Place:
    """One district.

    Args:
        number: from 0.
        first: firms of the county in the districts before it.
        county_seed: of the numbers that all districts share.
        neighbours: codes of firms in other districts that may be partners here.
    """

    number: int = 0
    first: int = 0
    county_seed: int = 0
    neighbours: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return what the district is called; the first is the county's own name.

        >>> Place().name, Place(number=1).name
        ('云溪县', '青江县')
        """
        if self.number == 0:
            return COUNTY
        return (
            _FIRST[self.number // len(_SECOND) % len(_FIRST)]
            + _SECOND[self.number % len(_SECOND)]
            + "县"
        )
