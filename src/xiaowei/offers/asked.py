"""What products may ask of an enterprise, in which unit, and how a value is written."""

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, Literal, TypeAlias

from xiaowei.errors import InputError
from xiaowei.money import FEN_PER_YUAN, yuan_text
from xiaowei.offers.rules import Rule, Traits
from xiaowei.policy.products.product import Condition, Product
from xiaowei.portraits.parts import TRAITS
from xiaowei.portraits.traits.trait import Direction
from xiaowei.portraits.traits.trait import Unit as TraitUnit
from xiaowei.said import Said

Unit: TypeAlias = TraitUnit | Literal["level"]
Values: TypeAlias = Mapping[str, Decimal | float | None]
"""Trait or fact to its value, in its own unit; null, NaN or not there is unknown."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that may be asked of an enterprise.

    Args:
        label: what people call it.
        unit: what it is counted in.
        risk: which way risk lies.
        grows: whether it can only grow, so that too much of it cannot be mended.
        drift: which way time alone moves it, by one a day or month: 1 up, -1 down.
    """

    label: Said
    unit: Unit
    risk: Direction
    grows: bool = False
    drift: Literal[-1, 0, 1] = 0


_AGES: Final = {
    "founded_days_since",
    "sales_history_months",
    "purchases_history_months",
}
"""Traits that grow by themselves and never fall."""

_HIGH: Final[Direction] = "higher_is_riskier"
_LOW: Final[Direction] = "lower_is_riskier"

DESK_FACTS: Final[Mapping[str, Fact]] = {
    "pd": Fact(Said("违约概率", "probability of default"), "share", _HIGH),
    "pd_high": Fact(
        Said("违约概率区间上端", "upper end of the PD interval"), "share", _HIGH
    ),
    "worst_finding": Fact(
        Said("未结核验发现的最高严重程度（0无，3高）", "worst open finding, 0 to 3"),
        "level",
        _HIGH,
    ),
    "defaults": Fact(
        Said("违约记录数", "defaults on record"), "count", _HIGH, grows=True
    ),
    "court_bars": Fact(
        Said("现列失信和限制高消费条数", "bars by court that stand"), "count", _HIGH
    ),
    "listed_parks": Fact(
        Said("所在的名录内园区数", "parks of the region's list it sits in"),
        "count",
        "none",
    ),
    "orders_in_hand": Fact(
        Said("在手订单金额", "orders in hand not yet delivered"), "fen", _LOW
    ),
    "receivables_open": Fact(
        Said("已开票未回款的应收账款", "invoices issued and not yet paid"),
        "fen",
        "none",
    ),
    "loan_days_to_due": Fact(
        Said("原贷款距到期天数", "days until the loan falls due"),
        "days",
        "none",
        drift=-1,
    ),
    "loan_class": Fact(
        Said("原贷款五级分类（1正常，5损失）", "class of the loan, 1 normal to 5 loss"),
        "grade",
        _HIGH,
    ),
    "misuse_found": Fact(
        Said("原贷款挪用记录数", "times the loan's money was found misused"),
        "count",
        _HIGH,
        grows=True,
    ),
    "months_since_drawdown": Fact(
        Said("首次放款至今月数", "months since the first drawdown"),
        "months",
        _LOW,
        grows=True,
        drift=1,
    ),
    "worst_dpd": Fact(
        Said("放款以来最大逾期天数", "most days past due since the first drawdown"),
        "days",
        _HIGH,
        grows=True,
    ),
    "sales_ratio": Fact(
        Said(
            "放款以来销售与上年同期之比",
            "sales since drawdown over those a year before",
        ),
        "ratio",
        _LOW,
    ),
}
"""What the desk supplies beside the portrait.

`court_bars`, `defaults` and `misuse_found` are 0 where the record was asked and holds
none, and unknown where it was not asked; `worst_finding` is unknown where nothing was
checked.
"""

FACTS: Final[Mapping[str, Fact]] = {
    **{
        trait.name: Fact(
            Said(trait.zh, trait.en),
            trait.unit,
            trait.direction,
            grows=trait.name in _AGES,
            drift=1 if trait.name in _AGES else 0,
        )
        for trait in TRAITS
    },
    **DESK_FACTS,
}
"""All that products may ask for: every trait of the portrait, and the desk's facts."""

_DIGITS: Final[Mapping[str, Decimal]] = {"share": Decimal("0.0001"), "fen": Decimal(1)}
_TWO: Final = Decimal("0.01")
_LONGEST: Final = 18


class UnknownFactsError(InputError):
    """Policy asks for what nobody could tell; every fault is named."""

    def __init__(self, faults: Sequence[str]) -> None:
        """Name each fault."""
        super().__init__(
            f"{len(faults)} condition(s) of policy cannot be tested: "
            + "; ".join(faults),
            expected="a trait of docs/traits.md or one of "
            + ", ".join(DESK_FACTS)
            + ", with the limit in its unit, yuan where it is counted in fen",
            remedy="Correct the name or the unit in the file of policy",
        )


def check_asked(products: Iterable[Product]) -> None:
    """Refuse products that ask for a fact that does not exist, or in another unit.

    Raises:
        UnknownFactsError: every fault is named.
    """
    faults = [
        f"'{product.code}': {fault}"
        for product in products
        for condition in product.conditions
        for fault in faults_of(condition)
    ]
    if faults:
        raise UnknownFactsError(faults)


def rule_of(condition: Condition, *, code: str) -> Rule:
    """Return a condition as a rule, its limit in the unit of the fact.

    Args:
        condition: one that `check_asked` lets pass.
        code: the rule's name in reasons and records.
    """
    times = FEN_PER_YUAN if condition.unit == "yuan" else 1
    return Rule(
        code,
        condition.trait,
        FACTS[condition.trait].label,
        condition.operator,
        condition.limit * times,
    )


def known(values: Values, *, facts: Iterable[str]) -> Traits:
    """Return what is known of facts, as rules compare it.

    A float counts as the shortest decimal that reads back as the same float.

    Args:
        values: traits and facts; others are passed over.
        facts: those wanted.

    Returns:
        Each of them, null where unknown.
    """
    return {name: _decimal(values.get(name)) for name in facts}


def shown(rule: Rule, value: Decimal) -> Said:
    """Write a value of a rule's fact; shortened only where the rule says the same.

    Args:
        rule: what is asked.
        value: what is known.
    """
    unit = FACTS[rule.trait].unit
    short = rounded(value, unit)
    same = rule.hit({rule.trait: short}) == rule.hit({rule.trait: value})
    return written(short if same else value, unit)


def rounded(value: Decimal, unit: Unit) -> Decimal:
    """Return a value with as many digits as people read: a share to 0.01 %.

    >>> rounded(Decimal("0.123456"), "share"), rounded(Decimal("1.239"), "ratio")
    (Decimal('0.1235'), Decimal('1.24'))
    """
    if value.adjusted() >= _LONGEST:
        return value
    return value.quantize(_DIGITS.get(unit, _TWO), rounding=ROUND_HALF_EVEN)


def written(value: Decimal, unit: Unit) -> Said:
    """Write a value with its unit, to its last digit.

    Args:
        value: in the unit.
        unit: what it is counted in.

    >>> written(Decimal("50000000"), "fen")
    Said(zh='500,000 元', en='CNY 500,000')
    >>> written(Decimal("0.0525"), "share").en, written(Decimal(1), "months").en
    ('5.25%', '1 month')
    """
    if unit == "fen":
        whole = value == value.to_integral_value()
        yuan = yuan_text(int(value)) if whole else _plain(value / FEN_PER_YUAN)
        yuan = yuan.removesuffix(".00")
        return Said(f"{yuan} 元", f"CNY {yuan}")
    if unit == "share":
        return Said(*[f"{_plain(value * 100)}%"] * 2)
    number = _plain(value)
    words = {"days": ("天", "day"), "months": ("个月", "month")}
    if unit in words:
        zh, en = words[unit]
        return Said(f"{number} {zh}", f"{number} {en}{'' if value == 1 else 's'}")
    names = {"kwh": Said(" 千瓦时", " kWh"), "m3": Said(" 立方米", " m3")}
    end = names.get(unit, Said("", ""))
    return Said(number + end.zh, number + end.en)


def faults_of(condition: Condition) -> Iterator[str]:
    """Say that a condition asks for a fact that does not exist, or in another unit.

    Args:
        condition: any.
    """
    name = condition.trait
    if name not in FACTS:
        near = difflib.get_close_matches(name, FACTS, n=2)
        hint = f", near {', '.join(near)}" if near else ""
        yield f"there is no trait or fact '{name}'{hint}"
        return
    unit = FACTS[name].unit
    due = "yuan" if unit == "fen" else unit
    if condition.unit != due:
        yield f"'{name}' is counted in {due}, not in {condition.unit}"


def _decimal(value: Decimal | float | None) -> Decimal | None:
    if value is None or not math.isfinite(value):
        return None
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _plain(value: Decimal) -> str:
    """Write a number without exponent and without zeros at its end."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
