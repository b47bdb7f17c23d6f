"""What an enterprise states of itself when it asks for a loan."""

from typing import Final

from xiaowei.facts.contracts.contract import (
    Column,
    Source,
    enterprise,
    happened_on,
    known_on,
)
from xiaowei.said import Said

STATEMENTS: Final = Source(
    name="statements",
    zh="年度报表",
    family="statements",
    meaning=Said(
        "企业向银行提交的年度财务报表：资产、所有者权益、净利润、本年投入与分配",
        "The yearly statements that an enterprise hands to the bank: assets, equity, "
        "net profit, what owners put in and what they took out in the year",
    ),
    columns=(
        enterprise(),
        happened_on("报表日期", "year_end", "会计期末"),
        Column("assets_fen", "yuan", ("资产总计", "assets_yuan", "资产总额")),
        Column("equity_fen", "yuan", ("所有者权益合计", "equity_yuan", "净资产")),
        Column(
            "opening_fen",
            "yuan",
            ("年初所有者权益", "opening_yuan", "年初净资产"),
            required=False,
        ),
        Column("revenue_fen", "yuan", ("营业收入", "revenue_yuan", "主营业务收入")),
        Column("profit_fen", "yuan", ("净利润", "profit_yuan")),
        Column(
            "paid_in_fen",
            "yuan",
            ("本年投入资本", "paid_in_yuan", "所有者投入资本"),
            required=False,
        ),
        Column(
            "drawn_fen",
            "yuan",
            ("本年分配及提取", "drawn_yuan", "利润分配"),
            required=False,
        ),
        known_on(),
    ),
    happened="happened_on",
    # Nobody knows a year's figures on its last day; without a day stated only the day
    # of receipt can say when they came.
    about=("happened_on",),
    amount="equity_fen",
)
ORDER_CLAIMS: Final = Source(
    name="order_claims",
    zh="订单合同",
    family="order_claims",
    meaning=Said(
        "企业向银行出示的在手订单与合同：买方、金额、签订日、履行起止",
        "Orders and contracts in hand that an enterprise shows the bank: the buyer, "
        "the amount with tax, when it was signed, from when until when it is delivered",
    ),
    columns=(
        enterprise(),
        Column("contract_no", "code", ("合同编号", "contract_no", "订单号")),
        Column(
            "counterparty_id",
            "code",
            ("买方识别号", "counterparty_id", "对手方识别号"),
            required=False,
        ),
        Column(
            "counterparty",
            "text",
            ("买方名称", "counterparty", "对手方名称"),
            required=False,
        ),
        Column("amount_fen", "yuan", ("合同金额", "amount_yuan", "订单金额")),
        happened_on("签订日期", "signed_on"),
        Column("starts_on", "day", ("履行起始日", "starts_on"), required=False),
        Column("due_on", "day", ("交付期限", "due_on", "履行截止日")),
        known_on(),
    ),
    happened="happened_on",
    # It was signed long before the bank saw it, as with a statement.
    about=("contract_no",),
    amount="amount_fen",
)
DECLARATIONS: Final = Source(
    name="declarations",
    zh="申请申报",
    family="declarations",
    meaning=Said(
        "企业申请贷款时自行申报的未结被诉案件、上月末借款余额（含法定代表人）和对外担保余额。"
        "未填为未知，绝不视为零",
        "What an enterprise declares of itself when it applies: open cases against it, "
        "what it and its legal person owed lenders at the end of the month before, and "
        "what it guarantees for others. What is left out is unknown, never zero",
    ),
    columns=(
        enterprise(),
        Column(
            "open_cases",
            "count",
            ("未结被诉案件数", "open_cases", "未结诉讼数"),
            required=False,
        ),
        Column(
            "debts_fen",
            "yuan",
            ("上月末借款余额", "debts_yuan", "借款余额"),
            required=False,
        ),
        Column(
            "guarantees_fen",
            "yuan",
            ("对外担保余额", "guarantees_yuan"),
            required=False,
        ),
        happened_on("申报日期", "declared_on"),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on",),
    about=("happened_on",),
    amount="debts_fen",
)
