"""Which payment settled which debt: the oldest first, to the fen."""

from dataclasses import dataclass

import numpy as np

from xiaowei.simulate.arrays import Ints


@dataclass(frozen=True, slots=True)
class Pieces:
    """Parts of payments that settled parts of debts, one place each.

    Args:
        due: place of the debt.
        paid: place of the payment.
        amount: fen, above 0.
    """

    due: Ints
    paid: Ints
    amount: Ints


def settled(
    debtor: Ints, owed: Ints, payer: Ints, paid: Ints, *, debtors: int
) -> Pieces:
    """Settle debts by payments, the first by the first.

    Args:
        debtor: whose debt each is; debts of one stand in the order of their age.
        owed: fen of each debt, above 0.
        payer: who made each payment; payments of one stand in the order of time.
        paid: fen of each payment, above 0; no more than a payer owes in all.
        debtors: how many there are.

    >>> pieces = settled(np.array([0, 0]), np.array([5, 5]),
    ...                  np.array([0, 0]), np.array([7, 2]), debtors=1)
    >>> list(zip(pieces.due.tolist(), pieces.paid.tolist(), pieces.amount.tolist()))
    [(0, 0, 5), (1, 0, 2), (1, 1, 2)]
    """
    by_debtor = np.argsort(debtor, kind="stable")
    by_payer = np.argsort(payer, kind="stable")
    ends = np.cumsum(owed[by_debtor])
    total = np.zeros(debtors, dtype=np.int64)
    np.add.at(total, debtor, owed)
    base = np.cumsum(total) - total
    amounts, who = paid[by_payer], payer[by_payer]
    run = np.cumsum(amounts)
    made = np.zeros(debtors, dtype=np.int64)
    np.add.at(made, payer, paid)
    before = np.cumsum(made) - made
    paid_ends = run - before[who] + base[who]
    paid_starts = paid_ends - amounts
    marks = np.unique(np.concatenate([ends, base, paid_ends]))
    starts, stops = marks[:-1], marks[1:]
    due = np.searchsorted(ends, stops)
    pay = np.searchsorted(paid_ends, stops)
    there = (due < len(ends)) & (pay < len(paid_ends))
    there[there] &= paid_starts[pay[there]] <= starts[there]
    return Pieces(
        due=by_debtor[due[there]],
        paid=by_payer[pay[there]],
        amount=(stops - starts)[there],
    )
