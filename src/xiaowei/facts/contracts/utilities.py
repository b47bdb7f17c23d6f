"""Electricity and water: meters, what they read, and when the bills were paid."""

from typing import Final

from xiaowei.facts.contracts.contract import (
    YES_NO,
    Column,
    Source,
    enterprise,
    happened_on,
    known_on,
    words,
)
from xiaowei.said import Said

_KWH: Final = ("千瓦时", "kWh", "度")
_METERED: Final = (
    "电量",
    *(f"{name}({unit})" for name in ("用电量", "电量") for unit in _KWH),
)

ELECTRICITY: Final = Source(
    name="electricity",
    zh="用电量",
    family="electricity",
    meaning=Said(
        "电网的每日（或每月）用电量，每块电表一行",
        "The grid's readings of a day (or a month), a row per meter",
    ),
    columns=(
        enterprise(),
        Column("meter", "code", ("电表号", "meter", "电表编号")),
        happened_on("用电日期", "day", "抄表日期"),
        Column("kwh", "kwh", ("用电量", "kwh", *_METERED)),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on",),
    about=("meter", "happened_on"),
    asks_consent=True,
)
METERS: Final = Source(
    name="meters",
    zh="电表档案",
    family="meters",
    meaning=Said(
        "电表档案：合同容量、是否合用、是否有自备电源",
        "What is known of a meter: the capacity under contract, whether it is shared, "
        "whether the enterprise generates its own",
    ),
    columns=(
        enterprise(),
        Column("meter", "code", ("电表号", "meter", "电表编号")),
        Column("capacity_kva", "number", ("合同容量", "capacity_kva", "合同容量(kVA)")),
        Column(
            "shared", "choice", ("是否合用", "shared"), required=False, choices=YES_NO
        ),
        Column(
            "own_power",
            "choice",
            ("自备电源", "own_power", "光伏"),
            required=False,
            choices=YES_NO,
        ),
        happened_on("启用日期", "since_on"),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on",),
    about=("meter",),
    asks_consent=True,
)
WATER: Final = Source(
    name="water",
    zh="用水量",
    family="water",
    meaning=Said(
        "水务公司的每月（或每日）用水量，每块水表一行",
        "The water works' readings of a month (or a day), a row per meter",
    ),
    columns=(
        enterprise(),
        Column("meter", "code", ("水表号", "meter", "水表编号")),
        happened_on("用水日期", "day", "抄表日期"),
        Column("m3", "m3", ("用水量", "m3", "水量", "用水量(吨)", "用水量(立方米)")),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on",),
    about=("meter", "happened_on"),
    asks_consent=True,
)
UTILITY_BILLS: Final = Source(
    name="utility_bills",
    zh="水电账单",
    family="utility_bills",
    meaning=Said(
        "水电账单：应缴金额、期限与缴清日。后来缴清的作为更晚获知的一行",
        "Bills of electricity and water: what is due, until when, and when it was "
        "paid. A bill paid later is a later row",
    ),
    columns=(
        enterprise(),
        Column(
            "utility",
            "choice",
            ("类别", "utility"),
            choices=words(
                {
                    "电": "electricity",
                    "电费": "electricity",
                    "水": "water",
                    "水费": "water",
                }
            ),
        ),
        Column("bill_no", "code", ("账单号", "bill_no")),
        Column("due_fen", "yuan", ("应缴金额", "due_yuan")),
        Column("due_on", "day", ("缴费期限", "due_on")),
        Column("paid_on", "day", ("缴清日期", "paid_on"), required=False),
        happened_on("出账日期", "billed_on"),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on", "paid_on"),
    past=("paid_on",),
    about=("utility", "bill_no"),
    asks_consent=True,
    amount="due_fen",
)
