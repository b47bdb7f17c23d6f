"""A source without consent is silent, whatever it holds."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from tests.factories import DAY, MONTH_END, Row, held, invoice, reading, registered

from xiaowei.portraits.consent import consented
from xiaowei.portraits.moments import Moments
from xiaowei.portraits.portrait import panel, portraits

FACTS: Mapping[str, list[Row]] = {
    "invoices": [invoice()],
    "electricity": [reading()],
    "enterprises": [registered()],
}
EARLY = DAY - timedelta(days=100)


def signed(covers: str, **stated: Any) -> Row:  # noqa: ANN401
    return {
        "enterprise_id": "E1",
        "covers": covers,
        "state": "granted",
        "happened_on": EARLY,
        "until_on": None,
    } | stated


def withdrawn(covers: str, **stated: Any) -> Row:  # noqa: ANN401
    return signed(covers, state="withdrawn", happened_on=DAY, **stated)


def seen(*consents: Row) -> tuple[bool, bool]:
    """Return whether invoices and electricity may be looked at."""
    facts, moments = held(**FACTS, consents=consents), Moments((MONTH_END,))

    def left(family: str) -> bool:
        rows = consented(facts[family], [family], facts=facts, moments=moments)
        return bool(rows.count().to_pyarrow().as_py())

    return left("invoices"), left("electricity")


class TestConsent:
    def test_is_not_asked_where_no_consent_is_held_at_all(self) -> None:
        (row,) = portraits(held(**FACTS), as_of=MONTH_END).to_pyarrow().to_pylist()

        assert row["sales_all"] == 100_000

    def test_silences_whoever_never_signed_though_others_did(self) -> None:
        assert seen(signed("all", enterprise_id="E2")) == (False, False)

    def test_silences_what_rests_on_the_family_and_how_fresh_it_is(self) -> None:
        facts = held(**FACTS, consents=[signed("electricity")])

        (row,) = portraits(facts, as_of=MONTH_END).to_pyarrow().to_pylist()

        assert {
            row[name] for name in row if name.startswith(("sales", "invoices"))
        } == {None}
        assert row["electricity_fresh_days"] == 8

    @pytest.mark.parametrize(
        ("consents", "expected"),
        [
            ([signed("invoices")], (True, False)),
            ([signed("all")], (True, True)),
            ([signed("all"), withdrawn("invoices")], (False, True)),
            ([signed("invoices"), withdrawn("all")], (False, False)),
            (
                [withdrawn("all"), signed("invoices", happened_on=MONTH_END)],
                (True, False),
            ),
            ([signed("all", until_on=MONTH_END)], (True, True)),
            ([signed("all", until_on=MONTH_END - timedelta(days=1))], (False, False)),
            # A shorter consent, signed later, takes the longer one's place.
            (
                [signed("all"), signed("all", happened_on=DAY, until_on=DAY)],
                (False, False),
            ),
            # Signed on one day: the one known later counts, of those the refusal.
            (
                [
                    withdrawn("all"),
                    signed("invoices", happened_on=DAY, known_on=MONTH_END),
                ],
                (True, False),
            ),
            ([withdrawn("all"), signed("invoices", happened_on=DAY)], (False, False)),
            # A correction: the withdrawal was none.
            (
                [withdrawn("all"), signed("all", happened_on=DAY, known_on=MONTH_END)],
                (True, True),
            ),
        ],
    )
    def test_is_what_was_signed_last(
        self, consents: list[Row], expected: tuple[bool, bool]
    ) -> None:
        assert seen(*consents) == expected

    def test_holds_until_its_withdrawal_is_known(self) -> None:
        late = withdrawn("all", known_on=MONTH_END + timedelta(days=1))

        assert seen(signed("all"), late) == (True, True)

    def test_is_looked_at_anew_on_each_day_of_a_panel(self) -> None:
        days = [MONTH_END - timedelta(days=1), MONTH_END, date(2020, 3, 1)]
        facts = held(**FACTS, consents=[signed("all", until_on=MONTH_END)])

        rows = panel(facts, days=days).to_pyarrow().to_pylist()

        told = {row["as_of"]: row["sales_all"] for row in rows}
        assert [told[day] for day in days] == [100_000, 100_000, None]

    def test_asks_for_all_families_that_rows_rest_on(self) -> None:
        facts = held(**FACTS, consents=[signed("invoices")])
        moments = Moments((MONTH_END,))

        def left(*families: str) -> int:
            rows = consented(facts["invoices"], families, facts=facts, moments=moments)
            return int(rows.count().to_pyarrow().as_py())

        assert left("invoices", "enterprises") == 1
        assert left("invoices", "electricity") == 0
        assert left("enterprises") == 1
