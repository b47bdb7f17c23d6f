"""The coefficient of a trade that is asked for."""

import pytest

from xiaowei.surfaces.industry_cli import NoTradeError, finest

ROWS = [{"code": code} for code in ("", "C", "C13", "H", "H62", "H621")]


class TestFinest:
    @pytest.mark.parametrize(
        ("code", "stands"),
        [
            ("H62", "H62"),
            ("H6210", "H621"),
            ("6220", "H62"),
            ("h61", "H"),
            ("C39", "C"),
        ],
    )
    def test_is_of_the_finest_code_that_a_trade_lies_in(
        self, code: str, stands: str
    ) -> None:
        assert finest(ROWS, code)["code"] == stands

    @pytest.mark.parametrize("code", ["F51", "餐饮", "H62100", ""])
    def test_is_not_that_of_all_trades(self, code: str) -> None:
        with pytest.raises(NoTradeError, match=f"'{code}'"):
            finest(ROWS, code)
