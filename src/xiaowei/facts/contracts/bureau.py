"""The credit bureau (征信) and the courts: debts, guarantees, enquiries, cases."""

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

_SUBJECT: Final = words({"企业": "enterprise", "法定代表人": "legal_person"})

BUREAU_LOANS: Final = Source(
    name="bureau_loans",
    zh="征信贷款",
    family="bureau_loans",
    meaning=Said(
        "征信报告中企业或法定代表人的各笔贷款在报告日的情况",
        "Each loan of the enterprise or its legal person at any lender, as it stood on "
        "the day of the bureau's report",
    ),
    columns=(
        enterprise(),
        Column("subject", "choice", ("主体", "subject"), choices=_SUBJECT),
        Column("lender", "code", ("机构", "lender", "放贷机构")),
        Column("contract_no", "code", ("合同号", "contract_no", "账户编号")),
        happened_on("报告日期", "reported_on"),
        Column("opened_on", "day", ("开立日期", "opened_on")),
        Column("limit_fen", "yuan", ("授信额度", "limit_yuan")),
        Column("balance_fen", "yuan", ("贷款余额", "balance_yuan", "余额")),
        Column("overdue_fen", "yuan", ("逾期金额", "overdue_yuan")),
        Column("dpd", "count", ("逾期天数", "dpd")),
        Column(
            "five_class",
            "choice",
            ("五级分类", "five_class"),
            required=False,
            choices=words(
                {
                    "正常": "normal",
                    "关注": "special_mention",
                    "次级": "substandard",
                    "可疑": "doubtful",
                    "损失": "loss",
                }
            ),
        ),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on",),
    about=("contract_no", "happened_on"),
    asks_consent=True,
    amount="balance_fen",
)
BUREAU_GUARANTEES: Final = Source(
    name="bureau_guarantees",
    zh="对外担保",
    family="bureau_guarantees",
    meaning=Said(
        "企业为他人提供的担保，含起止日期",
        "What the enterprise guarantees for others, from when until when",
    ),
    columns=(
        enterprise(),
        Column("contract_no", "code", ("担保合同号", "contract_no")),
        Column("guaranteed_id", "code", ("被担保人代码", "guaranteed_id")),
        Column("amount_fen", "yuan", ("担保金额", "amount_yuan")),
        happened_on("起始日期", "since_on"),
        Column("until_on", "day", ("终止日期", "until_on"), required=False),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on",),
    about=("contract_no",),
    asks_consent=True,
    amount="amount_fen",
)
BUREAU_ENQUIRIES: Final = Source(
    name="bureau_enquiries",
    zh="征信查询",
    family="bureau_enquiries",
    meaning=Said(
        "征信被查询的记录：谁、何时、为何",
        "Who asked the bureau about the enterprise, when and why",
    ),
    columns=(
        enterprise(),
        Column("subject", "choice", ("主体", "subject"), choices=_SUBJECT),
        Column("enquiry_no", "code", ("查询编号", "enquiry_no")),
        Column("enquirer", "code", ("查询机构", "enquirer")),
        Column(
            "reason",
            "choice",
            ("查询原因", "reason"),
            choices=words(
                {
                    "贷款审批": "application",
                    "贷后管理": "review",
                    "担保资格审查": "guarantee",
                    "本人查询": "own",
                }
            ),
        ),
        happened_on("查询日期", "asked_on"),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on",),
    about=("enquiry_no",),
    asks_consent=True,
)
COURTS: Final = Source(
    name="court_cases",
    zh="司法记录",
    family="court_cases",
    meaning=Said(
        "法院的立案、判决、执行、失信与限高。结案作为更晚获知的一行",
        "Cases filed, judgments, enforcement, the dishonest list and limits on "
        "spending. A case closed is a later row",
    ),
    columns=(
        enterprise(),
        Column("case_no", "code", ("案号", "case_no")),
        Column(
            "stage",
            "choice",
            ("类型", "stage", "记录类型"),
            choices=words(
                {
                    "立案": "filed",
                    "判决": "judgment",
                    "执行": "enforcement",
                    "失信": "dishonest",
                    "限高": "restricted",
                }
            ),
        ),
        Column(
            "role",
            "choice",
            ("地位", "role", "诉讼地位"),
            choices=words(
                {"原告": "plaintiff", "被告": "defendant", "第三人": "third_party"}
            ),
        ),
        Column("amount_fen", "yuan", ("涉案金额", "amount_yuan"), required=False),
        happened_on("发生日期", "day", "公开日期"),
        Column("closed_on", "day", ("结案日期", "closed_on"), required=False),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on", "closed_on"),
    past=("closed_on",),
    about=("case_no", "stage"),
    amount="amount_fen",
)
