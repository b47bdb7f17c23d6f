"""Who an enterprise is and how it repaid, as last known."""

from datetime import date

from tests.factories import DAY, Row, credit, held, registered

from xiaowei.portraits.profile import histories, profiles
from xiaowei.portraits.standing import current

EARLIER = date(2019, 1, 1)


class TestProfiles:
    def test_tell_what_was_known_last(self) -> None:
        facts = held(
            enterprises=[
                registered(name="新", staff=30, known_on=DAY),
                registered(name="旧", park="一园", known_on=EARLIER),
                registered(enterprise_id="E2", industry=None),
            ]
        )

        rows = profiles(facts["enterprises"]).order_by("enterprise_id").to_pyarrow()

        assert rows.to_pylist() == [
            {
                "enterprise_id": "E1",
                "name": "新",
                "industry": "C13",
                "region": "桐溪",
                "park": None,
                "staff": 30,
            },
            {
                "enterprise_id": "E2",
                "name": "一号",
                "industry": None,
                "region": "桐溪",
                "park": None,
                "staff": 12,
            },
        ]


class TestHistories:
    def history(self, *rows: Row) -> Row:
        (found,) = (
            histories(held(credit_history=rows)["credit_history"])
            .to_pyarrow()
            .to_pylist()
        )
        return dict(found)

    def test_keep_the_last_rating_given(self) -> None:
        found = self.history(
            credit(rating="A", happened_on=EARLIER),
            credit(rating="C", happened_on=date(2019, 6, 1)),
            credit(rating=None),
        )

        assert found["rating"] == "C"

    def test_never_forget_a_default(self) -> None:
        found = self.history(credit(defaulted="yes", happened_on=EARLIER), credit())

        assert found["defaulted"] is True

    def test_have_no_rating_where_none_was_given(self) -> None:
        assert self.history(credit(rating=None)) == {
            "enterprise_id": "E1",
            "rating": None,
            "defaulted": False,
        }


class TestLastKnown:
    def test_takes_the_later_line_of_two_known_on_one_day(self) -> None:
        facts = held(enterprises=[registered(name="甲"), registered(name="乙")])

        rows = current(facts["enterprises"], family="enterprises").to_pyarrow()

        assert rows["name"].to_pylist() == ["乙"]
