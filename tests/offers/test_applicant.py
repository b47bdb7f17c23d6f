"""Who may be lent to, and up to how much."""

from dataclasses import replace

import pytest

from xiaowei.offers.applicant import (
    Applicant,
    ApplicantError,
    cap_lots,
    check,
    refusals,
)
from xiaowei.offers.terms import Terms
from xiaowei.said import Said

WAN = 1_000_000
ANY = Applicant(
    enterprise_id="E1",
    pd=0.02,
    pd_high=0.05,
    rating="A",
    tier="steady",
    sales_12m_fen=1_000 * WAN,
)


class TestCapLots:
    @pytest.mark.parametrize(
        ("sales", "lots"),
        [
            (None, 0),
            (-5 * WAN, 0),
            (0, 0),
            (50 * WAN - 1, 0),
            (50 * WAN, 10),
            (55 * WAN - 1, 10),
            (55 * WAN, 11),
            (500 * WAN, 100),
            (9_999 * WAN, 100),
        ],
    )
    def test_is_a_fifth_of_sales_in_whole_lots(
        self, terms: Terms, sales: int | None, lots: int
    ) -> None:
        assert cap_lots(replace(ANY, sales_12m_fen=sales), terms=terms) == lots


class TestRefusals:
    def test_are_none_for_a_sound_enterprise(self, terms: Terms) -> None:
        assert refusals(ANY, terms=terms) == ()

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"rating": "D"}, "grade D is not lent to"),
            ({"tier": "risk_warning"}, "a risk-warning tier gets no offer"),
            ({"pd": None}, "PD is unknown, so no price can be set"),
            ({"sales_12m_fen": None}, "sales of the last 12 months are unknown"),
            ({"sales_12m_fen": 49 * WAN}, "12 months' valid sales of CNY 490,000 does"),
            ({"barred": (Said("停业", "out of business"),)}, "out of business"),
        ],
    )
    def test_say_why(self, terms: Terms, change: dict[str, object], said: str) -> None:
        lines = refusals(replace(ANY, **change), terms=terms)  # type: ignore[arg-type]

        assert len(lines) == 1
        assert said in lines[0].en
        assert lines[0].zh

    def test_give_every_reason(self, terms: Terms) -> None:
        bad = replace(ANY, rating="D", tier="risk_warning", pd=None, sales_12m_fen=None)

        assert len(refusals(bad, terms=terms)) == 4


class TestCheck:
    def test_names_every_kind_of_fault(self) -> None:
        faulty = [
            replace(ANY, pd=1.1),
            replace(ANY, pd_high=float("nan")),
            replace(ANY, enterprise_id="E2", rating="E"),
            replace(ANY, enterprise_id="E3", tier="golden"),  # type: ignore[arg-type]
        ]

        with pytest.raises(ApplicantError) as caught:
            check(faulty)

        said = str(caught.value)
        assert "5 fault(s)" in said
        for fault in (
            "'E1' has PD 1.1",
            "'E1' has upper PD nan",
            "'E2' has rating 'E'",
            "'E3' has tier 'golden'",
            "'E1' stands 2 times",
        ):
            assert fault in said

    def test_names_only_the_first_of_many(self) -> None:
        faulty = [replace(ANY, enterprise_id=f"E{n}", pd=2.0) for n in range(1_000)]

        with pytest.raises(ApplicantError) as caught:
            check(faulty)

        assert "1000 fault(s)" in str(caught.value)
        assert "'E5'" not in str(caught.value)
