"""The registry (工商): who an enterprise is, who owns it, what was changed."""

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

INDUSTRY: Final = r"^([A-Ta-t]\d{0,4}|\d{2,4})$"
"""GB/T 4754: a section's letter, a number of two to four digits, or both."""

ENTERPRISES: Final = Source(
    name="enterprises",
    zh="企业名录",
    family="enterprises",
    meaning=Said(
        "工商登记。每行是某日获知的一户企业的登记情况",
        "The business registry. A row is how one enterprise stood in it when it became "
        "known",
    ),
    columns=(
        enterprise(),
        Column("name", "text", ("企业名称", "name", "企业名", "纳税人名称")),
        Column(
            "industry",
            "code",
            ("行业代码", "industry", "行业"),
            required=False,
            pattern=INDUSTRY,
        ),
        Column("region", "text", ("地区", "region", "所属地区"), required=False),
        Column("park", "text", ("园区", "park", "所属园区"), required=False),
        happened_on("成立日期", "established_on", "成立时间", required=False),
        Column(
            "staff",
            "count",
            ("从业人数", "staff", "从业人员数", "员工人数", "职工人数"),
            required=False,
        ),
        Column(
            "capital_fen",
            "yuan",
            ("注册资本", "capital_yuan", "认缴资本"),
            required=False,
        ),
        Column(
            "address", "text", ("注册地址", "address", "住所", "地址"), required=False
        ),
        Column("phone", "code", ("联系电话", "phone", "电话"), required=False),
        Column(
            "status",
            "choice",
            ("登记状态", "status", "经营状态"),
            required=False,
            choices=words(
                {
                    "存续": "open",
                    "在业": "open",
                    "在营": "open",
                    "迁出": "moved",
                    "停业": "suspended",
                    "吊销": "revoked",
                    "注销": "closed",
                }
            ),
        ),
        known_on(),
    ),
    happened="happened_on",
    register=True,
)
OWNERS: Final = Source(
    name="owners",
    zh="股东及负责人",
    family="owners",
    meaning=Said(
        "工商登记的法定代表人、股东、高管及实际控制人，含起止日期",
        "Legal persons, shareholders, managers and actual controllers of the registry, "
        "with the days from and until which they were",
    ),
    columns=(
        enterprise(),
        Column("person_id", "code", ("人员编号", "person_id", "证件号哈希")),
        Column("person", "text", ("姓名", "person", "股东名称"), required=False),
        Column(
            "role",
            "choice",
            ("身份", "role", "职务"),
            choices=words(
                {
                    "法定代表人": "legal_person",
                    "法人": "legal_person",
                    "股东": "shareholder",
                    "高管": "manager",
                    "监事": "manager",
                    "实际控制人": "controller",
                }
            ),
        ),
        Column("share", "rate", ("持股比例", "share"), required=False),
        happened_on("起始日期", "since_on", "任职日期"),
        Column("until_on", "day", ("终止日期", "until_on"), required=False),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on", "until_on"),
    about=("person_id", "role", "happened_on"),
)
CHANGES: Final = Source(
    name="registry_changes",
    zh="工商变更",
    family="registry_changes",
    meaning=Said(
        "工商登记的变更记录。每行是一个事项的一次变更",
        "Changes in the registry. A row is one change of one item",
    ),
    columns=(
        enterprise(),
        Column(
            "item",
            "choice",
            ("变更事项", "item"),
            choices=words(
                {
                    "名称": "name",
                    "地址": "address",
                    "法定代表人": "legal_person",
                    "注册资本": "capital",
                    "经营范围": "scope",
                    "股东": "owners",
                    "状态": "status",
                }
            ),
        ),
        Column("before", "text", ("变更前", "before"), required=False),
        Column("after", "text", ("变更后", "after"), required=False),
        happened_on("变更日期", "changed_on"),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on",),
)
