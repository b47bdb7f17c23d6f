"""Money in the bank: flows through accounts, our own loans, applications for them."""

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

BANK_FLOWS: Final = Source(
    name="bank_flows",
    zh="银行流水",
    family="bank_flows",
    meaning=Said(
        "账户流水：收支方向、金额、余额、对手方",
        "Flows through an account: in or out, the amount, the balance after it, the "
        "other side",
    ),
    columns=(
        enterprise(),
        Column("account", "code", ("账号", "account", "账户")),
        Column("flow_no", "code", ("流水号", "flow_no", "交易流水号")),
        happened_on("交易日期", "day", "记账日期"),
        Column(
            "way",
            "choice",
            ("收支方向", "way", "借贷标志"),
            choices=words({"收": "in", "贷": "in", "支": "out", "借": "out"}),
        ),
        Column("amount_fen", "yuan", ("交易金额", "amount_yuan", "金额")),
        Column("balance_fen", "yuan", ("余额", "balance_yuan"), required=False),
        Column(
            "counterparty_id",
            "code",
            ("对手方识别号", "counterparty_id", "对手方代号"),
            required=False,
        ),
        Column(
            "counterparty",
            "text",
            ("对手方名称", "counterparty", "对方户名"),
            required=False,
        ),
        Column(
            "purpose",
            "choice",
            ("用途", "purpose"),
            required=False,
            choices=words(
                {
                    "货款": "trade",
                    "工资": "wages",
                    "税费": "tax",
                    "租金": "rent",
                    "贷款": "loan",
                    "还款": "repayment",
                    "往来款": "owner",
                    "社保": "social_security",
                    "水电费": "utilities",
                    "其他": "other",
                }
            ),
        ),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on",),
    about=("account", "flow_no"),
    asks_consent=True,
    amount="amount_fen",
)
LOANS: Final = Source(
    name="loans",
    zh="本行贷款",
    family="loans",
    meaning=Said(
        "本行发放的贷款：产品、金额、年利率、期限",
        "Loans of our own: product, principal, yearly rate, term",
    ),
    columns=(
        enterprise(),
        Column("loan_no", "code", ("借据号", "loan_no", "合同号")),
        Column("product", "code", ("产品", "product")),
        Column("principal_fen", "yuan", ("贷款金额", "principal_yuan", "本金")),
        Column("rate", "rate", ("年利率", "rate")),
        Column("due_on", "day", ("到期日", "due_on")),
        happened_on("放款日期", "drawn_on"),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on",),
    about=("loan_no",),
    amount="principal_fen",
)
REPAYMENTS: Final = Source(
    name="repayments",
    zh="还款记录",
    family="repayments",
    meaning=Said(
        "本行贷款各期的应还与已还。后来还上的作为更晚获知的一行",
        "What of each instalment of our own loans was due and paid. What is paid later "
        "is a later row",
    ),
    columns=(
        enterprise(),
        Column("loan_no", "code", ("借据号", "loan_no", "合同号")),
        Column("instalment", "count", ("期次", "instalment")),
        happened_on("应还日期", "due_on"),
        Column("due_fen", "yuan", ("应还金额", "due_yuan")),
        Column("paid_fen", "yuan", ("已还金额", "paid_yuan")),
        Column("paid_on", "day", ("还款日期", "paid_on"), required=False),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on", "paid_on"),
    past=("paid_on",),
    about=("loan_no", "instalment"),
    amount="due_fen",
)
APPLICATIONS: Final = Source(
    name="applications",
    zh="贷款申请",
    family="applications",
    meaning=Said(
        "贷款申请及当时的审批结果；随机批准的单独标明",
        "Applications for loans and what was decided then; those approved at "
        "random are marked",
    ),
    columns=(
        enterprise(),
        Column("application_no", "code", ("申请号", "application_no")),
        happened_on("申请日期", "applied_on"),
        Column("amount_fen", "yuan", ("申请金额", "amount_yuan")),
        Column(
            "outcome",
            "choice",
            ("审批结果", "outcome"),
            choices=words(
                {"批准": "approved", "拒绝": "declined", "客户放弃": "withdrawn"}
            ),
        ),
        Column("rate", "rate", ("批准利率", "rate"), required=False),
        Column(
            "at_random",
            "choice",
            ("随机批准", "at_random"),
            required=False,
            choices=YES_NO,
        ),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on",),
    about=("application_no",),
    amount="amount_fen",
)
CREDIT_HISTORY: Final = Source(
    name="credit_history",
    zh="信贷记录",
    family="credit_history",
    meaning=Said(
        "本行的信誉评级与是否违约，以获知日的情况为准",
        "Our own rating, and whether the enterprise defaulted, as known on a day",
    ),
    columns=(
        enterprise(),
        Column(
            "rating",
            "choice",
            ("信誉评级", "rating", "信用评级"),
            required=False,
            choices={grade: grade for grade in "ABCD"},
        ),
        Column("defaulted", "choice", ("是否违约", "defaulted"), choices=YES_NO),
        happened_on("记录日期", "recorded_on", "登记日期", required=False),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on",),
    register=True,
)
