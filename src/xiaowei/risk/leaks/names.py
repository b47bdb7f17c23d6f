"""Names of columns in; those that speak of what follows a default out."""

import re
from collections.abc import Iterator
from typing import Final

from xiaowei.risk.leaks.candidate import Candidate
from xiaowei.risk.leaks.leak import Leak, found

AFTERMATH: Final = (
    r"ch(ar)?ge?_?-?off",
    r"writ(e|ten)_?-?off",
    r"recover(y|ies|ed)",
    r"foreclos",
    r"repossess",
    r"dunning",
    r"collection_?(letter|call|agenc|status)",
    r"(loss|lgd)_given_default",
    r"default(ed)?_?(date|day|amount|flag|on)",
    r"paid_?in_?full",
    r"pay_?off_?(date|day)",
    r"final_?status",
    r"核销",
    r"坏账",
    r"催收",
    r"追偿",
    r"清收",
    r"代偿",
    r"违约(日|时间|金额|标志)",
    r"结清",
    r"不良(日期|标志|金额)",
)
"""What only a loan that went wrong, or that ended, has; parts of words count."""

_WORDS: Final = re.compile("|".join(AFTERMATH), re.IGNORECASE)


def told_by_name(candidate: Candidate) -> Iterator[Leak]:
    """Yield a candidate whose name says that it was set after the outcome.

    >>> from xiaowei.risk.leaks.candidate import made
    >>> import numpy as np
    >>> [one.candidate for one in told_by_name(made("ChgOffDate", np.zeros(2)))]
    ['ChgOffDate']
    """
    match = _WORDS.search(candidate.name)
    if match is not None:
        yield found(candidate.name, "name", f"'{match.group()}'", severity="suspect")
