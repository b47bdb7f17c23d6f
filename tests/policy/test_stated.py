"""A text of YAML is read whole, quickly, and with its own faults named."""

import time

from xiaowei.policy.stated import stated_in


class TestStatedIn:
    def test_looks_through_many_names_at_once(self) -> None:
        names = ", ".join(f"a{n}: 1" for n in range(30_000))
        begun = time.process_time()
        assert stated_in(f"{{{names}, a7: 2}}").faults == ["'a7' stands twice"]
        # Reading it takes ten seconds of a slow machine; each name looked for among
        # all, as once, took fifteen more of a fast one.
        assert time.process_time() - begun < 60

    def test_refuses_half_a_character_and_names_the_line(self) -> None:
        found = stated_in('a: b\nc:\n  zh: "\\ud800"\n')
        assert found.faults == ["line 3: half of a character, which no text may hold"]
        assert found.value == {}

    def test_names_what_stands_twice_at_any_depth(self) -> None:
        found = stated_in("a: &x {b: 1, b: 2}\nc: [{d: 1, d: 2}, *x]\n")
        assert sorted(found.faults) == ["'b' stands twice", "'d' stands twice"]
