"""The papers still worth asking an enterprise for, those that settle most first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from xiaowei.said import Said
from xiaowei.verification.combine import (
    COULD_SAY,
    Part,
    Suspicion,
    Weights,
    chance,
    logit,
)

PAPERS: Final[Mapping[str, Said]] = {
    "activity": Said(
        "用电户号授权、出入库单和生产记录",
        "leave to read its meters; records of stock and production",
    ),
    "purchases": Said(
        "主要采购合同、入库单和付款凭证",
        "its main purchase contracts, receipts of goods and proofs of payment",
    ),
    "goods": Said(
        "新业务的合同与资质", "contracts and licences of its new line of business"
    ),
    "inflow": Said(
        "全部账户的流水和应收账款明细",
        "statements of all its accounts; who owes it what, and since when",
    ),
    "turnover": Said(
        "大额往来的合同或借款协议",
        "the contracts or loan agreements behind large sums in and out",
    ),
    "people": Said(
        "工资发放明细和社保缴费名册", "its pay slips and its social-security roll"
    ),
    "undone": Said(
        "作废、红冲发票对应的退货单或变更协议",
        "returns or changed contracts behind voided and reversed invoices",
    ),
    "books": Said(
        "对方企业的同期发票清单", "the other side's list of the same invoices"
    ),
    "tax": Said(
        "增值税申报表及附表、未开票收入说明",
        "its VAT returns with annexes, and an account of sales without invoice",
    ),
    "circles": Said(
        "物流单、仓单等货物真实流转的凭证",
        "waybills and warehouse receipts: proof that goods moved",
    ),
    "kin": Said(
        "关联方清单和关联交易定价说明",
        "a list of related parties and how their prices are set",
    ),
    "partners": Said(
        "新客户、新供应商的合同和实地走访",
        "contracts with new partners, and a visit to them",
    ),
    "templates": Said(
        "业务介绍人和代理记账机构的说明",
        "who introduced the firm, and who keeps its books",
    ),
    "debts": Said(
        "最新征信报告和全部借款合同", "a fresh bureau report and all loan contracts"
    ),
    "tickets": Said(
        "大额合同与分次开票约定", "large contracts and how they are billed"
    ),
    "changes": Said(
        "变更的股东会决议、转让协议和变更原因说明",
        "resolutions and transfer deeds behind the changes, and why they were made",
    ),
    "declared": Said(
        "涉诉、借款和对外担保的补充申报及结案、结清证明",
        "a full list of its cases, loans and guarantees, with proof of what is settled",
    ),
    "equity": Said(
        "权益变动表、利润分配决议和审计报告或汇算清缴表",
        "a statement of changes in equity, resolutions on profit, and audited accounts "
        "or its yearly tax return",
    ),
    "orders": Said(
        "订单原件、买方确认函、预收款凭证和排产计划",
        "the orders themselves, the buyers' word for them, payments in advance, and "
        "its plan of production",
    ),
}
"""What would settle each family of checks."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper worth asking for.

    Args:
        family: what it would settle.
        text: the paper.
        settles: by how much the probability of deceit may change through it, 0..1.
    """

    family: str
    text: Said
    settles: float


def papers(one: Suspicion, *, weights: Weights) -> list[Paper]:
    """Return the papers worth asking an enterprise for.

    A paper on what speaks against the firm may take that away; one on what is silent
    may bring what a finding at one in twenty says, or speak for the firm.

    Args:
        one: how likely it deceives.
        weights: what evidence counts.

    Returns:
        those that may change the probability, the one that changes it most first.
    """
    total = logit(one.probability)
    against = [part for part in one.parts if part.log_odds > 0]
    asked = [*_doubted(against, total), *_unheard(one.silent, total, weights)]
    return sorted(asked, key=lambda paper: (-paper.settles, paper.family))


def _doubted(parts: Sequence[Part], total: float) -> list[Paper]:
    return [
        Paper(
            part.family,
            PAPERS[part.family],
            chance(total) - chance(total - part.log_odds),
        )
        for part in parts
    ]


def _unheard(families: Sequence[str], total: float, weights: Weights) -> list[Paper]:
    return [
        Paper(
            family,
            PAPERS[family],
            chance(total + weights.weights[family] * COULD_SAY)
            - chance(total - weights.clear),
        )
        for family in families
    ]
