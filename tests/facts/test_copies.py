"""What is a copy and what a correction, where things change and change back."""

from collections.abc import Callable, Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaowei.facts.intake import Receipt
from xiaowei.facts.lake import Lake

HandIn = Callable[..., Receipt]

READINGS = "企业代号,电表号,用电日期,用电量,获知日期\n"
BILLS = "企业代号,类别,账单号,应缴金额,缴费期限,出账日期,缴清日期,获知日期\n"
INVOICES = (
    "企业代号,发票号码,开票日期,购方单位代号,金额,税额,价税合计,发票状态,获知日期\n"
)
RECEIVED_ON = date(2026, 6, 30)


def reading(kwh: int, known: str = "") -> str:
    return f"E1,M1,2025-03-04,{kwh},{known}\n"


def bill(paid: str, known: str) -> str:
    return f"E1,电费,N1,100,2025-03-20,2025-03-01,{paid},{known}\n"


def invoice(
    state: str = "有效发票", known: str = "", *, net: int = 100, number: int = 1
) -> str:
    return f"E1,{number},2025-03-04,B1,{net},0,{net},{state},{known}\n"


BACK = {
    "electricity": (
        READINGS,
        [
            reading(10, "2025-03-05"),
            reading(12, "2025-03-06"),
            reading(10, "2025-03-07"),
        ],
    ),
    "utility_bills": (
        BILLS,
        [
            bill("", "2025-03-05"),
            bill("2025-03-06", "2025-03-06"),
            bill("", "2025-03-07"),
        ],
    ),
    "sales_invoices": (
        INVOICES,
        [
            invoice("有效发票", "2025-03-05"),
            invoice("作废发票", "2025-03-06"),
            invoice("有效发票", "2025-03-07"),
        ],
    ),
}
FAMILY = {"sales_invoices": "invoices"}


def known(lake: Lake, family: str) -> list[date]:
    """Return the days on which a family's facts became known, in order."""
    return sorted(lake.facts(family).known_on.to_pyarrow().to_pylist())


class TestBack:
    """A thing that goes back to what it was is stated three times, and is news."""

    @pytest.mark.parametrize("source", BACK)
    def test_is_kept_in_one_file(
        self, hand_in: HandIn, lake: Lake, source: str
    ) -> None:
        heads, rows = BACK[source]

        receipt = hand_in(f"{source}.csv", heads + "".join(rows))

        assert receipt.added == 3
        last = lake.facts(FAMILY.get(source, source)).order_by("line").to_pyarrow()
        assert last["again"].to_pylist() == [False, True, True]

    @pytest.mark.parametrize("source", BACK)
    def test_is_kept_in_files_of_their_own(
        self, hand_in: HandIn, lake: Lake, source: str
    ) -> None:
        heads, rows = BACK[source]

        for number, row in enumerate(rows):
            assert hand_in(f"{source}-{number}.csv", heads + row).added == 1

        days = [date(2025, 3, day) for day in (5, 6, 7)]
        assert known(lake, FAMILY.get(source, source)) == days

    @pytest.mark.parametrize("source", BACK)
    def test_adds_nothing_when_all_of_it_is_handed_in_again(
        self, hand_in: HandIn, lake: Lake, source: str
    ) -> None:
        heads, rows = BACK[source]
        hand_in(f"{source}-1.csv", heads + "".join(rows))

        whole = hand_in(f"{source}-2.csv", heads + "".join(reversed(rows)))
        later = hand_in(f"{source}-3.csv", heads + rows[2].replace("03-07", "04-07"))

        assert (whole.added, whole.account.duplicates) == (0, 3)
        assert (later.added, later.account.duplicates) == (0, 1)
        assert len(known(lake, FAMILY.get(source, source))) == 3

    def test_within_a_day_goes_by_the_line(self, hand_in: HandIn) -> None:
        rows = [reading(kwh, "2025-03-05") for kwh in (10, 12, 12, 10)]

        first = hand_in("electricity-1.csv", READINGS + "".join(rows))
        again = hand_in("electricity-2.csv", READINGS + "".join(rows) + "\n")

        assert (first.added, again.added) == (3, 0)

    def test_on_a_day_told_anew_goes_by_the_file(self, hand_in: HandIn) -> None:
        """The second row copies the first; what follows it is held and comes later."""
        days = [(10, "2025-03-05"), (10, "2025-03-06"), (12, "2025-03-06")]
        text = READINGS + "".join(reading(*day) for day in days)

        first = hand_in("electricity-1.csv", text)
        again = hand_in("electricity-2.csv", text + "\n")
        more = hand_in("electricity-3.csv", text + reading(10, "2025-03-06"))

        assert (first.added, again.added, more.added) == (2, 0, 1)

    def test_says_what_it_would_copy(self, hand_in: HandIn) -> None:
        rows = [reading(10, "2025-03-05"), reading(10, "2025-03-06")]

        receipt = hand_in("electricity.csv", READINGS + "".join(rows))

        assert receipt.rejects is not None
        assert "same as line 2" in receipt.rejects.read_text("utf-8-sig")

    def test_is_news_where_it_was_known_before_all_that_is_held(
        self, hand_in: HandIn, lake: Lake
    ) -> None:
        hand_in("electricity-1.csv", READINGS + reading(10, "2025-03-07"))

        receipt = hand_in("electricity-2.csv", READINGS + reading(10, "2025-03-05"))

        assert receipt.added == 1
        assert known(lake, "electricity")[0] == date(2025, 3, 5)


class TestSideBySide:
    """Lines of one invoice that became known on one day do not correct each other."""

    LINES = (invoice(net=100, known="2025-03-05"), invoice(net=200, known="2025-03-05"))

    def test_are_copied_wherever_they_stand(self, hand_in: HandIn) -> None:
        receipt = hand_in("sales_invoices.csv", INVOICES + "".join(self.LINES * 3))

        assert (receipt.added, receipt.account.duplicates) == (2, 4)

    def test_are_copies_where_all_were_known_last(self, hand_in: HandIn) -> None:
        hand_in("sales_invoices-1.csv", INVOICES + "".join(self.LINES))

        later = "".join(self.LINES).replace("-03-05", "-03-09")

        assert hand_in("sales_invoices-2.csv", INVOICES + later).added == 0

    def test_are_kept_together_on_a_day_that_says_anything_new(
        self, hand_in: HandIn
    ) -> None:
        """Else the line that did not change would end with that which did."""
        hand_in("sales_invoices-1.csv", INVOICES + "".join(self.LINES))

        changed = "".join(self.LINES).replace("200", "300").replace("-03-05", "-03-09")

        assert hand_in("sales_invoices-2.csv", INVOICES + changed).added == 2


class TestCorrection:
    def test_of_an_earlier_file_is_known_on_receipt(
        self, hand_in: HandIn, lake: Lake
    ) -> None:
        hand_in("sales_invoices-1.csv", INVOICES + invoice() + invoice(number=2))

        voided = INVOICES + invoice("作废发票") + invoice(number=2) + invoice(number=3)
        receipt = hand_in("sales_invoices-2.csv", voided, received_on=RECEIVED_ON)

        assert (receipt.added, receipt.account.duplicates) == (2, 1)
        facts = lake.facts("invoices").order_by("file", "line").to_pyarrow()
        own = date(2025, 3, 4)
        assert facts["known_on"].to_pylist() == [own, own, RECEIVED_ON, own]
        assert facts["state"].to_pylist()[2] == "voided"

    def test_is_known_when_it_says_so(self, hand_in: HandIn, lake: Lake) -> None:
        hand_in("sales_invoices-1.csv", INVOICES + invoice())

        hand_in("sales_invoices-2.csv", INVOICES + invoice("作废发票", "2025-04-01"))

        assert known(lake, "invoices") == [date(2025, 3, 4), date(2025, 4, 1)]

    def test_within_one_file_is_known_on_its_own_day(
        self, hand_in: HandIn, lake: Lake
    ) -> None:
        hand_in("sales_invoices.csv", INVOICES + invoice() + invoice("作废发票"))

        assert known(lake, "invoices") == [date(2025, 3, 4)] * 2

    def test_of_a_register_is_known_as_before(
        self, hand_in: HandIn, lake: Lake
    ) -> None:
        heads = "企业代号,是否违约,记录日期\n"
        hand_in("credit_history-1.csv", f"{heads}E1,否,2025-03-04\n")

        hand_in("credit_history-2.csv", f"{heads}E1,是,2025-03-04\n")

        assert known(lake, "credit_history") == [date(2025, 3, 4)] * 2

    def test_that_nobody_dated_is_followed_by_what_is_stated_last(
        self, hand_in: HandIn
    ) -> None:
        """The void became known on receipt: what repeats it later says no more."""
        day = {"received_on": date(2025, 5, 1)}
        hand_in("sales_invoices-1.csv", INVOICES + invoice(), **day)
        hand_in("sales_invoices-2.csv", INVOICES + invoice("作废发票"), **day)

        void, valid = (
            INVOICES + invoice(state, "2025-06-01")
            for state in ("作废发票", "有效发票")
        )

        assert hand_in("sales_invoices-3.csv", void).added == 0
        assert hand_in("sales_invoices-4.csv", valid).added == 1


Statement = tuple[int, int | None]
"""Kilowatt-hours, and the day of March known, if stated."""


def expected(files: Sequence[Sequence[Statement]]) -> list[int]:
    """Return how many facts each file adds, by the plain meaning, row by row.

    Facts held are (day known, file, line, value); a file is judged as a whole.
    """
    held: list[tuple[int, int, int, int]] = []
    added = []
    for number, rows in enumerate(files):
        stated = {(day, value) for day, _, _, value in held}
        values = {value for _, value in stated}
        anew = {day or 4 for value, day in rows if (day or 4, value) in stated}
        told: list[tuple[int, bool, int, int, int, bool | None]] = [
            (day, day in anew, file, line, value, None)
            for day, file, line, value in held
        ]
        for line, (value, day) in enumerate(rows):
            before = {v for v, _ in rows[:line]}
            if day is None and value in before | values:
                continue
            since = day or (30 if held else 4)
            dated = day is not None
            told.append((since, since not in anew, number, line, value, dated))
        last: int | None = None
        new = []
        for day, _, file, line, value, may_copy in sorted(
            told, key=lambda one: one[:4]
        ):
            copied = may_copy and ((day, value) in stated or value == last)
            if may_copy is not None and not copied:
                new.append((day, file, line, value))
            last = value
        held += new
        added.append(len(new))
    return added


STATEMENTS = st.lists(
    st.tuples(st.integers(1, 3), st.none() | st.integers(5, 9)), max_size=6
)


class TestToldApart:
    @settings(deadline=None, max_examples=12)
    @given(st.lists(STATEMENTS, min_size=2, max_size=3))
    def test_agrees_with_the_plain_meaning(
        self, new_clerk: Callable[[], HandIn], files: list[list[Statement]]
    ) -> None:
        hand_in = new_clerk()
        added = []
        for number, rows in enumerate(files):
            text = "".join(
                reading(kwh, f"2025-03-{day:02d}" if day else "") for kwh, day in rows
            )
            receipt = hand_in(
                f"electricity-{number}.csv",
                READINGS + text + f"E2,M{number},2025-03-04,1,2025-03-05\n",
                received_on=date(2025, 3, 30),
            )
            added.append(receipt.added - 1)

        assert added == expected(files)

    @pytest.mark.parametrize("source", ["electricity", "sales_invoices"])
    @settings(deadline=None, max_examples=12)
    @given(rows=STATEMENTS.filter(bool))
    def test_adds_nothing_from_a_history_handed_in_again(
        self, new_clerk: Callable[[], HandIn], source: str, rows: list[Statement]
    ) -> None:
        hand_in = new_clerk()
        days = [(value, f"2025-03-{day:02d}" if day else "") for value, day in rows]
        if source == "electricity":
            text = READINGS + "".join(reading(kwh, day) for kwh, day in days)
        else:
            text = INVOICES + "".join(invoice(net=n, known=day) for n, day in days)

        first = hand_in(f"{source}-1.csv", text)
        again = hand_in(f"{source}-2.csv", text + "\n")

        assert first.added > 0
        assert again.added == 0
