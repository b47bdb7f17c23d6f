"""Small random worlds of facts that lie where windows begin and end."""

from collections.abc import Mapping
from datetime import date, timedelta

import ibis.expr.types as ir
import numpy as np
from tests.factories import Row, filing, invoice, reading

from xiaowei.portraits.portrait import portraits

_STATES = ("valid", "valid", "valid", "voided")
_GOODS = (None, "1030101000000000000", "1030211000000000000", "1070601000000000000")
_CAPS = (899_999, 900_000, 1_170_000, 1_170_001, 10_000_000, 117_000_000)


class World:
    """Draws facts about firms around a day."""

    def __init__(self, seed: int, as_of: date) -> None:
        """Begin with a seed, around a day."""
        self.rng = np.random.default_rng(seed)
        self.as_of = as_of

    def day(self, *, first: int = -900, last: int = 40) -> date:
        """Draw a day, often one at which a month or a window begins or ends."""
        day = self.as_of + timedelta(days=int(self.rng.integers(first, last)))
        kind = self.rng.integers(4)
        if kind == 0:
            day = day.replace(day=min(self.as_of.day + int(self.rng.integers(2)), 28))
        if kind == 1:
            day = day.replace(day=1) - timedelta(days=int(self.rng.integers(2)))
        return day

    def later(self, day: date) -> date:
        """Draw a day on which a fact became known, mostly its own."""
        lag = int(self.rng.choice([0, 0, 0, 1, 30, 400]))
        return day + timedelta(days=lag)

    def amount(self) -> int:
        if self.rng.random() < 0.2:
            return int(self.rng.choice(_CAPS))
        return int(self.rng.normal(2, 2) * 10 ** self.rng.integers(4, 8))

    def invoices(self, firm: str, count: int) -> list[Row]:
        ways = [["sale"], ["purchase"], ["sale", "purchase"]][self.rng.integers(3)]
        rows: list[Row] = []
        for _ in range(count):
            day = self.day()
            row = invoice(
                enterprise_id=firm,
                direction=str(self.rng.choice(ways)),
                happened_on=day,
                known_on=self.later(day),
                counterparty_id=f"P{self.rng.integers(4)}",
                net_fen=self.amount(),
                tax_fen=int(self.rng.integers(1000)),
                state=str(self.rng.choice(_STATES)),
                invoice_no=f"{firm}-{len(rows)}",
                goods=_GOODS[self.rng.integers(4)],
            )
            rows.append(row)
            if self.rng.random() < 0.2:
                rows.append(self.corrected(row))
        return rows

    def corrected(self, row: Row) -> Row:
        """Return what a later statement says of the same invoice."""
        known = row["known_on"] + timedelta(days=int(self.rng.integers(1, 90)))
        return row | {
            "known_on": known,
            "state": str(self.rng.choice(_STATES)),
            "net_fen": self.amount(),
        }

    def filings(self, firm: str, months: int) -> list[Row]:
        rows = []
        length = int(self.rng.choice([1, 3]))
        first = self.as_of.year * 12 + self.as_of.month - months
        for begins in range(first - first % length, first + months, length):
            start, end, after = (
                date(*divmod_month(m)) for m in (begins, begins + length, begins + 1)
            )
            period_end = end - timedelta(days=1)
            if self.rng.random() < 0.1:
                continue
            due = end + timedelta(days=14)
            for _ in range(1 + int(self.rng.random() < 0.3)):
                filed = due + timedelta(days=int(self.rng.integers(-20, 20)))
                rows.append(
                    filing(
                        enterprise_id=firm,
                        tax=str(self.rng.choice(["vat", "vat", "vat", "income"])),
                        period_start=start,
                        period_end=max(period_end, after - timedelta(days=1)),
                        sales_fen=int(self.rng.integers(-1, 9)) * 10**6,
                        due_fen=int(self.rng.integers(-1, 4)) * 10**5,
                        paid_fen=int(self.rng.integers(0, 4)) * 10**5,
                        due_on=due,
                        happened_on=filed,
                        known_on=self.later(filed),
                    )
                )
        return rows

    def readings(self, firm: str, count: int) -> list[Row]:
        rows = []
        for _ in range(count):
            day = self.day()
            rows.append(
                reading(
                    enterprise_id=firm,
                    meter=f"M{self.rng.integers(2)}",
                    happened_on=day,
                    known_on=self.later(day),
                    kwh=float(self.rng.choice([0.0, 0.5, 12.345, 300.1])),
                )
            )
        return rows

    def firm(self, name: str) -> dict[str, list[Row]]:
        """Draw one firm: any of its sources may be missing, scarce or rich."""
        size = int(self.rng.choice([1, 3, 12, 40]))
        return {
            "invoices": self.invoices(name, size) if self.rng.random() < 0.9 else [],
            "tax_filings": self.filings(name, size) if self.rng.random() < 0.7 else [],
            "electricity": self.readings(name, 2 * size)
            if self.rng.random() < 0.7
            else [],
        }

    def firms(self, count: int) -> dict[str, list[Row]]:
        facts: dict[str, list[Row]] = {}
        for place in range(count):
            for family, rows in self.firm(f"E{place}").items():
                facts.setdefault(family, []).extend(rows)
        return facts


def divmod_month(months: int) -> tuple[int, int, int]:
    """Return year, month and first day of a month counted from year 0."""
    year, month = divmod(months, 12)
    return year, month + 1, 1


def placed(facts: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """Return the same facts with the file and line that `arrow` would give them."""
    return {
        family: [
            {"known_on": row["happened_on"], "invoice_no": f"N{line}"}
            | row
            | {"file": f"{family}.csv", "line": line}
            for line, row in enumerate(rows, start=2)
        ]
        for family, rows in facts.items()
    }


def portrait_of(facts: Mapping[str, ir.Table], *, as_of: date) -> Row:
    """Return the portrait of the one enterprise there is."""
    (portrait,) = portraits(facts, as_of=as_of).to_pyarrow().to_pylist()
    return dict(portrait)
