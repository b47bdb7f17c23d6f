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
