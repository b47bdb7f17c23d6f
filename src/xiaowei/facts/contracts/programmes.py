"""What an enterprise knows, belongs to, complains of and attends."""

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

RIGHTS: Final = Source(
    name="intellectual_property",
    zh="知识产权",
    family="intellectual_property",
    meaning=Said(
        "专利、商标、软件著作权的申请、授权、续展、失效、许可与质押",
        "Patents, trademarks and software: applied for, granted, renewed, lapsed, "
        "licensed, pledged",
    ),
    columns=(
        enterprise(),
        Column("right_no", "code", ("权利编号", "right_no", "专利号")),
        Column(
            "kind",
            "choice",
            ("类型", "kind"),
            choices=words(
                {
                    "发明专利": "invention",
                    "实用新型": "utility_model",
                    "外观设计": "design",
                    "商标": "trademark",
                    "软件著作权": "software",
                }
            ),
        ),
        Column(
            "event",
            "choice",
            ("事件", "event"),
            choices=words(
                {
                    "申请": "applied",
                    "授权": "granted",
                    "续展": "renewed",
                    "失效": "lapsed",
                    "转让": "transferred",
                    "许可": "licensed",
                    "质押": "pledged",
                }
            ),
        ),
        Column("amount_fen", "yuan", ("金额", "amount_yuan"), required=False),
        happened_on("事件日期", "day"),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on",),
    about=("right_no", "event", "happened_on"),
)
MEMBERSHIPS: Final = Source(
    name="memberships",
    zh="园区与协会",
    family="memberships",
    meaning=Said(
        "企业所属的园区、协会与产业链，含起止日期",
        "The parks, associations and chains an enterprise belongs to, from when until "
        "when",
    ),
    columns=(
        enterprise(),
        Column(
            "kind",
            "choice",
            ("类型", "kind"),
            choices=words({"园区": "park", "协会": "association", "产业链": "chain"}),
        ),
        Column("body", "text", ("名称", "body")),
        happened_on("加入日期", "since_on"),
        Column("until_on", "day", ("退出日期", "until_on"), required=False),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on", "until_on"),
    about=("kind", "body", "happened_on"),
)
SURVEYS: Final = Source(
    name="surveys",
    zh="企业调查",
    family="surveys",
    meaning=Said(
        "走访与问卷中企业的难处，程度0至5",
        "What an enterprise said of its pains when visited or asked, 0 to 5",
    ),
    columns=(
        enterprise(),
        Column(
            "topic",
            "choice",
            ("问题", "topic"),
            choices=words(
                {
                    "融资": "finance",
                    "用工": "labour",
                    "订单": "orders",
                    "成本": "costs",
                    "回款": "receivables",
                    "税费": "tax",
                    "场地": "premises",
                    "技术": "technology",
                }
            ),
        ),
        Column("severity", "count", ("程度", "severity")),
        happened_on("调查日期", "asked_on"),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on",),
    about=("topic", "happened_on"),
)
TRAINING: Final = Source(
    name="training",
    zh="培训出勤",
    family="training",
    meaning=Said(
        "课程与沙龙的邀请与出勤", "Who was invited to a course or salon, and who came"
    ),
    columns=(
        enterprise(),
        Column("course", "code", ("课程", "course")),
        happened_on("上课日期", "held_on"),
        Column("invited", "choice", ("是否受邀", "invited"), choices=YES_NO),
        Column("attended", "choice", ("是否到场", "attended"), choices=YES_NO),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on",),
    about=("course", "happened_on"),
)
