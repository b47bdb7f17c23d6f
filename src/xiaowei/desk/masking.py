"""Numbers and names of persons 个人信息 are masked unless somebody may see them.

`Private` is what a value of a person travels in: whatever prints, logs or formats it
shows the mask. In free text identity numbers and mobile numbers are found by their
form; names cannot be found that way and have to stand in a field of their own.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

Kind: TypeAlias = Literal["id_number", "phone", "name"]
FIELDS: Final[Mapping[str, Kind]] = {
    "contact": "name",
    "guarantor_name": "name",
    "id_number": "id_number",
    "legal_person": "name",
    "mobile": "phone",
    "person": "name",
    "person_id": "id_number",
    "phone": "phone",
    "证件号码": "id_number",
    "法定代表人": "name",
    "联系电话": "phone",
    "联系人": "name",
    "姓名": "name",
    "身份证号": "id_number",
    "手机号": "phone",
}
"""Fields of sources and forms that say something of a person."""
_MASK: Final = "*"
_SURNAMES: Final = (
    "欧阳", "司马", "上官", "诸葛", "夏侯", "东方", "皇甫", "尉迟", "公孙", "慕容",
    "令狐", "司徒", "司空", "端木", "长孙", "宇文", "南宫", "独孤",
)  # fmt: skip
_ASCII: Final = {ord("０") + n: str(n) for n in range(10)} | {
    ord("Ｘ"): "X",
    ord("ｘ"): "x",
    ord("－"): "-",
    ord("＋"): "+",
    0x3000: " ",
}
"""One for one, so that places stay the same."""
_GAP: Final = r"[ -]?"
_IN_TEXT: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    (
        "id_number",
        re.compile(
            rf"(?<![0-9A-Za-z])[1-9]\d{{5}}{_GAP}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])"
            rf"(?:0[1-9]|[12]\d|3[01]){_GAP}\d{{3}}[\dXx](?![0-9A-Za-z])",
            re.ASCII,
        ),
    ),
    (
        "phone",
        re.compile(
            rf"(?<![0-9A-Za-z])(?:\+?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}"
            r"(?![0-9A-Za-z])",
            re.ASCII,
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Private:
    """A value that says something of a person.

    Args:
        kind: what it is.
        value: in full; taken by `desk.access.looking.unmask`, which records who looked.
    """

    kind: Kind
    value: str = field(repr=False)

    def __str__(self) -> str:
        """Return the mask."""
        return mask(self.kind, self.value)

    def __format__(self, spec: str) -> str:
        """Return the mask, however it is asked for."""
        return format(str(self), spec)


def mask(kind: Kind, value: str) -> str:
    """Return a value with what tells the person apart struck out.

    Args:
        kind: what it is.
        value: in full.

    >>> mask("id_number", "110101199003071234"), mask("phone", "13812345678")
    ('110***********1234', '138****5678')
    >>> mask("name", "张伟"), mask("name", "欧阳娜娜"), mask("phone", "8812")
    ('张*', '欧阳**', '8**2')
    """
    if kind == "name":
        kept = 2 if value[:2] in _SURNAMES and len(value) > 2 else 1  # noqa: PLR2004
        return value[:kept] + _MASK * max(len(value) - kept, 1) if value else ""
    first, last = min(3, len(value) // 3), min(4, (len(value) + 1) // 3)
    hidden = len(value) - first - last
    return value[:first] + _MASK * hidden + value[len(value) - last :]


def mask_text(text: str) -> str:
    """Return a text in which identity and mobile numbers are masked.

    Args:
        text: e.g. a note, a message of an error, a line of a log.

    >>> mask_text("联系人手机１３８１２３４５６７８，身份证110101199003071234。")
    '联系人手机１３８****５６７８，身份证110***********1234。'
    """
    plain = text.translate(_ASCII)
    for kind, form in _IN_TEXT:
        for found in form.finditer(plain):
            start, end = found.span()
            text = text[:start] + mask(kind, text[start:end]) + text[end:]
    return text


def masked(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row in which the fields of persons are masked, at any depth.

    Args:
        row: plain values by field; the fields of persons are those of `FIELDS`.
    """
    return {key: _masked(FIELDS.get(key), value) for key, value in row.items()}


def _masked(kind: Kind | None, value: Any) -> Any:  # noqa: ANN401 - any plain value
    if isinstance(value, Private):
        return str(value)
    if isinstance(value, Mapping):
        return masked(value)
    if isinstance(value, list | tuple):
        return [_masked(kind, one) for one in value]
    if kind is not None and value is not None:
        return mask(kind, str(value))
    return value
