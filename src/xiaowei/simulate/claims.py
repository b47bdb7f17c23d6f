"""Creditors who wait too long go to court; a judgment against a firm is a default."""

from typing import Final

import numpy as np

from xiaowei.simulate.arrays import Flags, Ints

FILED_AFTER_DAYS: Final = 50
"""Suppliers sue when a firm has been far behind for so long without a break."""

JUDGED_AFTER_DAYS: Final = 90
"""A court confirms their claim when it is still so after this long."""

LENDER_SUES_AFTER_DAYS: Final = 120
"""Another lender has its claim confirmed when a loan is past due for this long."""


class Courts:
    """What the courts hear of, moved on day by day."""

    def __init__(self, firms: int, *, days: int) -> None:
        """Start with no cases.

        Args:
            firms: how many firms there are.
            days: how many days the county lives; stands for never.
        """
        self._never = days
        self._behind_days = np.zeros(firms, dtype=np.int64)
        self._open = np.full(firms, days, dtype=np.int64)
        self.judged_on = np.full(firms, days, dtype=np.int64)
        self.cases: list[tuple[int, int, int]] = []

    def hear(self, day: int, *, behind: Flags, past_due: Ints) -> Flags:
        """Take in a day's claims.

        Args:
            day: its number.
            behind: who is far behind with its suppliers.
            past_due: days past due of each firm's loans at other lenders.

        Returns:
            Against whom a claim is confirmed today for the first time.
        """
        self._behind_days = np.where(behind, self._behind_days + 1, 0)
        self._open[self._behind_days == FILED_AFTER_DAYS] = day
        cured = (self._behind_days == 0) & (self._open < self._never)
        self._close(cured, day)
        wins = self._behind_days >= JUDGED_AFTER_DAYS
        wins |= past_due >= LENDER_SUES_AFTER_DAYS
        now = wins & (self.judged_on == self._never)
        self.judged_on[now] = day
        return np.asarray(now)

    def all_cases(self) -> list[tuple[int, int, int]]:
        """Return the firm, first and last day of every suppliers' case, settled or not.

        The last day is that of the settlement, or beyond the last for one still open.
        """
        places = np.flatnonzero(self._open < self._never).tolist()
        still = [(place, int(self._open[place]), self._never) for place in places]
        return sorted([*self.cases, *still])

    def _close(self, cured: Flags, day: int) -> None:
        for place in np.flatnonzero(cured).tolist():
            self.cases.append((place, int(self._open[place]), day))
        self._open[cured] = self._never
