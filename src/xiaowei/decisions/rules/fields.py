"""What a rule may test: every trait and fact of a product, and what else is known.

A field has a kind, and the kind says which operators fit it, in which unit a limit is
stated, and which values a row may hold. Whatever is not of the kind is refused, never
taken for missing: a firm without a value is one thing, a broken table another.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from xiaowei.industry.classification import SECTIONS
from xiaowei.offers.asked import FACTS
from xiaowei.offers.tiers import TIERS
from xiaowei.policy.products.product import PURPOSES
from xiaowei.policy.products.product import UNITS as PRODUCT_UNITS
from xiaowei.portraits.parts import TRAITS
from xiaowei.said import Said

Kind: TypeAlias = Literal["number", "text", "day"]

YES_NO: Final[Mapping[str, Said]] = {"yes": Said("是", "yes"), "no": Said("否", "no")}

UNITS: Final[Mapping[str, tuple[int, int]]] = {
    **{unit: bounds for unit, bounds in PRODUCT_UNITS.items() if unit != "count"},
    # A change of a number of lenders is a count, too, and may be below 0.
    "count": (-(10**6), 10**6),
    "points": (-(10**5), 10**5),
}
"""Units that limits are stated in, each with the lowest and highest a limit may be."""

BOOK_UNITS: Final[Mapping[str, frozenset[str]]] = {
    "yuan": frozenset({"yuan"}),
    "share": frozenset({"share", "yearly rate"}),
    "ratio": frozenset({"number"}),
    "count": frozenset({"count", "number"}),
    "days": frozenset({"count", "number"}),
    "months": frozenset({"count", "number"}),
    "kwh": frozenset({"number"}),
    "m3": frozenset({"number"}),
    "grade": frozenset({"count", "number"}),
    "level": frozenset({"level"}),
    "points": frozenset({"count", "number"}),
}
"""Unit of a limit to the units of the policy book whose numbers may stand for it."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a rule may test.

    Args:
        name: what rules and tables call it.
        label: what people call it.
        kind: what its values are.
        unit: what a number is counted in, in rows: money is in fen; null for others.
        whole: whether a number is always whole.
        low: the least a number may be; null where anything goes.
        high: the most.
        choices: the values a text may have, each as people say it; null where any.
        always: whether it is never missing.
    """

    name: str
    label: Said
    kind: Kind = "number"
    unit: str | None = None
    whole: bool = False
    low: int | None = None
    high: int | None = None
    choices: Mapping[str, Said] | None = None
    always: bool = False

    @property
    def limit_unit(self) -> str | None:
        """The unit its limits are stated in: yuan where rows hold fen."""
        return "yuan" if self.unit == "fen" else self.unit


_WHOLE_UNITS: Final = frozenset({"fen", "count", "months", "level"})
_WHOLE_TRAITS: Final[Mapping[str, bool]] = {
    trait.name: trait.kind != "float64" for trait in TRAITS
}
_BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    "pd": (0, 1),
    "pd_high": (0, 1),
    "worst_finding": (0, 3),
}
"""Facts of products that cannot be anything else; of traits nothing is taken as given
but whether they are whole, so that a proof does not rest on what a source may break."""


def _facts() -> Iterable[Field]:
    for name, fact in FACTS.items():
        low, high = _BOUNDS.get(name, (None, None))
        whole = _WHOLE_TRAITS.get(name, fact.unit in _WHOLE_UNITS)
        yield Field(name, fact.label, unit=fact.unit, whole=whole, low=low, high=high)


def _money(name: str, zh: str, en: str, *, always: bool = False) -> Field:
    label = Said(zh, en)
    return Field(name, label, unit="fen", whole=True, low=0, always=always)


def _months(name: str, zh: str, en: str) -> Field:
    return Field(name, Said(zh, en), unit="months", whole=True, low=0)


def _share(name: str, zh: str, en: str) -> Field:
    return Field(name, Said(zh, en), unit="share", low=0, high=1)


def _text(
    name: str,
    label: Said,
    choices: Mapping[str, Said] | None = None,
    *,
    always: bool = False,
) -> Field:
    return Field(name, label, "text", choices=choices, always=always)


_OWN: Final = (
    Field("score", Said("评分", "score"), unit="points", whole=True),
    _text("tier", Said("客户分层", "tier"), dict(TIERS.items())),
    _share("fake_trade", "虚假贸易概率", "probability of fake trade"),
    _money("amount", "申请金额", "amount applied for", always=True),
    _months("term", "申请期限", "term applied for"),
    _text(
        "purpose",
        Said("贷款用途", "purpose"),
        dict(PURPOSES.items()),
        always=True,
    ),
    Field(
        "applied_on", Said("申请日", "day of the application"), kind="day", always=True
    ),
    _text("new_borrower", Said("是否首次借款", "new borrower"), YES_NO),
    _text("consent", Said("数据查询授权有效", "live authorisation"), YES_NO),
    _money("group_exposure", "集团敞口（含本次）", "exposure to the group, with this"),
    _money("offer_limit", "拟授信额度", "limit offered"),
    _share("offer_rate", "拟定年利率", "yearly rate offered"),
    _months("offer_months", "拟定期限", "term offered"),
    _text("product", Said("产品", "product")),
    _text("section", Said("行业门类", "section of trade"), SECTIONS),
    _text("industry", Said("行业代码", "industry code")),
    _text("region", Said("地区", "region")),
)

FIELDS: Final[Mapping[str, Field]] = {
    **{field.name: field for field in _facts()},
    **{field.name: field for field in _OWN},
}
"""All that a rule may test, by name.

`worst_finding`, `fake_trade` and `consent` are missing where nothing was checked or
asked. The fields are taken as free of each other: that `pd` is never above `pd_high` is
not known to a proof.
"""


def near(name: str, names: Iterable[str]) -> str:
    """Return what may have been meant, as the end of a fault; empty if nothing is near.

    >>> near("pdd", ["pd", "tier"]), near("qqq", ["pd"])
    ("; did you mean 'pd'?", '')
    """
    found = difflib.get_close_matches(name, list(names), n=2)
    return f"; did you mean {' or '.join(map(repr, found))}?" if found else ""
