"""The contract of every source: its columns, their units, and when a row is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from xiaowei.errors import InputError

Kind = Literal["code", "text", "day", "yuan", "kwh", "count", "choice"]
"""How a column is read: yuan becomes integer fen, a choice one of stated words."""

MAX_YUAN: Final = 10**10
"""Amounts beyond ten billion yuan are slips of the pen, not a small firm's trade."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a source file.

    Args:
        name: the column in the lake; amounts end in `_fen`.
        kind: how its text is read.
        heads: the Chinese and English headings it may stand under.
        required: whether the file must have the column and each row a value.
        choices: stated word to ours, for kind `choice`.
    """

    name: str
    kind: Kind
    heads: tuple[str, ...]
    required: bool = True
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """What one kind of file states.

    Args:
        name: what files of this source are called, e.g. `sales_invoices.csv`.
        zh: the same in Chinese, e.g. `销项发票.xlsx`.
        family: where its facts are kept; several sources may share one.
        columns: what it states, without the fixed columns.
        happened: the column that holds the day a fact happened.
        known: the column that gives `known_on` where the row states none; `known_on`
            itself where only the day of receipt can.
        register: whether a row says how things stood when it became known, such as a
            staff of 12, rather than what happened once, such as an invoice. A row of a
            register that says the same on a later day is a new fact, for things may
            have changed and changed back between; an invoice stated again is a copy.
        fixed: columns that every row of this source has, and their value.
        sums: amounts whose first two must add up to the third.
        amount: the column added up in the account of a file.
    """

    name: str
    zh: str
    family: str
    columns: tuple[Column, ...]
    happened: str
    known: str
    register: bool = False
    fixed: Mapping[str, str] = field(default_factory=dict)
    sums: tuple[str, str, str] | None = None
    amount: str | None = None


class UnknownSourceError(InputError):
    """A file's name is that of no source."""

    def __init__(self, file: str) -> None:
        """Name the file and the names it could have."""
        names = ", ".join(f"{s.name} ({s.zh})" for s in SOURCES)
        super().__init__(
            f"'{file}' does not say which source it is",
            expected=f"a file name that begins with one of {names}",
            remedy="Rename the file, e.g. sales_invoices-2025.csv",
        )


def _id(*heads: str) -> Column:
    return Column("enterprise_id", "code", ("统一社会信用代码", "企业代号", *heads))


def _known() -> Column:
    heads = ("获知日期", "入库日期", "known_on")
    return Column("known_on", "day", heads, required=False)


_STATES: Final = {
    "有效发票": "valid",
    "正常": "valid",
    "valid": "valid",
    "作废发票": "voided",
    "作废": "voided",
    "已作废": "voided",
    "voided": "voided",
}
_YES_NO: Final = {
    "是": "yes",
    "否": "no",
    "1": "yes",
    "0": "no",
    "yes": "yes",
    "no": "no",
    "true": "yes",
    "false": "no",
}


def _invoices(name: str, zh: str, direction: str, *counterparty: str) -> Source:
    return Source(
        name=name,
        zh=zh,
        family="invoices",
        columns=(
            _id("enterprise_id"),
            Column("invoice_no", "code", ("发票号码", "invoice_no")),
            Column("happened_on", "day", ("开票日期", "issued_on", "happened_on")),
            Column("counterparty_id", "code", counterparty),
            Column("net_fen", "yuan", ("金额", "net_yuan")),
            Column("tax_fen", "yuan", ("税额", "tax_yuan")),
            Column("total_fen", "yuan", ("价税合计", "total_yuan")),
            Column("state", "choice", ("发票状态", "state"), choices=_STATES),
            _known(),
        ),
        happened="happened_on",
        known="happened_on",
        fixed={"direction": direction},
        sums=("net_fen", "tax_fen", "total_fen"),
        amount="net_fen",
    )


ENTERPRISES: Final = Source(
    name="enterprises",
    zh="企业名录",
    family="enterprises",
    columns=(
        _id("enterprise_id"),
        Column("name", "text", ("企业名称", "name")),
        Column("industry", "code", ("行业代码", "industry"), required=False),
        Column("region", "text", ("地区", "region"), required=False),
        Column("park", "text", ("园区", "park"), required=False),
        Column("happened_on", "day", ("成立日期", "established_on"), required=False),
        Column("staff", "count", ("从业人数", "staff"), required=False),
        _known(),
    ),
    happened="happened_on",
    known="known_on",
    register=True,
)
SALES: Final = _invoices(
    "sales_invoices", "销项发票", "sale", "购方单位代号", "购方识别号", "buyer_id"
)
PURCHASES: Final = _invoices(
    "purchase_invoices",
    "进项发票",
    "purchase",
    "销方单位代号",
    "销方识别号",
    "seller_id",
)
TAX_FILINGS: Final = Source(
    name="tax_filings",
    zh="纳税申报",
    family="tax_filings",
    columns=(
        _id("enterprise_id"),
        Column(
            "tax",
            "choice",
            ("税种", "tax"),
            choices={
                "增值税": "vat",
                "企业所得税": "income",
                "vat": "vat",
                "income": "income",
            },
        ),
        Column("period_start", "day", ("所属期起", "period_start")),
        Column("period_end", "day", ("所属期止", "period_end")),
        Column("sales_fen", "yuan", ("申报销售额", "sales_yuan")),
        Column("due_fen", "yuan", ("应纳税额", "due_yuan")),
        Column("paid_fen", "yuan", ("已缴税额", "paid_yuan")),
        Column("due_on", "day", ("申报期限", "due_on")),
        Column("happened_on", "day", ("申报日期", "filed_on")),
        _known(),
    ),
    happened="happened_on",
    known="happened_on",
    amount="due_fen",
)
ELECTRICITY: Final = Source(
    name="electricity",
    zh="用电量",
    family="electricity",
    columns=(
        _id("enterprise_id"),
        Column("meter", "code", ("电表号", "meter")),
        Column("happened_on", "day", ("用电日期", "day")),
        Column("kwh", "kwh", ("用电量", "kwh")),
        _known(),
    ),
    happened="happened_on",
    known="happened_on",
)
CREDIT_HISTORY: Final = Source(
    name="credit_history",
    zh="信贷记录",
    family="credit_history",
    columns=(
        _id("enterprise_id"),
        Column(
            "rating",
            "choice",
            ("信誉评级", "rating"),
            required=False,
            choices={grade: grade for grade in "ABCD"},
        ),
        Column("defaulted", "choice", ("是否违约", "defaulted"), choices=_YES_NO),
        Column("happened_on", "day", ("记录日期", "recorded_on"), required=False),
        _known(),
    ),
    happened="happened_on",
    known="happened_on",
    register=True,
)

SOURCES: Final = (
    ENTERPRISES,
    SALES,
    PURCHASES,
    TAX_FILINGS,
    ELECTRICITY,
    CREDIT_HISTORY,
)
FAMILIES: Final = tuple(dict.fromkeys(source.family for source in SOURCES))


def source_of(file_name: str, *, sources: Sequence[Source] = SOURCES) -> Source:
    """Return the source that a file's name states.

    Args:
        file_name: e.g. `sales_invoices-2025.csv` or `销项发票.xlsx`.
        sources: those it may be; of several that fit, the one with the longest name.

    Raises:
        UnknownSourceError: the name begins with no source's name.

    >>> source_of("销项发票-2025.xlsx").name
    'sales_invoices'
    """
    stem = file_name.strip().lower()
    fits = {
        name: source
        for source in sources
        for name in (source.name, source.zh)
        if stem.startswith(name)
    }
    if not fits:
        raise UnknownSourceError(file_name)
    return fits[max(fits, key=len)]
