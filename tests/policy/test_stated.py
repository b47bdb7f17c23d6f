"""A text of YAML is read whole, quickly, and with its own faults named."""

import gc
import time

from xiaowei.policy.stated import stated_in


def seconds(count: int) -> float:
    """Return how long a mapping of so many names takes to read, one of them twice."""
    names = ", ".join(f"a{n}: 1" for n in range(count))
    # What other tests left in memory is not to be gone through again and again.
    gc.freeze()
    begun = time.process_time()
    assert stated_in(f"{{{names}, a7: 2}}").faults == ["'a7' stands twice"]
    lasted = time.process_time() - begun
    gc.unfreeze()
    return lasted


class TestStatedIn:
    def test_takes_ten_times_as_long_for_ten_times_the_names(self) -> None:
        few, many = (min(seconds(n) for _ in range(3)) for n in (3_000, 30_000))
        # 41 times where each name was looked for among all.
        assert many < 20 * few

    def test_refuses_half_a_character_and_names_the_line(self) -> None:
        found = stated_in('a: b\nc:\n  zh: "\\ud800"\n')
        assert found.faults == ["line 3: half of a character, which no text may hold"]
        assert found.value == {}

    def test_names_what_stands_twice_at_any_depth(self) -> None:
        found = stated_in("a: &x {b: 1, b: 2}\nc: [{d: 1, d: 2}, *x]\n")
        assert sorted(found.faults) == ["'b' stands twice", "'d' stands twice"]
