"""Products: those shipped, a bank's own, and files that cannot be used."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaowei.policy.products.product import (
    AUDIENCES,
    Amounts,
    Condition,
    Group,
    Product,
    Products,
    Rate,
    leaves,
)
from xiaowei.policy.products.reading import ProductsError, load_products, read_products
from xiaowei.policy.products.requirements import MOST, requirement_of
from xiaowei.policy.stated import Stated

DAY = date(2026, 1, 31)
SHIPPED = {
    "premium",
    "growth",
    "park",
    "orders",
    "invoices",
    "phased",
    "renewal",
    "working_capital",
}
OWN = """
winter:
  code: winter
  since: 2026-01-01
  purpose: new_loan
  title: {zh: 暖冬贷, en: winter loan}
  reason: {zh: 冬储, en: stocks for winter}
  eligible:
    all:
      - {trait: sales_12m, operator: ">=", limit: "1000000.50", unit: yuan}
      - any:
          - {trait: pd, operator: "<", limit: "0.05", unit: share}
          - {trait: customers_12m, operator: ">", limit: "9", unit: count}
  tiers: [steady]
  collateral: guarantee
  rate: {adjustment_bp: "-25", floor: "0.0400", cap: "0.15"}
  amount: {min_yuan: "100000", max_yuan: "500000"}
  repayment:
    min_months: "3"
    max_months: "12"
    kinds: [at_end]
    grace_months: "0"
    holiday_months: "0"
  papers: [{zh: 合同, en: contract}]
  stages:
    - {share: "0.4"}
    - share: "0.6"
      opens_when: {trait: worst_dpd, operator: "<=", limit: "0", unit: days}
  set_by: credit committee minute 2025-12
  reference: {title: Minute}
"""


def read(text: str, *, shipped: Products | None = None) -> Products:
    return read_products(text, file="own.yaml", shipped=shipped)


def faults_of(text: str) -> str:
    with pytest.raises(ProductsError) as caught:
        read(text)
    return caught.value.what


class TestShippedProducts:
    def test_are_the_eight_that_the_bank_lends_as(self) -> None:
        assert {product.code for product in load_products().on(DAY)} == SHIPPED

    @pytest.mark.parametrize("product", load_products().on(DAY), ids=lambda p: p.code)
    def test_say_in_two_languages_what_and_why_and_who(self, product: Product) -> None:
        for said in (product.title, product.reason, *product.papers):
            assert any("\u4e00" <= letter <= "\u9fff" for letter in said.zh)
            assert said.en.isascii()
        assert product.set_by
        assert product.reference["title"]

    def test_ask_no_security_and_less_for_three_years_of_grade_a(self) -> None:
        premium = load_products().entries["premium"]

        assert premium.collateral == "none"
        assert premium.rate.adjustment_bp < 0
        assert (
            Condition("tax_a_unbroken_years_all", ">=", Decimal(3), "count")
            in premium.conditions
        )

    def test_let_a_start_up_begin_with_interest_and_pause(self) -> None:
        repayment = load_products().entries["growth"].repayment

        assert repayment.grace_months > 0
        assert repayment.holiday_months > 0
        assert {"income_linked", "seasonal"} <= set(repayment.kinds)

    def test_release_phased_credit_in_steps_that_make_the_whole(self) -> None:
        stages = load_products().entries["phased"].stages

        assert sum(stage.share for stage in stages) == 1
        assert stages[0].opens_when is None
        asked = {"months_since_drawdown", "worst_dpd", "sales_ratio", "worst_finding"}
        for stage in stages[1:]:
            assert stage.opens_when is not None
            assert {one.trait for one in leaves(stage.opens_when)} == asked

    def test_keep_each_condition_of_a_renewal_without_repayment(self) -> None:
        asked = {one.trait for one in load_products().entries["renewal"].conditions}

        assert {
            "loan_days_to_due",
            "loan_class",
            "own_overdue_now",
            "misuse_found",
            "status_now",
            "sales_active_months_12m",
        } <= asked

    def test_offer_the_risky_nothing_but_phased_credit(self) -> None:
        risky = [
            one.code for one in load_products().on(DAY) if "risk_warning" in one.tiers
        ]

        assert risky == ["phased"]


class TestOverlay:
    def test_stands_beside_the_shipped(self, tmp_path: Path) -> None:
        (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
        products = load_products(tmp_path / "own.yaml")

        assert {one.code for one in products.on(DAY)} == {*SHIPPED, "winter"}
        winter = products.entries["winter"]
        assert winter.amounts == Amounts(10_000_000, 50_000_000)
        assert winter.rate == Rate(-25, Decimal("0.0400"), Decimal("0.15"))
        assert winter.eligible == Group(
            "all",
            (
                Condition("sales_12m", ">=", Decimal("1000000.50"), "yuan"),
                Group(
                    "any",
                    (
                        Condition("pd", "<", Decimal("0.05"), "share"),
                        Condition("customers_12m", ">", Decimal(9), "count"),
                    ),
                ),
            ),
        )

    def test_stands_in_place_of_the_shipped_of_its_name(self) -> None:
        text = OWN.replace("winter", "premium")
        products = read(text, shipped=load_products())

        assert products.entries["premium"].title.en == "premium loan"
        assert len(products.entries) == len(SHIPPED)

    def test_holds_as_a_version_from_its_day_on(self) -> None:
        text = OWN.replace("code: winter", "code: premium")
        products = read(text, shipped=load_products())

        before = {one.code: one for one in products.on(date(2025, 12, 31))}
        since = {one.code: one for one in products.on(date(2026, 1, 1))}

        assert before["premium"] is products.entries["premium"]
        assert since["premium"] is products.entries["winter"]

    def test_withdraws_a_product_from_a_day_on(self) -> None:
        text = OWN.replace(
            "since: 2026-01-01", "since: 2025-01-01\n  until: 2026-01-01"
        )
        products = read(text.replace("code: winter", "code: premium"))
        shipped = load_products()
        both = Products({**shipped.entries, **products.entries})

        assert "premium" in {one.code for one in both.on(date(2025, 12, 31))}
        assert "premium" not in {one.code for one in both.on(date(2026, 1, 1))}

    def test_is_refused_where_it_cannot_be_told_which_version_holds(self) -> None:
        text = OWN.replace("code: winter", "code: premium")
        text = text.replace("since: 2026-01-01", "since: 2016-01-01")

        with pytest.raises(ProductsError, match="'winter' and 'premium' are both"):
            read(text, shipped=load_products())

    def test_must_be_there(self, tmp_path: Path) -> None:
        with pytest.raises(ProductsError, match="cannot be read"):
            load_products(tmp_path / "none.yaml")

    def test_must_be_utf_8(self, tmp_path: Path) -> None:
        (tmp_path / "own.yaml").write_bytes(OWN.encode("gb18030"))

        with pytest.raises(ProductsError, match="cannot be read"):
            load_products(tmp_path / "own.yaml")


class TestFaults:
    @pytest.mark.parametrize(
        ("old", "new", "fault"),
        [
            ("code: winter", "code: Winter Loan", "'winter'.code: small letters"),
            ("since: 2026-01-01", "since: soon", "since: a day such as"),
            ("since: 2026-01-01", "since: 2026-13-45", "not YAML: month must be in"),
            (
                "since: 2026-01-01",
                "since: 2026-01-01\n  until: 2026-01-01",
                "until: 2026-01-01 is no later",
            ),
            ("new_loan", "party", "purpose: one of new_loan, renewal is due"),
            ("en: winter loan", "en: ''", "title.en: a text is due"),
            (", en: winter loan", "", "title: 'en' is missing"),
            (
                'operator: ">="',
                'operator: "=="',
                "all[1].operator: one of <, <=, >, >=",
            ),
            ('"1000000.50"', "1000000.50", 'such as "0.20" is due, not a float'),
            ('"1000000.50"', '"1e6"', "not '1e6'"),
            ('"1000000.50"', '"1000000.505"', "no whole number of fen"),
            ("unit: yuan", "unit: fen", "unit: one of yuan, share"),
            ('limit: "0.05"', 'limit: "5"', "limit: 5 lies outside -1 to 1"),
            ("trait: pd, ", "", "any[1]: 'trait' is missing"),
            ("- any:", "- none:", "'none' is not a part of it"),
            ("tiers: [steady]", "tiers: [steady, calm]", "not 'calm'"),
            ("tiers: [steady]", "tiers: []", "1 to 40 items are due, not 0"),
            ("tiers: [steady]", "tiers: [steady, steady]", "something stands twice"),
            ("guarantee", "gold", "collateral: one of none, receivables"),
            ('"-25"', '"-25.5"', "a whole number is due, not -25.5"),
            ('"-25"', '"-2500"', "lies outside -1000 to 1000"),
            ('"0.0400"', '"0.2"', "floor 0.2 is above cap 0.15"),
            ('"0.0400"', '"0.04005"', "whole basis points"),
            ('"100000"', '"600000"', "min_yuan 600000 is above max_yuan 500000"),
            ('"100000"', '"0"', "0 lies outside 1 to"),
            ('min_months: "3"', 'min_months: "24"', "24 is above max_months 12"),
            ('grace_months: "0"', 'grace_months: "12"', "leave no month of 12"),
            ("kinds: [at_end]", "kinds: [balloon]", "kinds[1]: one of equal_instal"),
            ("papers: [{zh: 合同, en: contract}]", "papers: 合同", "papers: a list"),
            ('share: "0.6"', 'share: "0.5"', "shares add up to 0.9, not to 1"),
            ('{share: "0.4"}', '{share: "0"}', "stages[1].share: 0 lies outside"),
            (
                '{share: "0.4"}',
                '{share: "0.4", opens_when: {}}',
                "'opens_when' is not a part",
            ),
            ("  set_by: credit committee minute 2025-12\n", "", "'set_by' is missing"),
            ("title: Minute", "href: x", "reference: 'title' is missing"),
            ("  papers:", "  paper:", "'paper' is not a part of it"),
            ("  tiers:", "  code: summer\n  tiers:", "'code' stands twice"),
            ("  tiers: [", "  tiers: [[", "not YAML"),
        ],
    )
    def test_are_named_with_their_place(self, old: str, new: str, fault: str) -> None:
        assert old in OWN
        assert fault in faults_of(OWN.replace(old, new))

    def test_are_named_all_at_once(self) -> None:
        text = (
            OWN.replace("new_loan", "party")
            .replace("[steady]", "[calm]")
            .replace('share: "0.6"', 'share: "0.5"')
        )

        said = faults_of(text)

        assert "3 fault(s)" in said
        assert "party" in said
        assert "calm" in said
        assert "0.9" in said

    def test_lie_not_in_what_a_missing_part_would_have_held(self) -> None:
        text = OWN.replace(
            'rate: {adjustment_bp: "-25", floor: "0.0400", cap: "0.15"}', ""
        )

        assert faults_of(text) == (
            "products in 'own.yaml' have 1 fault(s): 'winter': 'rate' is missing"
        )

    @pytest.mark.parametrize("text", ["", "[]", "3", "{}", "winter: 3", "- a: 1"])
    def test_lie_in_what_is_no_product_at_all(self, text: str) -> None:
        assert "fault(s)" in faults_of(text)

    def test_lie_in_groups_too_deep_or_too_many(self) -> None:
        leaf = '{trait: pd, operator: "<", limit: "0.1", unit: share}'
        deep = f"{{all: [{{any: [{{all: [{{any: [{leaf}]}}]}}]}}]}}"
        many = f"{{all: [{', '.join([f'{{any: [{leaf}, {leaf}]}}'] * 16)}]}}"

        text = OWN[: OWN.index("  eligible:")] + "  eligible: HERE\n"
        text += OWN[OWN.index("  tiers:") :]
        assert "more than 3 deep" in faults_of(text.replace("HERE", deep))
        assert f"32 comparisons are more than {MOST}" in faults_of(
            text.replace("HERE", many)
        )

    def test_lie_in_a_requirement_that_holds_itself(self) -> None:
        text = OWN.replace("    all:\n", "    all: &me\n").replace(
            "- any:\n", "- any: *me\n        none:\n"
        )

        assert "fault(s)" in faults_of(text)


class TestReading:
    @pytest.mark.parametrize(
        "text",
        [
            "a: !!timestamp foo",
            "a: !!int ''",
            "a: !!bool foo",
            "a: !!python/object:os.system x",
            "&a {x: *a}",
            "&a [*a]",
            "? [1]\n: 2",
            "a: 2024-02-30",
            "<<: 3",
            "--- a\n--- b",
            "\x00",
            "[" * 5000,
        ],
        ids=range(12),
    )
    def test_names_what_yaml_itself_stumbles_over(self, text: str) -> None:
        assert "fault(s)" in faults_of(text)

    @given(text=st.text(max_size=200))
    def test_takes_no_text_for_a_product(self, text: str) -> None:
        with pytest.raises(ProductsError):
            read(text)

    @given(
        at=st.integers(0, len(OWN) - 1),
        length=st.integers(0, 12),
        put=st.text("{}[]:,'\"&*!|>-?%#@0123456789.abc \n\t中", max_size=6),
    )
    def test_ends_in_products_or_in_named_faults(
        self, at: int, length: int, put: str
    ) -> None:
        text = OWN[:at] + put + OWN[at + length :]

        try:
            products = read(text)
        except ProductsError:
            return

        for product in products.entries.values():
            assert product.amounts.min_fen <= product.amounts.max_fen
            assert product.rate.floor <= product.rate.cap
            assert not product.stages or sum(s.share for s in product.stages) == 1
            assert product.conditions
            assert set(product.tiers) <= set(AUDIENCES)

    @given(
        value=st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats()
            | st.text(max_size=5)
            | st.dates(),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        ["all", "any", "trait", "operator", "limit", "unit"]
                    ),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=12,
        )
    )
    def test_gives_a_requirement_whatever_is_stated(self, value: object) -> None:
        faults: list[str] = []

        found = requirement_of(Stated(value, "here", faults))

        assert faults or any(map(bool, leaves(found)))


class TestProduct:
    @pytest.mark.parametrize(
        ("limit", "lent"), [(99, 0), (100, 100), (250, 250), (300, 300), (301, 300)]
    )
    def test_lends_within_its_amounts(self, limit: int, lent: int) -> None:
        assert Amounts(100, 300).within(limit) == lent

    @given(priced=st.decimals(0, 1, places=4), adjustment=st.integers(-1000, 1000))
    def test_moves_the_rate_within_floor_and_cap(
        self, priced: Decimal, adjustment: int
    ) -> None:
        rate = Rate(adjustment, Decimal("0.04"), Decimal("0.15"))

        moved = rate.of(priced)

        assert rate.floor <= moved <= rate.cap
        exact = priced + Decimal(adjustment) / 10_000
        assert moved == exact or moved in (rate.floor, rate.cap)

    @given(days=st.lists(st.integers(0, 60), min_size=1, max_size=5, unique=True))
    def test_holds_in_one_version_each_day(self, days: list[int]) -> None:
        product = read(OWN).entries["winter"]
        begun = [date(2026, 1, 1) + timedelta(days=n) for n in days]
        entries = {str(day): replace(product, since=day) for day in begun}

        for day in begun:
            (held,) = Products(entries).on(day)
            assert held.since == day
        assert not Products(entries).on(min(begun) - timedelta(days=1))
