"""A letter says what was decided and why, and nothing that is the bank's own."""

from typing import Any

import pytest

from xiaowei.decisions.letter import letter_of

REASON = {"code": "sales", "zh": "销售规模与趋势", "en": "level and trend of sales"}
PAPER = {"zh": "近12月发票或流水", "en": "invoices or bank flows of 12 months"}
LOAN = {
    "product": "steady", "amount_fen": 15_000_000, "rate": "0.0725", "months": 12,
    "papers": [],
}  # fmt: skip


def application(**stated: Any) -> dict[str, Any]:  # noqa: ANN401 - any part of one
    return {
        "number": 7,
        "enterprise_id": "E1",
        "applied_on": "2025-07-01",
        "amount_fen": 20_000_000,
        "months": 12,
        "state": "declined",
        "due_at": None,
        "conclusion": None,
        "decided": decided("decline"),
        **stated,
    }


def decided(outcome: str, **stated: Any) -> dict[str, Any]:  # noqa: ANN401 - likewise
    return {
        "outcome": outcome,
        "loan": None,
        "conditions": [PAPER],
        "ruling": {"reasons": [REASON], "rule": "revenue_unknown"},
        "lines": [{"zh": "违约概率不低于15%", "en": "PD is at least 15%"}],
        **stated,
    }


def said(**stated: Any) -> tuple[str, str]:  # noqa: ANN401 - likewise
    told = letter_of(application(**stated))
    return "".join(one.zh for one in told), " ".join(one.en for one in told)


class TestLetter:
    def test_of_a_decline_says_why_what_helps_and_the_right_to_a_person(self) -> None:
        zh, en = said()
        assert "申请编号 7" in zh
        assert "200,000.00 元" in zh
        assert "主要原因：销售规模与趋势。" in zh
        assert "近12月发票或流水" in zh
        assert "人工复核" in zh
        assert "The main reasons: level and trend of sales." in en
        assert "ask that a person looks at it again" in en
        # Limits of the bank and names of its rules are nobody's outside.
        assert not any("15%" in one or "revenue_unknown" in one for one in (zh, en))

    def test_of_an_approval_says_amount_rate_and_what_is_asked_for(self) -> None:
        zh, en = said(state="approved", decided=decided("approve", loan=LOAN))
        assert "150,000.00 元，12 个月，年利率 7.25%" in zh
        assert "放款前请提供：近12月发票或流水" in zh
        assert "CNY 150,000.00 for 12 months at 7.25% a year" in en

    @pytest.mark.parametrize("state", ["referred", "claimed", "returned"])
    def test_of_a_referral_says_by_when_a_person_answers(self, state: str) -> None:
        zh, en = said(
            state=state, due_at="2025-07-04T08:00:00", decided=decided("refer")
        )
        assert "最迟 2025-07-04 答复" in zh
        assert "by 2025-07-04" in en
        assert "主要原因" not in zh

    def test_of_what_waits_says_so(self) -> None:
        assert "正在处理" in said(state="received", decided=None)[0]

    @pytest.mark.parametrize(
        ("outcome", "words"), [("approve", "120,000.00 元"), ("decline", "未获通过")]
    )
    def test_of_a_conclusion_is_by_a_person(self, outcome: str, words: str) -> None:
        concluded = {"outcome": outcome, "limit_fen": 12_000_000, "why": "内部意见"}
        zh, _ = said(conclusion=concluded, decided=decided("refer"))
        assert words in zh
        assert "由审批人员作出" in zh
        assert "内部意见" not in zh
