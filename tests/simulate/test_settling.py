"""Payments settle the oldest debts first, to the fen, whatever they are."""

import numpy as np

from xiaowei.simulate.settling import settled

DEBTORS = 6


class TestSettled:
    def test_settles_every_fen_paid_and_no_debt_twice(self) -> None:
        for seed in range(40):
            rng = np.random.Generator(np.random.PCG64(seed))
            debtor = rng.integers(0, DEBTORS, 50)
            owed = rng.integers(1, 1000, 50)
            total = np.bincount(debtor, owed, minlength=DEBTORS).astype(np.int64)
            payer, paid = _payments(total, rng=rng)

            pieces = settled(debtor, owed, payer, paid, debtors=DEBTORS)

            used = np.zeros(len(paid), dtype=np.int64)
            np.add.at(used, pieces.paid, pieces.amount)
            covered = np.zeros(len(owed), dtype=np.int64)
            np.add.at(covered, pieces.due, pieces.amount)
            assert (used == paid).all()
            assert (covered <= owed).all()
            assert (debtor[pieces.due] == payer[pieces.paid]).all()
            assert (pieces.amount > 0).all()
            _check_order(debtor, owed, covered)


def _payments(
    total: np.typing.NDArray[np.int64], *, rng: np.random.Generator
) -> tuple[np.typing.NDArray[np.int64], np.typing.NDArray[np.int64]]:
    """Return payments of each debtor that come to part of what it owes."""
    payer, paid = [], []
    for place, owed in enumerate(total.tolist()):
        left = int(owed * rng.choice((0.0, 0.4, 1.0)))
        while left > 0:
            amount = min(left, int(rng.integers(1, 400)))
            payer.append(place)
            paid.append(amount)
            left -= amount
    return np.array(payer, dtype=np.int64), np.array(paid, dtype=np.int64)


def _check_order(
    debtor: np.typing.NDArray[np.int64],
    owed: np.typing.NDArray[np.int64],
    covered: np.typing.NDArray[np.int64],
) -> None:
    """Assert that a debt is touched only when all older ones are settled."""
    for place in range(DEBTORS):
        own = np.flatnonzero(debtor == place)
        full = covered[own] == owed[own]
        touched = covered[own] > 0
        assert not (touched[1:] & ~full[:-1]).any()
