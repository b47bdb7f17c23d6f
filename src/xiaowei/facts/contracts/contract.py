"""What a contract of a source is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from xiaowei.said import Said

Kind = Literal[
    "code", "text", "day", "yuan", "kwh", "m3", "count", "rate", "number", "choice"
]
"""How a column is read: yuan becomes integer fen, a rate a share (3.85% is 0.0385)."""

MAX_YUAN: Final = 10**10
"""Amounts beyond ten billion yuan are slips of the pen, not a small firm's trade."""
EARLIEST: Final = date(1949, 10, 1)
"""No fact of an enterprise in mainland China is older than the republic's registers."""
LATEST: Final = date(2100, 1, 1)
"""Days from here on are slips of the pen or stand for 'no end'."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a source file.

    Args:
        name: the column in the lake; amounts end in `_fen`.
        kind: how its text is read.
        heads: the Chinese and English headings it may stand under, ours first; brackets
            are narrow ones.
        required: whether the file must have the column and each row a value.
        choices: stated word to ours, for kind `choice`.
        pattern: what a code must look like to be known; any other is left unknown, as
            a name of a trade where its code is asked for.
    """

    name: str
    kind: Kind
    heads: tuple[str, ...]
    required: bool = True
    choices: Mapping[str, str] = field(default_factory=dict)
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What one kind of file states.

    Args:
        name: what files of this source are called, e.g. `sales_invoices.csv`.
        zh: the same in Chinese, e.g. `销项发票.xlsx`.
        family: where its facts are kept; several sources may share one.
        meaning: who delivers it and what a row says, for the source guide.
        columns: what it states, without the fixed columns.
        happened: the column that holds the day a fact happened.
        known: the columns whose greatest day gives `known_on` where the row states
            none: nobody knew what it says before. Empty where only the day of receipt
            can. A day that may be planned ahead, such as one a bill is due on, is none
            of them.
        past: those of them that can only be stated once they have come.
        register: whether a row says how things stood when it became known, such as a
            staff of 12, rather than what happened once, such as an invoice. A row of a
            register that says the same on a later day is a new fact, for things may
            have changed and changed back between; an invoice stated again is a copy.
        key: the column that says whose fact a row is.
        about: the columns beside the key that say what a row is about. A later fact
            about the same takes the earlier one's place; empty where every row stands
            for itself, or where the key alone says it (a register).
        asks_consent: whether the bank may look at it only while the enterprise agrees.
        fixed: columns that every row of this source has, and their value.
        sums: amounts whose first two must add up to the third.
        amount: the column added up in the account of a file.
    """

    name: str
    zh: str
    family: str
    meaning: Said
    columns: tuple[Column, ...]
    happened: str
    known: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    register: bool = False
    key: str = "enterprise_id"
    about: tuple[str, ...] = ()
    side_by_side: bool = False
    asks_consent: bool = False
    fixed: Mapping[str, str] = field(default_factory=dict)
    sums: tuple[str, str, str] | None = None
    amount: str | None = None

    @property
    def subject(self) -> tuple[str, ...]:
        """The columns in which rows about the same thing are equal."""
        return tuple(dict.fromkeys((self.key, *self.about, *self.fixed)))


def enterprise(*heads: str) -> Column:
    """Return the column that says whose fact a row is.

    Args:
        heads: headings beyond those that every source takes.
    """
    ours = ("统一社会信用代码", "企业代号", "enterprise_id")
    theirs = ("社会信用代码", "信用代码", "纳税人识别号")
    return Column("enterprise_id", "code", (*ours, *theirs, *heads))


def known_on() -> Column:
    """Return the column that says when a fact became known, which any file may have."""
    heads = ("获知日期", "入库日期", "known_on")
    return Column("known_on", "day", heads, required=False)


def happened_on(*heads: str, required: bool = True) -> Column:
    """Return the column that holds the day a fact happened."""
    return Column("happened_on", "day", heads, required=required)


def words(stated: Mapping[str, str]) -> dict[str, str]:
    """Return the words of a choice, ours among them.

    >>> words({"是": "yes"})
    {'是': 'yes', 'yes': 'yes'}
    """
    return {**stated, **{ours: ours for ours in stated.values()}}


YES_NO: Final = {
    "是": "yes",
    "否": "no",
    "1": "yes",
    "0": "no",
    "yes": "yes",
    "no": "no",
    "true": "yes",
    "false": "no",
}
