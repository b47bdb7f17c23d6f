"""People at work: social security and wages."""

from typing import Final

from xiaowei.facts.contracts.contract import (
    Column,
    Source,
    enterprise,
    happened_on,
    known_on,
)
from xiaowei.said import Said

SOCIAL_SECURITY: Final = Source(
    name="social_security",
    zh="社保缴纳",
    family="social_security",
    meaning=Said(
        "每月社保：参保人数、缴费基数、应缴与已缴、期限与缴纳日",
        "Social security of a month: people insured, the base, what was due and paid, "
        "the day due and the day paid",
    ),
    columns=(
        enterprise(),
        Column("period_end", "day", ("所属期止", "period_end")),
        Column("headcount", "count", ("参保人数", "headcount")),
        Column("base_fen", "yuan", ("缴费基数", "base_yuan"), required=False),
        Column("due_fen", "yuan", ("应缴金额", "due_yuan")),
        Column("paid_fen", "yuan", ("已缴金额", "paid_yuan")),
        Column("due_on", "day", ("缴费期限", "due_on")),
        happened_on("缴纳日期", "paid_on", "申报日期"),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on",),
    about=("period_end",),
    asks_consent=True,
    amount="due_fen",
)
PAYROLL: Final = Source(
    name="payroll",
    zh="代发工资",
    family="payroll",
    meaning=Said(
        "每月代发工资：人数与总额", "Wages of a month: how many people, how much"
    ),
    columns=(
        enterprise(),
        Column("period_end", "day", ("所属期止", "period_end")),
        Column("headcount", "count", ("发薪人数", "headcount")),
        Column("wages_fen", "yuan", ("工资总额", "wages_yuan")),
        happened_on("发放日期", "paid_on"),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on",),
    about=("period_end",),
    asks_consent=True,
    amount="wages_fen",
)
