"""The contract of every source: its columns, their units, and when a row is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from xiaowei.errors import InputError

Kind = Literal["code", "text", "day", "yuan", "kwh", "count", "choice"]
"""How a column is read: yuan becomes integer fen, a choice one of stated words."""

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
    ours = ("统一社会信用代码", "企业代号", "enterprise_id")
    theirs = ("社会信用代码", "信用代码", "纳税人识别号")
    return Column("enterprise_id", "code", (*ours, *theirs, *heads))


def _side(*sides: str) -> tuple[str, ...]:
    """Return under which headings an invoice names a side of it by its code."""
    names = ("识别号", "纳税人识别号", "税号", "统一社会信用代码")
    return tuple(f"{side}{name}" for side in sides for name in names)


_SELLER: Final = _side("销方", "销售方")
_BUYER: Final = _side("购方", "购买方")
_INDUSTRY: Final = r"^([A-Ta-t]\d{0,4}|\d{2,4})$"
"""GB/T 4754: a section's letter, a number of two to four digits, or both."""


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
_KWH: Final = ("千瓦时", "kWh", "度")
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


def _invoices(
    name: str, zh: str, direction: str, *, own: Sequence[str], other: Sequence[str]
) -> Source:
    return Source(
        name=name,
        zh=zh,
        family="invoices",
        columns=(
            _id(*own),
            Column("invoice_no", "code", ("发票号码", "invoice_no", "发票号")),
            Column(
                "happened_on",
                "day",
                ("开票日期", "issued_on", "happened_on", "开票时间"),
            ),
            Column("counterparty_id", "code", tuple(other)),
            Column("net_fen", "yuan", ("金额", "net_yuan", "不含税金额")),
            Column("tax_fen", "yuan", ("税额", "tax_yuan")),
            Column("total_fen", "yuan", ("价税合计", "total_yuan", "含税金额")),
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
        _id(),
        Column("name", "text", ("企业名称", "name", "企业名", "纳税人名称")),
        Column(
            "industry",
            "code",
            ("行业代码", "industry", "行业"),
            required=False,
            pattern=_INDUSTRY,
        ),
        Column("region", "text", ("地区", "region", "所属地区"), required=False),
        Column("park", "text", ("园区", "park", "所属园区"), required=False),
        Column(
            "happened_on",
            "day",
            ("成立日期", "established_on", "成立时间"),
            required=False,
        ),
        Column(
            "staff",
            "count",
            ("从业人数", "staff", "从业人员数", "员工人数", "职工人数"),
            required=False,
        ),
        _known(),
    ),
    happened="happened_on",
    known="known_on",
    register=True,
)
SALES: Final = _invoices(
    "sales_invoices",
    "销项发票",
    "sale",
    own=_SELLER,
    other=("购方单位代号", "buyer_id", *_BUYER),
)
PURCHASES: Final = _invoices(
    "purchase_invoices",
    "进项发票",
    "purchase",
    own=_BUYER,
    other=("销方单位代号", "seller_id", *_SELLER),
)
TAX_FILINGS: Final = Source(
    name="tax_filings",
    zh="纳税申报",
    family="tax_filings",
    columns=(
        _id(),
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
        Column("period_start", "day", ("所属期起", "period_start", "税款所属期起")),
        Column("period_end", "day", ("所属期止", "period_end", "税款所属期止")),
        Column("sales_fen", "yuan", ("申报销售额", "sales_yuan", "销售额")),
        Column("due_fen", "yuan", ("应纳税额", "due_yuan")),
        Column("paid_fen", "yuan", ("已缴税额", "paid_yuan", "实缴税额")),
        Column("due_on", "day", ("申报期限", "due_on")),
        Column("happened_on", "day", ("申报日期", "filed_on", "申报时间")),
        _known(),
    ),
    happened="happened_on",
    known="happened_on",
    amount="due_fen",
)
_METERED: Final = (
    "电量",
    *(f"{name}({unit})" for name in ("用电量", "电量") for unit in _KWH),
)
ELECTRICITY: Final = Source(
    name="electricity",
    zh="用电量",
    family="electricity",
    columns=(
        _id(),
        Column("meter", "code", ("电表号", "meter", "电表编号")),
        Column("happened_on", "day", ("用电日期", "day", "抄表日期")),
        Column("kwh", "kwh", ("用电量", "kwh", *_METERED)),
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
        _id(),
        Column(
            "rating",
            "choice",
            ("信誉评级", "rating", "信用评级"),
            required=False,
            choices={grade: grade for grade in "ABCD"},
        ),
        Column("defaulted", "choice", ("是否违约", "defaulted"), choices=_YES_NO),
        Column(
            "happened_on",
            "day",
            ("记录日期", "recorded_on", "登记日期"),
            required=False,
        ),
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
