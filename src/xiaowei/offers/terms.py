"""The terms under which offers are made: bounds, costs, and what the budget counts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from xiaowei.errors import InputError
from xiaowei.money import Fen, wan_text, yuan_text
from xiaowei.policy.book import Book
from xiaowei.said import Said, percent

Meaning: TypeAlias = Literal["offered", "drawn"]
"""What the budget counts: all money offered, or the part expected to be drawn."""

GRADES: Final = ("A", "B", "C")
"""The bank's grades that are lent to; D is not."""

RATE_STEP: Final = Decimal("0.0001")
"""One basis point: rates are whole multiples of it."""

_MEANINGS: Final = {
    "offered": Said(
        "预算按授信额度计，无论客户是否提款", "the budget counts all money offered"
    ),
    "drawn": Said(
        "预算按预期提款计：（1 - 流失率）× 额度",
        "the budget counts money expected to be drawn: (1 - churn) x limit",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Bounds and costs of lending on one day.

    Args:
        min_limit_fen: smallest loan, whole lots.
        max_limit_fen: largest loan, whole lots.
        lot_fen: limits are whole multiples of it.
        min_rate: lowest yearly rate.
        max_rate: highest yearly rate.
        lgd: share of the drawn principal lost at default, 0..1.
        funding_rate: yearly cost of drawn money.
        operating_cost: yearly cost of a loan as a rate on drawn money.
        turnover_share: a limit is at most this share of 12 months' valid sales.
        recipe_rates: grade to the fixed rate of the recipe compared with.
        meaning: what the budget counts.

    Raises:
        TermsError: the bounds contradict each other; every fault is named.
    """

    min_limit_fen: Fen
    max_limit_fen: Fen
    lot_fen: Fen
    min_rate: Decimal
    max_rate: Decimal
    lgd: Decimal
    funding_rate: Decimal
    operating_cost: Decimal
    turnover_share: Decimal
    recipe_rates: Mapping[str, Decimal]
    meaning: Meaning = "offered"

    def __post_init__(self) -> None:
        """Refuse bounds that contradict each other."""
        faults = list(_faults(self))
        if faults:
            raise TermsError(faults)

    @property
    def min_lots(self) -> int:
        """Lots of the smallest loan."""
        return self.min_limit_fen // self.lot_fen

    @property
    def max_lots(self) -> int:
        """Lots of the largest loan."""
        return self.max_limit_fen // self.lot_fen

    @property
    def cost_rate(self) -> Decimal:
        """Yearly cost of drawn money: funding and operation."""
        return self.funding_rate + self.operating_cost


class TermsError(InputError):
    """The terms contradict themselves; all faults are named at once."""

    def __init__(self, faults: list[str]) -> None:
        """Name each fault."""
        super().__init__(
            "the terms contradict themselves: " + "; ".join(faults),
            expected="0 < lot <= smallest <= largest loan in whole lots, "
            "0 <= lowest <= highest rate in basis points, lgd and shares within 0 to 1",
            remedy="Correct these numbers in the policy overlay",
        )


def terms_on(book: Book, *, on: date, meaning: Meaning = "offered") -> Terms:
    """Return the terms that held on a day.

    Args:
        book: the bank's numbers.
        on: the day asked for.
        meaning: what the budget counts.

    Raises:
        UnknownNumberError: the book lacks one of the numbers.
        NotYetSetError: the day lies before a number's first value.
        TermsError: the numbers contradict each other.
    """
    return Terms(
        min_limit_fen=book.fen("min_limit_yuan", on=on),
        max_limit_fen=book.fen("max_limit_yuan", on=on),
        lot_fen=book.fen("lot_yuan", on=on),
        min_rate=book.number("min_rate", on=on),
        max_rate=book.number("max_rate", on=on),
        lgd=book.number("lgd", on=on),
        funding_rate=book.number("funding_rate", on=on),
        operating_cost=book.number("operating_cost", on=on),
        turnover_share=book.number("turnover_share", on=on),
        recipe_rates={
            grade: book.number(f"recipe_rate_{grade.lower()}", on=on)
            for grade in GRADES
        },
        meaning=meaning,
    )


def cny(amount: Fen) -> str:
    """Write fen as English texts of offers do: yuan, with decimals only where needed.

    >>> cny(141_066_540_000), cny(-12_345)
    ('CNY 1,410,665,400', 'CNY -123.45')
    """
    return f"CNY {yuan_text(amount).removesuffix('.00')}"


def assumptions(terms: Terms) -> dict[str, Said]:
    """Say all that an expected profit under these terms rests on.

    Args:
        terms: the terms.

    Returns:
        Name to (Chinese, English), in the order in which they are read.
    """
    low, high = percent(terms.min_rate), percent(terms.max_rate)
    smallest, largest, lot = terms.min_limit_fen, terms.max_limit_fen, terms.lot_fen
    share = percent(terms.turnover_share)
    lgd, funding = percent(terms.lgd), percent(terms.funding_rate)
    operating = percent(terms.operating_cost)
    return {
        "profit": Said(
            "期望利润 = 额度 ×（1 - 流失率）×（利率 ×（1 - PD）- LGD × PD - 资金成本"
            " - 运营成本），一年期，逐个最小额度单位取整到分",
            "expected profit = limit x (1 - churn) x (rate x (1 - PD) - LGD x PD"
            " - funding - operating cost), one year, rounded to the fen per lot",
        ),
        "meaning": _MEANINGS[terms.meaning],
        "lgd": Said(f"违约损失率（LGD）{lgd}", f"loss given default (LGD) {lgd}"),
        "funding_rate": Said(
            f"资金成本 {funding}，按全年提款本金计，违约时亦计",
            f"funding {funding} a year on drawn money, also when it defaults",
        ),
        "operating_cost": Said(
            f"运营成本 {operating}", f"operating cost {operating} a year on drawn money"
        ),
        "pd": Said(
            "违约概率为风险模型的估计值，视为与利率和是否流失无关；违约则当年利息全失；"
            "违约概率为截至当日有标签企业的在案状态，此处按一年期使用，其水平并非年度"
            "违约率",
            "PD is the risk model's estimate, taken as independent of rate and churn;"
            " a default loses the whole year's interest; the PD is a state on record"
            " by the day among firms with a label, read as one year's PD; its level"
            " is not that of a year",
        ),
        "churn": Said(
            "流失率按公布的利率与流失表拟合，按因果解读；未评级客户取各级中最高的流失率",
            "churn is fitted to the published table and read as cause and effect; an"
            " enterprise without a grade is taken to leave as the most restless grade",
        ),
        "bounds": Said(
            f"额度 {wan_text(smallest)} 至 {wan_text(largest)} 万元，以"
            f" {wan_text(lot)} 万元为单位，利率 {low} 至 {high}，额度不超过近12个月"
            f"有效销售的 {share}",
            f"limit {cny(smallest)} to {cny(largest)} in lots of {cny(lot)}, rate"
            f" {low} to {high}, limit at most {share} of 12 months' valid sales",
        ),
        "left_out": Said(
            "未计资本成本、税、提前还款，以及高利率吸引高风险客户的逆向选择",
            "left out: cost of capital, tax, early repayment, and that high rates may"
            " draw riskier customers",
        ),
    }


def _faults(terms: Terms) -> Iterator[str]:
    if not 0 < terms.lot_fen <= terms.min_limit_fen <= terms.max_limit_fen:
        yield "lot, smallest and largest loan do not rise"
    elif terms.min_limit_fen % terms.lot_fen or terms.max_limit_fen % terms.lot_fen:
        yield "smallest or largest loan is no whole number of lots"
    if not 0 <= terms.min_rate <= terms.max_rate:
        yield "lowest and highest rate do not rise"
    if terms.min_rate % RATE_STEP or terms.max_rate % RATE_STEP:
        yield "a rate is no whole number of basis points"
    for name in ("lgd", "funding_rate", "operating_cost", "turnover_share"):
        if not 0 <= getattr(terms, name) <= 1:
            yield f"{name} lies outside 0 to 1"
    missing = [grade for grade in GRADES if grade not in terms.recipe_rates]
    if missing:
        yield f"the recipe has no rate for grade {', '.join(missing)}"
