"""What an enterprise agrees to have looked at, in whatever words a clerk has for it."""

from typing import Final

from xiaowei.facts.contracts.bank import BANK_FLOWS
from xiaowei.facts.contracts.bureau import (
    BUREAU_ENQUIRIES,
    BUREAU_GUARANTEES,
    BUREAU_LOANS,
)
from xiaowei.facts.contracts.contract import (
    Column,
    Source,
    enterprise,
    happened_on,
    known_on,
    words,
)
from xiaowei.facts.contracts.invoices import INVOICE_LIMITS, PURCHASES, SALES
from xiaowei.facts.contracts.people import PAYROLL, SOCIAL_SECURITY
from xiaowei.facts.contracts.taxation import TAX_CREDIT, TAX_FILINGS
from xiaowei.facts.contracts.utilities import ELECTRICITY, METERS, UTILITY_BILLS, WATER
from xiaowei.said import Said

ALL: Final = "all"
"""What `covers` holds where an enterprise agrees, or refuses, to everything."""

_ASKING: Final = (
    SALES,
    PURCHASES,
    INVOICE_LIMITS,
    TAX_FILINGS,
    TAX_CREDIT,
    ELECTRICITY,
    METERS,
    WATER,
    UTILITY_BILLS,
    BANK_FLOWS,
    SOCIAL_SECURITY,
    PAYROLL,
    BUREAU_LOANS,
    BUREAU_GUARANTEES,
    BUREAU_ENQUIRIES,
)
_COVERS: Final = words({"全部": ALL, "发票": SALES.family}) | {
    word: source.family
    for source in _ASKING
    for word in (source.zh, source.name, source.family)
}

CONSENTS: Final = Source(
    name="consents",
    zh="数据授权",
    family="consents",
    meaning=Said(
        "企业对某类数据的授权与撤回。未授权的来源视为未知，绝不视为零",
        "What an enterprise agrees to have looked at, and what it takes back. A source "
        "without consent is silent, never zero",
    ),
    columns=(
        enterprise(),
        Column("covers", "choice", ("数据类别", "covers"), choices=_COVERS),
        Column(
            "state",
            "choice",
            ("状态", "state"),
            choices=words({"授权": "granted", "撤回": "withdrawn"}),
        ),
        Column("until_on", "day", ("有效期至", "until_on"), required=False),
        happened_on("签署日期", "signed_on"),
        known_on(),
    ),
    happened="happened_on",
    known=("happened_on",),
    about=("covers", "happened_on"),
)
