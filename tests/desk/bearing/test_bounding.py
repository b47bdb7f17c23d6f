"""A run's offer is bound by strategy, product, caps and cash, and says by which."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from tests.offers.limits.firms import SEEDS, assumed, history, known, months, norms

from xiaowei.desk.bearing.agreements import Wish
from xiaowei.desk.bearing.bounding import Asking, Bench, Bound, bounds_of
from xiaowei.desk.bearing.heard import Heard, heard_in
from xiaowei.desk.bearing.money import Money
from xiaowei.desk.bearing.ways import values_of, ways_on
from xiaowei.desk.counsel.products import counsel_for
from xiaowei.offers.limits.limit import CAPS, CapName
from xiaowei.offers.limits.twin import Standing
from xiaowei.offers.raroc import costs_on
from xiaowei.offers.terms import terms_on
from xiaowei.offers.tiers import Tier
from xiaowei.policy.book import load_book

DAY = date(2025, 6, 30)
WAN = 1_000_000
WAYS = ways_on(DAY)
TERMS = terms_on(load_book(), on=DAY)
ALL = Heard(
    caps=frozenset(CAPS),
    products=frozenset(one.product.code for one in WAYS.offerings),
    ages=True,
)
SERIES: Mapping[str, Sequence[Any]] = {
    "months": [f"2024-{month:02d}" for month in range(1, 13)],
    "sales_fen": [100 * WAN] * 12,
}
SOUND: dict[str, float | None] = {
    "founded_days_since": 3_000,
    "sales_history_months": 40,
    "sales_active_months_12m": 12,
    "sales_12m": 1_200 * WAN,
    "status_now": 1,
    "court_dishonest_now": 0,
    "court_restricted_now": 0,
}
RICH = Money(
    history=history(received=months(wan=400), closes=months(wan=500)),
    norms=norms(),
    standing=Standing(opening_fen=5_000 * WAN, buyer_share=0.1),
    known=known(),
    assumed=assumed(),
    terms=TERMS,
    seeds=SEEDS,
    costs=costs_on(load_book(), on=DAY),
)


class Kept:
    """The books of firms that all have the same money."""

    def __init__(self, money: Money) -> None:
        """Take the money of each."""
        self._money, self.asked = money, [""]

    def read(self, enterprises: Sequence[str]) -> None:
        self.asked = list(enterprises)

    def money(self, enterprise_id: str) -> Money:
        assert enterprise_id in self.asked
        return self._money


def bound(
    tier: Tier = "steady",
    *,
    pd: float = 0.02,
    money: Money = RICH,
    heard: Heard = ALL,
    barred: bool = False,
    traits: Mapping[str, float | None] = MappingProxyType({}),
) -> Bound:
    values = values_of({**SOUND, **traits}, pd=pd, pd_high=pd, worst=0, defaulted=False)
    asking = Asking(
        enterprise_id="F1",
        tier=tier,
        values={**values, **{k: v for k, v in traits.items() if k in values}},
        pd=pd,
        barred=barred,
        series=SERIES,
    )
    bench = Bench(ways=WAYS, heard=heard, terms=TERMS, day=DAY)
    return bounds_of([asking], bench=bench, books=Kept(money))["F1"]


def said(found: Bound) -> str:
    return "\n".join(step.en for step in found.bounds.steps)


class TestStrategy:
    def test_binds_amount_and_product_by_tier(self) -> None:
        steady, risky = bound(), bound("risk_warning", pd=0.09)

        assert steady.product is not None
        assert steady.product.code == "working_capital"
        assert risky.product is not None
        assert risky.product.code == "phased"
        assert 0 < (risky.bounds.most_fen or 0) < (steady.bounds.most_fen or 0)
        assert risky.bounds.added_bp > steady.bounds.added_bp

    @pytest.mark.parametrize("longest", [1, 2, 3, 5, 6, 11, 12])
    def test_gives_up_products_that_must_run_longer_than_it_lends(
        self, longest: int
    ) -> None:
        # A bank's own strategy.yaml may state any term of a month or more.
        ways = replace(
            WAYS,
            strategies={
                segment: replace(one, longest_months=longest)
                for segment, one in WAYS.strategies.items()
            },
        )
        asking = Asking(
            enterprise_id="F1",
            tier="steady",
            values=values_of(SOUND, pd=0.02, pd_high=0.02, worst=0, defaulted=False),
            pd=0.02,
            barred=False,
            series=SERIES,
        )
        bench = Bench(ways=ways, heard=ALL, terms=TERMS, day=DAY)
        found = bounds_of([asking], bench=bench, books=Kept(RICH))["F1"]
        product = found.product
        told = counsel_for(
            firm(
                pd=0.02,
                limit_fen=found.bounds.most_fen or 0,
                rate=0.08 if product else None,
                priced=0.08,
                product=product,
            ),
            {},
            money=RICH,
            wish=Wish(),
            ways=ways,
            heard=ALL,
        )

        if product is None:
            assert longest < usual_months()
            assert "no product may be offered" in said(found)
            assert told.proposal is None
            texts = [line.text.en for one in told.verdicts for line in one.lines]
            assert any(f"lends for at most {longest} months" in one for one in texts)
        else:
            assert product.repayment.min_months <= longest
            assert told.proposal is not None
            assert told.proposal.schedule.instalments <= longest

    def test_lends_half_to_the_new(self) -> None:
        old, new = bound(pd=0.06), bound(pd=0.06, traits={"sales_history_months": 10})

        assert new.course.new
        assert new.bounds.most_fen == min((old.bounds.most_fen or 0) // 2, 50 * WAN)
        assert new.product is not None
        assert new.product.code == "phased"


class TestAges:
    @pytest.mark.parametrize(("days", "told"), [(0, None), (700, None), (1_200, 1_200)])
    def test_a_firm_that_sold_before_its_founding_has_no_known_age(
        self, days: float, told: float | None
    ) -> None:
        values = values_of(
            {"founded_days_since": days, "sales_history_months": 30},
            pd=0.1,
            pd_high=0.1,
            worst=0,
            defaulted=False,
        )

        assert values["founded_days_since"] == told

    def test_nobody_is_new_where_no_age_is_told(self) -> None:
        values = [{"sales_history_months": 3.0, "founded_days_since": None}]
        heard = heard_in(
            {"invoices"}, values, offerings=WAYS.offerings, strategies=WAYS.strategies
        )

        assert heard.caps == {"turnover", "policy"}
        assert (heard.products, heard.ages) == (frozenset(), False)
        assert len(heard.silent) == 3
        assert not bound(heard=heard, traits={"sales_history_months": 3}).course.new


class TestPhased:
    def test_begins_small_and_says_so(self) -> None:
        risky = bound("risk_warning", pd=0.09)

        assert risky.bounds.staged
        assert risky.bounds.most_fen == 50 * WAN
        assert "30.00% released at first" in said(risky)

    @pytest.mark.parametrize(
        "stop",
        [
            {"defaults": 1.0},
            {"court_bars": 1.0},
            {"court_bars": None},
            {"worst_finding": 3.0},
            {"worst_finding": None},
        ],
    )
    def test_is_not_for_whom_something_stops_outright(
        self, stop: Mapping[str, float | None]
    ) -> None:
        risky = bound("risk_warning", pd=0.09, traits=stop)

        assert (risky.product, risky.bounds.most_fen) == (None, 0)
        assert not risky.bounds.staged
        assert "no product may be offered" in said(risky)

    def test_is_not_for_whom_no_rate_pays(self) -> None:
        risky = bound("risk_warning", pd=0.19)

        assert (risky.product, risky.bounds.most_fen) == (None, 0)
        assert "does not cover cost and risk" in said(risky)


class TestCaps:
    @pytest.mark.parametrize("name", ["sales_12m_fen", "debts_fen", "group_fen"])
    def test_let_nothing_through_that_is_not_known(self, name: str) -> None:
        found = bound(money=replace(RICH, known=known(**{name: None})))

        assert found.bounds.most_fen == 0
        assert "unknown for want of" in said(found)

    def test_bind_nobody_where_no_source_tells_them(self) -> None:
        plain: frozenset[CapName] = frozenset({"turnover", "policy"})
        money = replace(RICH, known=known(own_fen=None, group_fen=None), heard=plain)
        found = bound(money=money, heard=replace(ALL, caps=plain))

        assert found.limit is not None
        assert {cap.name for cap in found.limit.caps} == plain
        assert found.bounds.most_fen == 100 * WAN

    def test_cash_that_bears_nothing_lends_nothing(self) -> None:
        poor = replace(
            RICH,
            history=history(received=months(wan=1)),
            standing=Standing(opening_fen=0, buyer_share=1.0),
        )
        found = bound(money=poor)

        assert found.limit is not None
        assert found.limit.binds == "cash"
        assert found.bounds.most_fen == 0

    def test_are_not_asked_of_whom_something_bars_anyway(self) -> None:
        found = bound(barred=True)

        assert (found.limit, found.bounds.most_fen) == (None, 0)


class TestAgreesWithOffer:
    @pytest.mark.parametrize("opening", [0, 30, 60, 90, 150, 400, 5_000])
    @pytest.mark.parametrize("pd", [0.01, 0.06, 0.12])
    def test_is_never_more_than_what_is_found_for_the_one_who_asks(
        self, opening: int, pd: float
    ) -> None:
        money = replace(
            RICH, standing=Standing(opening_fen=opening * WAN, buyer_share=0.1)
        )
        found = bound(pd=pd, money=money)
        most, product = found.bounds.most_fen or 0, found.product
        priced = 0.08
        rate = None
        if product is not None and found.bounds.least_rate is not None:
            moved = product.rate.of(Decimal(str(priced)))
            rate = float(max(moved, found.bounds.least_rate))
        told = counsel_for(
            firm(pd=pd, limit_fen=most, rate=rate, priced=priced, product=product),
            {},
            money=money,
            wish=Wish(),
            ways=WAYS,
            heard=ALL,
        )

        assert most <= told.lent_fen <= told.bearing.limit.amount_fen
        assert (told.proposal is None) == (most == 0)
        if told.proposal is not None:
            assert told.proposal.amount_fen == most
            assert told.proposal.product == product
            assert float(told.proposal.rate) == rate


def usual_months() -> int:
    """Return the shortest term of the product that anybody steady may have."""
    products = {one.product.code: one.product for one in WAYS.offerings}
    return products["working_capital"].repayment.min_months


def firm(
    *,
    pd: float,
    limit_fen: int,
    rate: float | None,
    priced: float,
    product: Any,  # noqa: ANN401 - a product or none
) -> dict[str, Any]:
    """Return a firm as the document of the run has it."""
    return {
        "enterprise_id": "F1",
        "as_of": DAY.isoformat(),
        "tier": "steady",
        "limit_fen": limit_fen,
        "rate": rate,
        "rate_priced": priced,
        "product": product.code if product else None,
        "pd": pd,
        "pd_high": pd,
        "defaulted": False,
        "findings": [{"severity": "none"}],
        "series": SERIES,
        "traits": SOUND,
    }
