"""A line is said as it stands: what looks like markup or a code is neither."""

import pytest

from xiaowei.surfaces.terminal import say


class TestSay:
    @pytest.mark.parametrize("line", [":car: 运输", "[red]贷[/red]", "x" * 300])
    def test_puts_nothing_into_a_line(
        self, line: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        say(line)

        assert capsys.readouterr().out == f"{line}\n"
