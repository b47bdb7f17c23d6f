"""All checks of all enterprises."""

import pytest
from tests.factories import DAY, arrow, credit, filing, invoice, reading, registered
from tests.verification.cases import case

from xiaowei.facts.sources import FAMILIES
from xiaowei.verification.combine import FAMILIES as GROUPS
from xiaowei.verification.combine import FAMILY_OF
from xiaowei.verification.finding import Finding
from xiaowei.verification.verify import CHECKS, verify

NAMES = [check.name for check in CHECKS]


def by_check(found: list[Finding], firm: str) -> dict[str, Finding]:
    return {one.check: one for one in found if one.enterprise_id == firm}


class TestVerify:
    def test_gives_one_finding_per_enterprise_and_check_in_order(self) -> None:
        facts = case(invoices=[invoice(), invoice(enterprise_id="E2")])

        found = verify(facts, enterprises=["E2", "E1"])

        assert [(one.enterprise_id, one.check) for one in found] == [
            (firm, name) for firm in ("E1", "E2") for name in NAMES
        ]

    def test_says_which_source_is_lacking(self) -> None:
        found = by_check(verify(case(invoices=[invoice()]), enterprises=["E1"]), "E1")

        lacking = {
            name: one.text.en for name, one in found.items() if "source" in one.text.en
        }
        assert lacking == {
            check.name: "no source for " + ", ".join(others)
            for check in CHECKS
            if (others := [need for need in check.needs if need != "invoices"])
        }
        assert lacking["tax_against_invoices"] == "no source for tax_filings"

    def test_is_silent_on_a_firm_known_only_from_a_register(self) -> None:
        facts = case(
            enterprises=[registered(enterprise_id="E9")],
            invoices=[invoice()],
            tax_filings=[filing()],
            electricity=[reading()],
            credit_history=[credit()],
        )

        found = by_check(verify(facts, enterprises=["E1", "E9"]), "E9")

        assert {one.outcome for one in found.values()} == {"silent"}
        assert found["reversals"].text.zh == "可比数据不足"
        assert found["washed_flows"].text.zh == "缺来源：bank_flows"

    @pytest.mark.parametrize(
        "families",
        [{}, {"enterprises": [registered()]}],
    )
    def test_is_silent_throughout_without_invoices(
        self, families: dict[str, object]
    ) -> None:
        facts = case(**families)  # type: ignore[arg-type]

        assert {one.outcome for one in verify(facts, enterprises=["E1"])} == {"silent"}

    def test_is_silent_throughout_where_families_are_there_but_empty(self) -> None:
        empty = {
            family: arrow(family, [])
            for family in ("invoices", "tax_filings", "electricity")
        }

        found = verify(case(**empty), enterprises=["E1"])

        assert {one.outcome for one in found} == {"silent"}
        for one in found:
            assert "too little" in one.text.en or "no source" in one.text.en

    def test_leaves_out_whom_it_was_not_asked_about(self) -> None:
        facts = case(invoices=[invoice(), invoice(enterprise_id="E2")])

        assert {one.enterprise_id for one in verify(facts, enterprises=["E2"])} == {
            "E2"
        }

    def test_has_nothing_to_say_of_nobody(self) -> None:
        assert verify(case(invoices=[invoice()], as_of=DAY), enterprises=[]) == []


class TestChecks:
    def test_have_names_titles_and_meanings_of_their_own(self) -> None:
        assert len({check.name for check in CHECKS}) == len(CHECKS)
        for part in ("title", "meaning"):
            for language in ("zh", "en"):
                texts = {getattr(getattr(check, part), language) for check in CHECKS}
                assert len(texts) == len(CHECKS)

    def test_need_families_that_there_are(self) -> None:
        for check in CHECKS:
            assert check.needs
            assert set(check.needs) <= set(FAMILIES)

    def test_belong_to_one_family_of_evidence_each(self) -> None:
        assert set(FAMILY_OF) >= {check.name for check in CHECKS}
        assert len(FAMILY_OF) == sum(len(checks) for checks in GROUPS.values())


class TestFinding:
    def test_says_what_was_expected_and_seen_where_it_is_not_silent(self) -> None:
        facts = case(
            invoices=[invoice(), invoice(direction="purchase", counterparty_id="E1")]
        )

        for one in verify(facts, enterprises=["E1"]):
            spoken = one.outcome != "silent"
            assert (one.expected is not None) == spoken
            assert (one.observed is not None) == spoken
            assert (one.severity != "none") == (one.outcome == "differs")
            assert bool(one.evidence) == (one.outcome == "differs")
