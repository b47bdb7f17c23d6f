"""What docs/rules.md shows is so."""

import doctest
import re
from pathlib import Path
from typing import Final

from xiaowei.decisions.rule_cases import read_cases, try_cases
from xiaowei.decisions.rules.fields import FIELDS
from xiaowei.decisions.rules.grammar import OPERATORS
from xiaowei.decisions.rules.proof import KINDS
from xiaowei.decisions.rules.reading import read_rules
from xiaowei.decisions.rules.reasons import OWN_REASONS
from xiaowei.decisions.rules.settled import settle
from xiaowei.offers.asked import FACTS
from xiaowei.policy.book import load_book

PAGE: Final = (Path(__file__).parents[3] / "docs" / "rules.md").read_text("utf-8")
PILOT, CASES = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)


class TestPage:
    def test_shows_a_rule_set_that_is_one(self) -> None:
        assert len(read_rules(PILOT, file="pilot.yaml", book=load_book()).rules) == 3

    def test_shows_cases_that_come_out_as_due(self) -> None:
        book = load_book()
        rules = read_rules(PILOT, file="pilot.yaml", book=book)
        settled = settle(rules, book=book, on=rules.since)

        tried = try_cases(settled, read_cases(CASES, file="cases.yaml"))

        assert [one.passed for one in tried] == [True, True]

    def test_shows_what_comes_of_it(self) -> None:
        parser = doctest.DocTestParser()
        examples = parser.get_doctest(PAGE, {"PILOT": PILOT}, "rules.md", None, 0)
        told: list[str] = []

        found = doctest.DocTestRunner().run(examples, out=told.append)

        assert found.attempted > 10
        assert not found.failed, "".join(told)

    def test_names_every_operator_reason_remark_and_field_of_its_own(self) -> None:
        own = [name for name in FIELDS if name not in FACTS]
        for name in (*OPERATORS, *OWN_REASONS, *own):
            assert f"`{name}`" in PAGE, name
        for kind in KINDS.values():
            assert (
                kind.zh.partition("，")[0] in PAGE or kind.en == "left to the default"
            )
