"""Firms drawn by chance, with limits of every kind that bind."""

from typing import Any

import numpy as np
from tests.offers.portfolio.asking import limit, option

from xiaowei.offers.portfolio.limits import Limit


def drawn_rows(firms: int, *, seed: int = 3) -> list[dict[str, Any]]:
    """Return three options of each firm; lots of 10,000 yuan."""
    rng = np.random.default_rng(seed)
    rows = []
    for at in range(firms):
        pd = float(rng.beta(1, 15))
        most = int(rng.integers(10, 60))
        labels = {
            "industry": rng.choice(["I1", "I2", "I3", "I4", ""]),
            "tier": rng.choice(["high_potential", "steady", "risk_warning", ""]),
            "newcomer": rng.choice(["yes", "no", ""]),
            "group": rng.choice(["G1", "G2", "-", "-", "-", ""]),
        }
        for number, rate in enumerate((0.05, 0.07, 0.1)):
            drawn = int(1_000_000 * (1 - rng.uniform(5, 9) * (rate - 0.04)))
            rows.append(
                option(
                    enterprise_id=f"E{at:05d}",
                    option=f"r{number}",
                    least_lots=10,
                    most_lots=most,
                    offered_fen=1_000_000,
                    drawn_fen=drawn,
                    capital_fen=int(drawn * (0.06 + pd)),
                    paid_fen=int(drawn * (rate - 0.03)),
                    lost_fen=int(drawn * 0.5),
                    pd=pd,
                    **labels,
                )
            )
    return rows


def LIMITS(firms: int) -> list[Limit]:  # noqa: N802 - stands for a list
    """Return limits of every kind for so many firms."""
    whole = firms * 20_000_000
    warned = ("tier", ("risk_warning",))
    return [
        limit("budget", "offered", most=whole // 2),
        limit("capital", "capital", most=whole // 45),
        limit("trade", "offered", each="industry", most_share="0.3"),
        limit("group", "drawn", each="group", most=whole // 8),
        limit("tier", "offered", of=warned, most_share="0.4"),
        limit("new", "firms", of=("newcomer", ("yes",)), least=max(firms // 5, 1)),
    ]
