"""What tests of trades share: the firms of science A5, and the rules of a day."""

from datetime import date

import numpy as np
import pytest

from xiaowei.industry.cells import Residuals
from xiaowei.industry.coefficients import Rules, coefficient_rules
from xiaowei.policy.book import load_book

DAY = date(2026, 1, 31)


@pytest.fixture
def labelled() -> Residuals:
    """The 123 firms by hand label, each expected to default as often as all did."""
    bads, firms = (5, 6, 10, 1, 5, 0), (19, 21, 54, 3, 20, 6)
    codes = np.repeat(["E", "C", "L", "O", "M", "A"], firms)
    outcomes = [
        [1] * bad + [0] * (many - bad) for bad, many in zip(bads, firms, strict=True)
    ]
    return Residuals(
        codes.tolist(), np.full(123, 27 / 123), np.concatenate(outcomes).astype(float)
    )


@pytest.fixture
def rules() -> Rules:
    """The shipped rules."""
    return coefficient_rules(load_book(), on=DAY)
