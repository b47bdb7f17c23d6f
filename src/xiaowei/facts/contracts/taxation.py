"""The tax office: filings of a month or a quarter, and the yearly credit grade."""

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

TAX_FILINGS: Final = Source(
    name="tax_filings",
    zh="纳税申报",
    family="tax_filings",
    meaning=Said(
        "按月或按季的纳税申报：申报销售额、应纳与已缴税额、申报期限与申报日",
        "Tax filings of a month or a quarter: sales declared, tax due and paid, "
        "the day due and the day filed",
    ),
    columns=(
        enterprise(),
        Column(
            "tax",
            "choice",
            ("税种", "tax"),
            choices=words({"增值税": "vat", "企业所得税": "income"}),
        ),
        Column("period_start", "day", ("所属期起", "period_start", "税款所属期起")),
        Column("period_end", "day", ("所属期止", "period_end", "税款所属期止")),
        Column("sales_fen", "yuan", ("申报销售额", "sales_yuan", "销售额")),
        Column("due_fen", "yuan", ("应纳税额", "due_yuan")),
        Column("paid_fen", "yuan", ("已缴税额", "paid_yuan", "实缴税额")),
        Column("due_on", "day", ("申报期限", "due_on")),
        happened_on("申报日期", "filed_on", "申报时间"),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on",),
    about=("tax", "period_start", "period_end"),
    asks_consent=True,
    amount="due_fen",
)
TAX_CREDIT: Final = Source(
    name="tax_credit",
    zh="纳税信用等级",
    family="tax_credit",
    meaning=Said(
        "税务机关每年公布的纳税信用等级（A、B、M、C、D）",
        "The tax office's yearly credit grade: A, B, M (new or without revenue), C, D",
    ),
    columns=(
        enterprise(),
        Column("year", "count", ("评价年度", "year", "年度")),
        Column(
            "grade",
            "choice",
            ("信用等级", "grade", "纳税信用等级"),
            choices={grade: grade for grade in "ABMCD"},
        ),
        happened_on("评价日期", "graded_on", "公布日期"),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on",),
    about=("year",),
    asks_consent=True,
)
