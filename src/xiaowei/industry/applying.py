"""A table of coefficients and a firm's PD in; the PD that its trade makes of it out."""

from dataclasses import dataclass
from datetime import date

from xiaowei.industry.classification import SECTIONS, industry_of
from xiaowei.industry.coefficients import Coefficient, Table
from xiaowei.said import Said, percent


@dataclass(frozen=True, slots=True)
class Applied:
    """A coefficient as it is applied to one firm.

    Args:
        coefficient: what the odds of default are multiplied by, above 0.
        row: the line of the table behind it, or null where there is none.
        current: whether the table holds on the day.
        text: how it came about.
    """

    coefficient: float
    row: Coefficient | None
    current: bool
    text: Said

    def pd(self, score_pd: float) -> float:
        """Return the PD that the trade makes of the score's.

        Odds are multiplied, so that it stays below 1; at a PD of a few percent that
        is what multiplying the PD would give.

        Args:
            score_pd: 0..1.

        >>> said = Said("", "")
        >>> round(Applied(2.0, None, True, said).pd(0.05), 4)
        0.0952
        """
        odds = self.coefficient * score_pd
        return odds / (1 - score_pd + odds)

    def line(self, score_pd: float) -> Said:
        """Return the one line of reasons: the PD before, after, and why."""
        before, after = percent(score_pd), percent(self.pd(score_pd))
        return Said(
            f"行业系数：违约概率{before}→{after}。{self.text.zh}",
            f"industry coefficient: PD {before} → {after}. {self.text.en}",
        )


def applied(table: Table | None, code: str | None, *, on: date) -> Applied:
    """Return the coefficient that a firm gets on a day, with how it came about.

    A firm gains nothing from what is not known: without a table in force the
    coefficient is 1, or what the last table said where that is more; a firm whose
    trade is unknown gets that of the worst section, and at least 1.

    Args:
        table: null where none was ever measured.
        code: of GB/T 4754, or null.
        on: the day.
    """
    if table is None:
        none = Said("尚无行业系数表，系数取1", "no coefficients measured: 1 is taken")
        return Applied(1.0, None, current=False, text=none)
    known = industry_of(code) is not None
    row = table.nearest(code) if known else _worst(table)
    value = row.coefficient if known else max(row.coefficient, 1.0)
    if not table.holds(on):
        return _stale(table, row, max(value, 1.0), on)
    if known:
        return Applied(value, row, current=True, text=row.text)
    text = Said(
        f"行业不明，按最差门类计：{row.text.zh}",
        f"trade unknown, taken as the worst section: {row.text.en}",
    )
    return Applied(value, row, current=True, text=text)


def _worst(table: Table) -> Coefficient:
    sections = [table.rows[code] for code in SECTIONS if code in table.rows]
    return max([table.rows[""], *sections], key=lambda row: row.coefficient)


def _stale(table: Table, row: Coefficient, value: float, on: date) -> Applied:
    days = f"{table.valid_from}至{table.expires_on}"
    zh = f"系数表{table.version}于{on}不在有效期（{days}）"
    en = (
        f"table {table.version} does not hold on {on} "
        f"({table.valid_from} until {table.expires_on})"
    )
    kept = value > 1
    text = Said(
        f"{zh}，{f'不放宽，保留{value:.2f}' if kept else '系数取1'}",
        f"{en}: {f'not made milder, {value:.2f} kept' if kept else '1 is taken'}",
    )
    return Applied(value, row, current=False, text=text)
