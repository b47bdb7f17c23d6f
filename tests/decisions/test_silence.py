"""Silence says something only of a source that lists all there is."""

from xiaowei.decisions.silence import told_by_silence

HELD = frozenset({"loans", "credit_history", "court_cases", "bureau_loans"})
NOTHING: dict[str, int | None] = {}


class TestToldBySilence:
    def test_our_own_books_and_the_courts_know_all(self) -> None:
        assert told_by_silence(NOTHING, held=HELD, closed=()) == (
            "court_bars",
            "court_dishonest_now",
            "court_restricted_now",
            "defaults",
            "own_loans_all",
        )

    def test_a_source_that_states_nothing_of_anybody_says_nothing(self) -> None:
        assert told_by_silence(NOTHING, held={"loans"}, closed=()) == ("own_loans_all",)
        assert told_by_silence(NOTHING, held=(), closed=()) == ()

    def test_what_is_stated_stays(self) -> None:
        values = {"defaults": 1, "own_loans_all": 0, "court_bars": 2}
        found = told_by_silence(values, held=HELD, closed=())
        assert not {"defaults", "own_loans_all", "court_bars"} & set(found)

    def test_the_bureau_knows_all_where_its_report_is_on_file(self) -> None:
        report = {"bureau_enquiries_fresh_days": 12}
        found = told_by_silence(report, held=HELD, closed=())
        assert {"debt_balance_now", "debt_overdue_now"} <= set(found)
        without = told_by_silence(NOTHING, held=HELD, closed=())
        assert "debt_balance_now" not in without
        shut = told_by_silence(report, held=HELD, closed={"bureau_loans"})
        assert "debt_balance_now" not in shut
        lost = told_by_silence(report, held=HELD - {"bureau_loans"}, closed=())
        assert "debt_balance_now" not in lost
