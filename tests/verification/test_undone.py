"""Red letters against what they reverse; voids near period ends."""

from collections import Counter
from datetime import date, timedelta
from itertools import permutations

import numpy as np
import pytest
from tests.factories import DAY, Row, held, invoice
from tests.verification.cases import case, findings

from xiaowei.verification.checks.undone import PERIOD_END, REVERSALS, _lone_reds

MIDDLE, END = date(2020, 1, 10), date(2020, 1, 30)


def lone(*rows: Row) -> list[int]:
    """Return the lines of red letters that reverse nothing."""
    table = _lone_reds(held(invoices=rows)["invoices"])
    found = table.filter(table.lone).order_by("line").to_pyarrow()
    return list(found["line"].to_pylist())


def on(day: int, net: int, **stated: object) -> Row:
    return invoice(happened_on=date(2020, 1, day), net_fen=net, **stated)


class TestLoneReds:
    def test_reverse_an_earlier_invoice_of_the_same_partner_and_amount(self) -> None:
        assert lone(on(1, 50), on(2, -50)) == []

    def test_may_be_of_the_same_day(self) -> None:
        assert lone(on(2, -50), on(2, 50)) == []

    @pytest.mark.parametrize(
        "other",
        [
            {"net_fen": 51},
            {"counterparty_id": "P2"},
            {"enterprise_id": "E2"},
            {"state": "voided"},
            {"direction": "purchase"},
            {"happened_on": date(2020, 1, 3)},
        ],
    )
    def test_reverse_nothing_else(self, other: Row) -> None:
        assert lone(on(1, 50) | other, on(2, -50)) == [3]

    def test_need_an_original_each(self) -> None:
        assert lone(on(1, 50), on(2, -50), on(3, -50)) == [4]

    def test_are_not_orphaned_by_one_whose_original_is_older_than_the_data(
        self,
    ) -> None:
        """The first has nothing to reverse; the second still has the third day's."""
        assert lone(on(1, -50), on(2, 50), on(3, -50), on(4, 50)) == [2]

    def test_are_as_few_as_any_pairing_leaves(self) -> None:
        """Twenty-five firms of six rows each, tried in every order."""
        rng = np.random.default_rng(3)
        days = rng.integers(1, 5, (25, 6)).tolist()
        signs = rng.choice([1, -1], (25, 6)).tolist()
        rows = [
            on(day, sign, enterprise_id=f"F{firm}", line=100 * firm + n)
            for firm in range(25)
            for n, (day, sign) in enumerate(zip(days[firm], signs[firm], strict=True))
        ]

        found = Counter(line // 100 for line in lone(*rows))

        assert [found[firm] for firm in range(25)] == [
            fewest_lone(days[firm], signs[firm]) for firm in range(25)
        ]


def fewest_lone(days: list[int], signs: list[int]) -> int:
    """Return how many red letters the best of all pairings leaves alone."""
    blues = [day for day, sign in zip(days, signs, strict=True) if sign > 0]
    reds = [day for day, sign in zip(days, signs, strict=True) if sign < 0]
    nothing = [99] * len(reds)
    return min(
        sum(blue > red for blue, red in zip(order, reds, strict=True))
        for order in permutations(blues + nothing, len(reds))
    )


def peers(count: int = 30) -> list[Row]:
    """Firms with ten red letters each, one of which reverses nothing."""
    rows = []
    for firm in range(count):
        for n in range(10):
            stated = {"enterprise_id": f"F{firm}", "counterparty_id": f"C{n}"}
            rows.append(on(9, -50, **stated))
            if n:
                rows.append(on(1, 50, **stated))
    return rows


class TestReversals:
    def test_agree_with_peers_who_have_as_many(self) -> None:
        found = findings(REVERSALS, case(invoices=peers()))

        assert {one.outcome for one in found.values()} == {"agrees"}
        assert all(one.unlikely for one in found.values())

    def test_find_the_firm_whose_red_letters_reverse_nothing(self) -> None:
        odd = [on(9, -100_000 * n, line=500 + n) for n in range(1, 11)]

        one = findings(REVERSALS, case(invoices=[*peers(), *odd]))["E1"]

        assert one.outcome == "differs"
        assert one.severity == "medium"
        assert one.unlikely is not None
        assert one.unlikely < 1e-3
        assert one.observed is not None
        assert one.observed.en == "10 of 10 reverse nothing known"
        assert [fact.line for fact in one.evidence] == [510, 509, 508, 507, 506]

    def test_say_nothing_of_fewer_than_five(self) -> None:
        few = [on(9, -50, counterparty_id=f"C{n}") for n in range(4)]

        assert "E1" not in findings(REVERSALS, case(invoices=[*peers(), *few]))

    def test_are_silent_among_fewer_than_twenty_peers(self) -> None:
        found = findings(REVERSALS, case(invoices=peers(19)))

        assert {one.outcome for one in found.values()} == {"silent"}
        assert "fewer than 20 peers" in found["F1"].text.en


def voiding(firm: str, *, voids: tuple[int, int], others: tuple[int, int]) -> list[Row]:
    """Return invoices: voided and others, each (at the month's end, before it)."""
    return [
        invoice(enterprise_id=firm, happened_on=day, state=state, net_fen=1000 + n)
        for state, counts in (("voided", voids), ("valid", others))
        for day, count in zip((END, MIDDLE), counts, strict=True)
        for n in range(count)
    ]


class TestPeriodEnd:
    def crowd(self) -> list[Row]:
        rng = np.random.default_rng(6)
        rows: list[Row] = []
        for firm in range(40):
            at_end = int(rng.binomial(20, 0.2))
            rows += voiding(f"F{firm}", voids=(at_end, 20 - at_end), others=(20, 80))
        return rows

    def test_agrees_where_voids_fall_like_other_invoices(self) -> None:
        found = findings(PERIOD_END, case(invoices=self.crowd()))

        assert {one.outcome for one in found.values()} == {"agrees"}

    def test_finds_the_firm_that_voids_what_it_issued_at_month_ends(self) -> None:
        odd = voiding("E1", voids=(18, 2), others=(20, 80))

        one = findings(PERIOD_END, case(invoices=[*self.crowd(), *odd]))["E1"]

        assert (one.outcome, one.severity) == ("differs", "medium")
        assert one.observed is not None
        assert one.observed.en.startswith("18 of 20 voids")
        assert one.expected is not None
        assert "20.30%" in one.expected.en
        assert len(one.evidence) == 5
        assert all("2020-01-30 sale" in fact.text.en for fact in one.evidence)
        assert all("作废" in fact.text.zh for fact in one.evidence)

    def test_spares_the_firm_that_bills_at_month_ends(self) -> None:
        """Most of its voids are of a month's end because most of its invoices are."""
        biller = voiding("E1", voids=(18, 2), others=(90, 10))

        found = findings(PERIOD_END, case(invoices=[*self.crowd(), *biller]))

        assert found["E1"].outcome == "agrees"

    @pytest.mark.parametrize(
        ("day", "ends"),
        [
            (date(2020, 1, 25), 0),
            (date(2020, 1, 26), 10),
            (date(2020, 2, 23), 0),
            (date(2020, 2, 24), 10),
            (date(2019, 12, 31), 10),
        ],
    )
    def test_takes_the_last_six_days_of_a_month_as_its_end(
        self, day: date, ends: int
    ) -> None:
        rows = [
            invoice(happened_on=day, state="voided", invoice_no=str(n))
            for n in range(10)
        ]

        found = findings(
            PERIOD_END, case(invoices=[*self.crowd(), *rows], as_of=date(2020, 3, 1))
        )

        observed = found["E1"].observed
        assert observed is not None
        assert observed.en.startswith(f"{ends} of 10 voids")

    def test_says_nothing_of_fewer_than_ten_voids(self) -> None:
        few = voiding("E1", voids=(9, 0), others=(5, 5))

        assert "E1" not in findings(PERIOD_END, case(invoices=[*self.crowd(), *few]))

    def test_forgets_a_void_that_was_taken_back(self) -> None:
        rows = voiding("E1", voids=(10, 0), others=(5, 5))
        named = [row | {"invoice_no": f"v{n}"} for n, row in enumerate(rows)]
        back = named[0] | {"state": "valid", "known_on": DAY + timedelta(days=0)}

        found = findings(PERIOD_END, case(invoices=[*self.crowd(), *named, back]))

        assert "E1" not in found
