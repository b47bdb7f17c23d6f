"""Whether every row of a file is accounted for."""

import csv

from xiaowei.facts.intake import Receipt


def balanced(receipt: Receipt) -> bool:
    """Test whether every row of a file is accounted for, in counts and in the list."""
    account = receipt.account
    told = account.accepted + account.quarantined + account.duplicates
    listed = 0
    if receipt.rejects is not None:
        with receipt.rejects.open(encoding="utf-8-sig", newline="") as file:
            listed = len(list(csv.reader(file))) - 1
    return account.rows == told == account.accepted + listed
