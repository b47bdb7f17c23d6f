"""Hands that work at once keep order, give errors on, and are free again after one."""

from collections.abc import Iterator
from threading import Barrier

import duckdb
import pytest

from xiaowei.desk.portraying.hands import HANDS, Hand, Hands


@pytest.fixture
def hands() -> Iterator[Hands]:
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("CREATE TABLE numbers AS SELECT 7 AS n")
        made = Hands(connection)
        made.prepare("seven", "SELECT n FROM numbers")
        yield made
        made.close()


class TestRun:
    def test_gives_results_in_the_order_of_the_jobs(self, hands: Hands) -> None:
        def times(hand: Hand, job: int) -> int:
            ((n,),) = hand.execute("EXECUTE seven").fetchall()
            return int(n) * job

        assert hands.run(times, range(50)) == [7 * job for job in range(50)]

    def test_lets_as_many_jobs_go_on_at_once_as_there_are_hands(
        self, hands: Hands
    ) -> None:
        # Each job waits for the other: one after another they would wait for ever.
        meet = Barrier(HANDS, timeout=120)
        seen: list[int] = []

        def met(hand: Hand, _job: int) -> None:
            seen.append(id(hand))
            meet.wait()

        hands.run(met, range(HANDS))

        assert len(set(seen)) == HANDS

    def test_gives_an_error_on_and_works_again(self, hands: Hands) -> None:
        def wrong(hand: Hand, _job: int) -> None:
            hand.execute("SELECT * FROM nowhere")

        for _ in range(HANDS + 1):
            with pytest.raises(duckdb.CatalogException, match="nowhere"):
                hands.run(wrong, range(1))

        assert hands.run(lambda _hand, job: job, range(3)) == [0, 1, 2]
