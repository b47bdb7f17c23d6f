"""VAT invoices of both directions, and how many an enterprise may issue."""

from collections.abc import Sequence
from typing import Final

from xiaowei.facts.contracts.contract import (
    Column,
    Source,
    enterprise,
    happened_on,
    known_on,
    words,
)
from xiaowei.said import Said


def _side(*sides: str) -> tuple[str, ...]:
    """Return under which headings an invoice names a side of it by its code."""
    names = ("识别号", "纳税人识别号", "税号", "统一社会信用代码")
    return tuple(f"{side}{name}" for side in sides for name in names)


_SELLER: Final = _side("销方", "销售方")
_BUYER: Final = _side("购方", "购买方")
_STATES: Final = {
    "有效发票": "valid",
    "正常": "valid",
    "valid": "valid",
    "作废发票": "voided",
    "作废": "voided",
    "已作废": "voided",
    "voided": "voided",
}
_FORMS: Final = words(
    {
        "增值税专用发票": "special",
        "专票": "special",
        "增值税普通发票": "plain",
        "普票": "plain",
        "电子专票": "electronic_special",
        "电子普票": "electronic_plain",
        "数电专票": "digital_special",
        "数电普票": "digital_plain",
    }
)


def _invoices(
    name: str, zh: str, direction: str, *, own: Sequence[str], other: Sequence[str]
) -> Source:
    way = Said(
        *({"sale": ("销项", "sales"), "purchase": ("进项", "purchase")})[direction]
    )
    return Source(
        name=name,
        zh=zh,
        family="invoices",
        meaning=Said(
            f"{way.zh}发票。负数金额为红字；作废与红冲作为更晚获知的一行",
            f"VAT {way.en} invoices. A negative amount is a red letter; an invoice "
            "voided later is a later row",
        ),
        columns=(
            enterprise(*own),
            Column("invoice_no", "code", ("发票号码", "invoice_no", "发票号")),
            happened_on("开票日期", "issued_on", "happened_on", "开票时间"),
            Column("counterparty_id", "code", tuple(other)),
            Column("net_fen", "yuan", ("金额", "net_yuan", "不含税金额")),
            Column("tax_fen", "yuan", ("税额", "tax_yuan")),
            Column("total_fen", "yuan", ("价税合计", "total_yuan", "含税金额")),
            Column("state", "choice", ("发票状态", "state"), choices=_STATES),
            Column(
                "goods",
                "code",
                ("商品编码", "goods", "税收分类编码"),
                required=False,
            ),
            Column(
                "form",
                "choice",
                ("发票种类", "form", "票种"),
                required=False,
                choices=_FORMS,
            ),
            known_on(),
        ),
        happened="happened_on",
        known=("happened_on",),
        about=("invoice_no", "happened_on", "counterparty_id"),
        side_by_side=True,
        asks_consent=True,
        fixed={"direction": direction},
        sums=("net_fen", "tax_fen", "total_fen"),
        amount="net_fen",
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
INVOICE_LIMITS: Final = Source(
    name="invoice_limits",
    zh="开票限额",
    family="invoice_limits",
    meaning=Said(
        "开票限额：纸质发票的单张最高限额，或数电发票的每月总额度",
        "How much may be invoiced: the face cap of a paper invoice, or the monthly "
        "quota of all-digital (数电) ones",
    ),
    columns=(
        enterprise(),
        Column(
            "regime",
            "choice",
            ("限额类型", "regime"),
            choices=words({"单张限额": "face_cap", "月度总额度": "monthly_quota"}),
        ),
        Column("limit_fen", "yuan", ("限额", "limit_yuan", "额度")),
        happened_on("生效日期", "since_on"),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on",),
    about=("regime",),
    asks_consent=True,
)
