"""Whose fact it is: the codes an enterprise has borne, and their check digits."""

from collections.abc import Callable
from operator import mul
from typing import Final, Literal

from xiaowei.said import Said

CodeKind = Literal[
    "unified",
    "organisation",
    "registration",
    "taxpayer",
    "taxpayer_of_person",
    "unclear",
    "other",
]
"""What a code is; unclear is one that two kinds claim, other one that none does."""

_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_LENGTH: Final = 18
_VALUES: Final = {character: value for value, character in enumerate(_ALPHABET)}
_WEIGHTS: Final = tuple(pow(3, place, len(_ALPHABET)) for place in range(_LENGTH - 1))

_ORGANISATION_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_PLACE: Final = 8
"""In a unified code, which it fills to the last character but one."""

_REGION: Final = 6
_OLD_LENGTH: Final = 15
_PERSON_LENGTH: Final = 18
_SERIAL_LENGTH: Final = 2
_PERSON_WEIGHTS: Final = tuple(pow(2, place, 11) for place in range(17, 0, -1))
_PERSON_CHECKS: Final = "10X98765432"
_DIGITS: Final = frozenset("0123456789")


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


def organisation_check(code: str) -> str:
    """Return the ninth character that an organisation's first eight demand.

    Args:
        code: at least eight characters, digits or A to Z.

    Source: GB 11714-1997.

    >>> organisation_check("D2143569")
    'X'
    """
    values = map(_ORGANISATION_ALPHABET.index, code)
    return "0123456789X0"[11 - sum(map(mul, values, _ORGANISATION_WEIGHTS)) % 11]


def registration_check(code: str) -> str:
    """Return the 15th digit that the first 14 of a registration number demand.

    Args:
        code: at least 14 digits.

    Source: GS 15-2006, ISO 7064 MOD 11,10.

    >>> registration_check("11010800000001")
    '6'
    """
    rest = 10
    for digit in code[:14]:
        rest = ((rest + int(digit)) % 10 or 10) * 2 % 11
    return str((1 - rest) % 10)


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


def code_kind(code: str) -> CodeKind:
    """Return what a code is, by its length and its check digits.

    An old taxpayer number of 15 characters is a region and an organisation code; one
    of 20 is a person's identity number and a serial. About one registration number
    in eleven also passes for a taxpayer number, and is then unclear.

    Args:
        code: capitals, half-width; the hyphen of an organisation code is allowed.

    >>> code_kind("91350211M000100Y46"), code_kind("D2143569-X")
    ('unified', 'organisation')
    >>> code_kind("110108000000016"), code_kind("350211D2143569X")
    ('registration', 'taxpayer')
    """
    claims = [kind for kind, passes in _KINDS.items() if passes(code)]
    if not claims:
        return "other"
    return claims[0] if len(claims) == 1 else "unclear"


def organisation_code(code: str) -> str | None:
    """Return the organisation code inside a code, by which old and new codes meet.

    Args:
        code: as `code_kind` takes.

    Returns:
        Nine characters; None if the code holds none or does not pass its check.

    >>> organisation_code("91350211M000100Y46"), organisation_code("M000100Y-4")
    ('M000100Y4', 'M000100Y4')
    >>> organisation_code("110108000000016") is None
    True
    """
    match code_kind(code):
        case "unified":
            return code[_ORGANISATION_PLACE:-1]
        case "organisation":
            return code.replace("-", "")
        case "taxpayer":
            return code[_REGION:]
        case _:
            return None


def _is_unified(code: str) -> bool:
    return len(code) == _LENGTH and credit_code_fault(code) is None


def _is_organisation(code: str) -> bool:
    if code[8:9] == "-":
        code = code[:8] + code[9:]
    if len(code) != len(_ORGANISATION_WEIGHTS) + 1:
        return False
    known = set(code) <= set(_ORGANISATION_ALPHABET)
    return known and organisation_check(code[:8]) == code[8]


def _is_registration(code: str) -> bool:
    digits = len(code) == _OLD_LENGTH and set(code) <= _DIGITS
    return digits and registration_check(code) == code[-1]


def _is_taxpayer(code: str) -> bool:
    region, organisation = code[:_REGION], code[_REGION:]
    fits = len(code) == _OLD_LENGTH and set(region) <= _DIGITS
    return fits and _is_organisation(organisation)


def _is_taxpayer_of_person(code: str) -> bool:
    """Test for an identity number with its check character (GB 11643) and a serial."""
    number, check = code[: _PERSON_LENGTH - 1], code[_PERSON_LENGTH - 1 :][:1]
    whole = len(code) == _PERSON_LENGTH + _SERIAL_LENGTH
    if not whole or not set(number + code[_PERSON_LENGTH:]) <= _DIGITS:
        return False
    weighted = sum(map(mul, map(int, number), _PERSON_WEIGHTS))
    return check == _PERSON_CHECKS[weighted % 11]


_KINDS: Final[dict[CodeKind, Callable[[str], bool]]] = {
    "unified": _is_unified,
    "organisation": _is_organisation,
    "registration": _is_registration,
    "taxpayer": _is_taxpayer,
    "taxpayer_of_person": _is_taxpayer_of_person,
}
