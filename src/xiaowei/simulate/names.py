"""What firms are called and known by; every name and region code is made up."""

from typing import Final

import numpy as np

from xiaowei.facts.identity import check_digit, organisation_check
from xiaowei.simulate.places import Place

COUNTY_CODE: Final = "330999"
"""No county bears this code, so no code drawn here is that of a real enterprise."""

_OUTSIDE_CODES: Final = ("310998", "320999", "330998", "340999", "370999", "440999")
_DISTINCT_CODES: Final = 10**8
_STRIDE: Final = 61_803_399
"""Prime to 10**8: steps of it visit every organisation number once."""

_FIRST: Final = "宏恒鑫瑞华永昌泰盛嘉金顺德信和润源诚兴隆"
_SECOND: Final = "达远丰通利源发盈辉博泽凯腾翔宇祥安邦旺康"


def credit_code(kind: str, *, region: str, number: int) -> str:
    """Return a unified social credit code with its two check digits.

    Args:
        kind: "91" for an enterprise, "92" for an own-account business.
        region: six digits.
        number: of the organisation, below 10**8.

    >>> credit_code("91", region="330999", number=12345678)
    '913309991234567887'
    """
    digits = f"{number:08d}"
    body = f"{kind}{region}{digits}{organisation_check(digits)}"
    return body + check_digit(body)


def county_codes(own_account: list[bool], *, place: Place) -> list[str]:
    """Return one code per firm of a district, different in all districts.

    Args:
        own_account: which firms are own-account businesses.
        place: which district.
    """
    chance = np.random.Generator(np.random.PCG64([place.county_seed, 3]))
    start = int(chance.integers(_DISTINCT_CODES)) + place.first * _STRIDE
    return [
        credit_code(
            "92" if own else "91",
            region=COUNTY_CODE,
            number=(start + number * _STRIDE) % _DISTINCT_CODES,
        )
        for number, own in enumerate(own_account)
    ]


def outside_codes(count: int, *, rng: np.random.Generator) -> list[str]:
    """Return codes of firms outside the county, all different."""
    start = int(rng.integers(_DISTINCT_CODES))
    regions = rng.integers(len(_OUTSIDE_CODES), size=count)
    return [
        credit_code(
            "91",
            region=_OUTSIDE_CODES[region],
            number=(start + place * _STRIDE) % _DISTINCT_CODES,
        )
        for place, region in enumerate(regions)
    ]


def person_codes(count: int, *, rng: np.random.Generator) -> list[str]:
    """Return codes under which a tax bureau hides persons who buy, all different."""
    start = int(rng.integers(_DISTINCT_CODES))
    return [
        f"GR{(start + place * _STRIDE) % _DISTINCT_CODES:08d}" for place in range(count)
    ]


def firm_names(
    words: list[str],
    *,
    own_account: list[bool],
    place: Place,
    rng: np.random.Generator,
) -> list[str]:
    """Return one name per firm, all different.

    Args:
        words: what each firm's trade is called.
        own_account: which firms are own-account businesses.
        place: which district.
        rng: where chance comes from.
    """
    pairs = [first + second for first in _FIRST for second in _SECOND]
    order = rng.permutation(len(pairs))
    seen: dict[str, int] = {}
    names = []
    for number, (word, own) in enumerate(zip(words, own_account, strict=True)):
        brand = pairs[order[number % len(pairs)]]
        stem = f"{place.name[:2]}{brand}{word}"
        again = seen[stem] = seen.get(stem, 0) + 1
        stem += f"第{again}" if again > 1 else ""
        names.append(stem + ("经营部" if own else "有限公司"))
    return names
