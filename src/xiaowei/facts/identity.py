"""Whose fact it is: the unified social credit code and its check digit."""

from operator import mul
from typing import Final

from xiaowei.said import Said

_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_LENGTH: Final = 18
_VALUES: Final = {character: value for value, character in enumerate(_ALPHABET)}
_WEIGHTS: Final = tuple(pow(3, place, len(_ALPHABET)) for place in range(_LENGTH - 1))


def check_digit(code: str) -> str:
    """Return the 18th character that the first 17 demand.

    Args:
        code: at least 17 characters of the code's alphabet (no I, O, S, V, Z).

    Source: GB 32100-2015, weights 3**i mod 31.

    >>> check_digit("91350211M000100Y4")
    '6'
    """
    values = map(_VALUES.__getitem__, code)
    return _ALPHABET[-sum(map(mul, values, _WEIGHTS)) % len(_ALPHABET)]


def credit_code_fault(code: str) -> Said | None:
    """Return what is wrong with a code that claims to be a unified credit code.

    Codes of another length are a source's own and are not judged.

    >>> credit_code_fault("91350211M000100Y43").en
    'check digit is 3, expected 6'
    >>> credit_code_fault("E12") is None
    True
    """
    if len(code) != _LENGTH:
        return None
    if not _VALUES.keys() >= set(code):
        return Said(
            "含有统一社会信用代码所没有的字符",
            "has a character that no unified credit code has",
        )
    expected = check_digit(code)
    if code[-1] != expected:
        return Said(
            f"校验码是{code[-1]}，应为{expected}",
            f"check digit is {code[-1]}, expected {expected}",
        )
    return None
