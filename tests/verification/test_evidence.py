"""The facts behind a finding."""

from tests.factories import held, invoice, purchase

from xiaowei.said import Said
from xiaowei.verification.evidence import SHOWN, largest, with_evidence
from xiaowei.verification.finding import Finding, Outcome


class TestLargest:
    def test_shows_a_few_of_each_firm_the_largest_first_be_they_red(self) -> None:
        rows = [
            invoice(enterprise_id=firm, net_fen=sign * n, line=n)
            for firm in ("E1", "E2")
            for n, sign in zip(range(1, 9), [1, -1] * 4, strict=True)
        ]

        found = largest(held(invoices=rows)["invoices"])

        assert found.keys() == {"E1", "E2"}
        assert [fact.line for fact in found["E1"]] == [8, 7, 6, 5, 4]
        assert len(found["E2"]) == SHOWN

    def test_says_file_line_day_direction_number_amount_and_state(self) -> None:
        row = invoice(net_fen=-1_234_567, invoice_no="00017", file="a.csv", line=9)

        ((fact,),) = largest(held(invoices=[row])["invoices"]).values()

        assert (fact.file, fact.line) == ("a.csv", 9)
        assert fact.text == (
            "2020-02-21 销项 00017 -1.23万元 有效",
            "2020-02-21 sale 00017 -1.23万 yuan valid",
        )

    def test_says_a_small_amount_in_yuan(self) -> None:
        row = purchase(net_fen=4_950, invoice_no="7", state="voided")

        ((fact,),) = largest(held(invoices=[row])["invoices"]).values()

        assert fact.text == (
            "2020-02-21 进项 7 49.50元 作废",
            "2020-02-21 purchase 7 49.50 yuan voided",
        )

    def test_tells_equal_rows_of_two_files_with_one_name_apart(self) -> None:
        rows = [invoice(file="a.csv", line=2, invoice_no=no) for no in "cab"]

        found = [
            largest(held(invoices=order)["invoices"])["E1"]
            for order in (rows, rows[::-1])
        ]

        assert found[0] == found[1]


class TestWithEvidence:
    def finding(self, firm: str, outcome: Outcome) -> Finding:
        return Finding(
            enterprise_id=firm,
            check="a check",
            outcome=outcome,
            text=Said("多", "many"),
        )

    def test_adds_facts_to_what_differs_alone(self) -> None:
        table = held(invoices=[invoice(), invoice(enterprise_id="E2")])["invoices"]

        odd, even, bare = with_evidence(
            [
                self.finding("E1", "differs"),
                self.finding("E2", "agrees"),
                self.finding("E3", "differs"),
            ],
            table,
        )

        assert len(odd.evidence) == 1
        assert even.evidence == bare.evidence == ()
