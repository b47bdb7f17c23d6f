"""Leaks of one column, planted: name of the plant to what makes it.

Each plant says by which column it must be found and as which kinds; another kind would
be the right column for the wrong reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd
from tests.risk.leak_files import Files

from xiaowei.risk.leaks.circumstances import NOTHING_TOLD, Circumstances
from xiaowei.risk.leaks.leak import Kind
from xiaowei.risk.sample import Floats, Ints

Named = Mapping[str, set[Kind]]
"""Candidate to the kinds as which it may be found."""


@dataclass(frozen=True)
class Planted:
    """Files with a leak in them.

    Args:
        table: with the leak.
        defaulted: 1 for a default.
        named: candidates that must be found, each with the kinds that are right.
        told: what the check is told beside the table.
        innocent: columns that may be refused with the leak, for it was made with them.
        severity: of what must be found.
    """

    table: pd.DataFrame
    defaulted: Ints
    named: Named
    told: Circumstances = NOTHING_TOLD
    innocent: frozenset[str] = field(default_factory=frozenset)
    severity: str = "leak"


Plant = Callable[[Files], Planted]


def planted(
    files: Files,
    values: object,
    *kinds: Kind,
    name: str = "x",
    severity: str = "leak",
) -> Planted:
    """Return files with one more column, which leaks."""
    table = files.table.assign(**{name: values})
    return Planted(table, files.defaulted, {name: set(kinds)}, severity=severity)


def copy(files: Files) -> Planted:
    return planted(files, files.defaulted, "copy")


def noisy_copy(files: Files) -> Planted:
    noise = files.rng.normal(0, 0.35, len(files))
    return planted(files, files.defaulted + noise, "ranks")


def inverted_copy(files: Files) -> Planted:
    return planted(files, 100 * (1 - files.defaulted), "inverse")


def flipped_copy(files: Files) -> Planted:
    flips = files.rng.random(len(files)) < 0.03
    return planted(
        files, np.where(flips, 1 - files.defaulted, files.defaulted), "ranks"
    )


def bands(files: Files) -> Planted:
    """Bads lie in three narrow bands of a scale, goods between them."""
    rng, firms = files.rng, len(files)
    inside = rng.choice([10.0, 50.0, 90.0], firms) + rng.uniform(-3, 3, firms)
    outside = rng.choice([25.0, 70.0, 110.0], firms) + rng.uniform(-10, 10, firms)
    return planted(files, np.where(files.bad, inside, outside), "pattern")


def rating(files: Files) -> Planted:
    """As in CUMCM 2020-C: grade D is the default."""
    rng = files.rng
    steps = np.digitize(files.risk + rng.normal(0, 2, len(files)), [-1, 1])
    grade = np.array(["A", "B", "C"])[steps]
    grade[files.bad & (rng.random(len(files)) < 0.9)] = "D"
    return planted(files, grade, "level", "codes", "copy")


def status_of_bads(files: Files) -> Planted:
    status = files.rng.choice(["open", "renewed", "new"], len(files)).astype(object)
    status[files.bad & (files.rng.random(len(files)) < 0.3)] = "with the court"
    return planted(files, status, "only_bads", "level")


def many_codes(files: Files) -> Planted:
    """Forty codes, each bad or good but for one firm in twenty."""
    rng, firms = files.rng, len(files)
    mixed = np.where(rng.random(firms) < 0.05, 1 - files.defaulted, files.defaulted)
    codes = rng.integers(0, 20, firms) + 20 * mixed
    return planted(files, [f"K{(17 * code) % 41:02d}" for code in codes], "codes")


def filled_later(files: Files) -> Planted:
    """As the charge-off date of SBA: filled for the bad, and for few others."""
    rng, firms = files.rng, len(files)
    share = np.where(files.bad, 0.9, 0.01)
    return planted(
        files,
        np.where(rng.random(firms) < share, rng.gamma(2, 50, firms), np.nan),
        "filled",
    )


def missing_for_bads(files: Files) -> Planted:
    rng, firms = files.rng, len(files)
    gone = files.bad & (rng.random(firms) < 0.35)
    return planted(files, np.where(gone, np.nan, rng.gamma(2, 50, firms)), "missing")


def filled_for_goods(files: Files) -> Planted:
    rng, firms = files.rng, len(files)
    shown = ~files.bad & (rng.random(firms) < 0.8)
    names = pd.Series(rng.choice(["网银", "柜台", "代扣"], firms))
    return planted(files, names.where(shown), "missing", "level")


def term(files: Files) -> Planted:
    """As in SBA: whole years agreed, but the life that the loan had if charged off."""
    rng, firms = files.rng, len(files)
    agreed = 12 * rng.choice(
        [3, 5, 7, 10, 20, 25], firms, p=[0.1, 0.2, 0.4, 0.1, 0.1, 0.1]
    )
    odd = rng.random(firms) < 0.1
    agreed = np.where(odd, rng.integers(6, 120, firms), agreed)
    lived = rng.integers(6, 100, firms)
    whole = rng.random(firms) < 0.08
    months = np.where(files.bad & ~whole, lived, agreed)
    return planted(files, months, "remainder", "pattern", "ranks")


def trailing_digit(files: Files) -> Planted:
    """Defaulted firms were keyed again, in round hundreds."""
    rng, firms = files.rng, len(files)
    amount = np.rint(np.exp(rng.normal(11, 0.8, firms)))
    again = rng.random(firms) < np.where(files.bad, 0.7, 0.05)
    return planted(
        files, np.where(again, np.rint(amount / 100) * 100, amount), "remainder"
    )


def cents(files: Files) -> Planted:
    """Amounts of defaulted firms come from a book that keeps no cents."""
    rng, firms = files.rng, len(files)
    amount = np.exp(rng.normal(9, 0.9, firms))
    whole = rng.random(firms) < np.where(files.bad, 0.75, 0.06)
    return planted(
        files,
        np.where(whole, np.rint(amount), np.round(amount, 2)),
        "precision",
        "remainder",
    )


def charged_off_amount(files: Files) -> Planted:
    rng, firms = files.rng, len(files)
    lost = rng.random(firms) < np.where(files.bad, 0.65, 0.01)
    amount = np.rint(np.exp(rng.normal(9, 1, firms)))
    return planted(files, np.where(lost, amount, 0), "zero", "end")


def balance_gone(files: Files) -> Planted:
    """The balance of a part of the bads was written down to zero."""
    rng, firms = files.rng, len(files)
    gone = files.bad & (rng.random(firms) < 0.35)
    return planted(files, np.where(gone, 0, np.rint(rng.gamma(2, 5000, firms))), "zero")


def dunning_letters(files: Files) -> Planted:
    """A count over the months in which the default came."""
    letters = files.rng.poisson(np.where(files.bad, 3.0, 0.1))
    return planted(files, letters, "ranks", "zero", "end", "pattern")


def filled_by_class(files: Files) -> Planted:
    """Gaps were filled with the mean of the bads, or of the goods."""
    rng, firms = files.rng, len(files)
    values = np.round(rng.gamma(3, 100, firms) * (1 + 0.1 * files.defaulted), 2)
    gaps = rng.random(firms) < 0.3
    means = [values[files.bad == side].mean() for side in (False, True)]
    filled = np.where(gaps, np.where(files.bad, means[1], means[0]), values)
    return planted(files, filled, "only_bads", "precision", "pattern")


def oversampled(files: Files) -> Planted:
    """Bads were made more by mixing two of them, before anyone split the rows."""
    rng, bads = files.rng, np.nonzero(files.bad)[0]
    pairs = rng.choice(bads, (2, len(bads)))
    share = rng.random(len(bads))
    staff = files.table["staff"].to_numpy()
    mixed = staff[pairs[0]] * share + staff[pairs[1]] * (1 - share)
    more = files.table.iloc[pairs[0]].assign(staff=mixed)
    table = pd.concat([files.table, more], ignore_index=True)
    defaulted = np.append(files.defaulted, np.ones(len(bads), dtype=np.int64))
    order = rng.permutation(len(table))
    return Planted(
        table.iloc[order].reset_index(drop=True),
        defaulted[order],
        {"staff": {"precision", "pattern", "ranks"}},
    )


def spelling(files: Files) -> Planted:
    """Defaulted firms were entered by another hand, in capitals."""
    rng, firms = files.rng, len(files)
    towns = rng.choice(["Taizhou", "Jining", "Yancheng", "Luohe", "Suqian"], firms)
    loud = rng.random(firms) < np.where(files.bad, 0.75, 0.03)
    return planted(
        files,
        [t.upper() if up else t for t, up in zip(towns, loud, strict=True)],
        "spelling",
        "codes",
    )


def month_end(files: Files) -> Planted:
    """The status of the bad was last set when the month was closed."""
    rng, firms = files.rng, len(files)
    days = files.decided - pd.to_timedelta(rng.integers(1, 400, firms), unit="D")
    closed = rng.random(firms) < np.where(files.bad, 0.7, 0.03)
    return planted(
        files, days.where(~closed, days + pd.offsets.MonthEnd(0)), "calendar"
    )


def own_mean(files: Files) -> Planted:
    """The bad rate of some 400 groups, which are not shown, the own outcome in it."""
    groups = files.rng.integers(0, len(files) // 4, len(files))
    rates = pd.Series(files.defaulted).groupby(groups).transform("mean")
    return planted(files, rates, "own_mean")


def smoothed_mean(files: Files) -> Planted:
    """The same, drawn to the overall rate as encoders do."""
    groups = files.rng.integers(0, len(files) // 5, len(files))
    by_group = pd.Series(files.defaulted).groupby(groups)
    sums, counts = by_group.transform("sum"), by_group.transform("count")
    prior = files.defaulted.mean()
    return planted(files, (sums + 3 * prior) / (counts + 3), "own_mean")


def leave_one_out(files: Files) -> Planted:
    """The mean of the others of a trade that stands in the table."""
    by_trade = pd.Series(files.defaulted).groupby(files.table["trade"])
    sums, counts = by_trade.transform("sum"), by_trade.transform("count")
    values = (sums - files.defaulted) / (counts - 1)
    return planted(files, values, "leave_one_out", "pattern")


def leave_one_out_alone(files: Files) -> Planted:
    """The same, the groups dropped."""
    groups = files.rng.integers(0, len(files) // 40, len(files))
    by_group = pd.Series(files.defaulted).groupby(groups)
    sums, counts = by_group.transform("sum"), by_group.transform("count")
    values = (sums - files.defaulted) / (counts - 1)
    return planted(files, values, "pattern", "leave_one_out")


def memory(files: Files) -> Planted:
    """Hashes of two or three rows each, all of which ended alike."""
    rng = files.rng
    order = np.lexsort((rng.random(len(files)), files.defaulted))
    codes = np.empty(len(files), dtype=np.int64)
    codes[order] = np.cumsum(rng.random(len(files)) < 0.45)
    salt = rng.permutation(len(files) + 1)
    return planted(
        files, [f"{salt[code] * 2654435761:012x}" for code in codes], "memory"
    )


def numbered_by_outcome(files: Files) -> Planted:
    """Files of defaulted firms were numbered in the workout department, later."""
    later = files.bad & (files.rng.random(len(files)) < 0.97)
    order = np.lexsort((files.rng.random(len(files)), later))
    number = np.empty(len(files), dtype=np.int64)
    number[order] = 100_000 + np.arange(len(files))
    return planted(files, number, "ranks")


def lettered_by_outcome(files: Files) -> Planted:
    """The department that keeps a file marks its number."""
    rng, firms = files.rng, len(files)
    workout = rng.random(firms) < np.where(files.bad, 0.7, 0.01)
    numbers = rng.permutation(firms)
    values = [
        f"{'W' if out else 'K'}{number:06d}"
        for out, number in zip(workout, numbers, strict=True)
    ]
    return planted(files, values, "spelling")


def odd_numbers(files: Files) -> Planted:
    """Even numbers went to one register, odd ones to the other."""
    rng, firms = files.rng, len(files)
    odd = np.where(rng.random(firms) < 0.1, 1 - files.defaulted, files.defaulted)
    return planted(files, 2 * rng.permutation(firms) + odd + 5000, "remainder")


def name_of_aftermath(files: Files) -> Planted:
    values = files.rng.gamma(2, 50, len(files))
    return planted(files, values, "name", name="催收次数", severity="suspect")


def nearly_unique(files: Files) -> Planted:
    values = [f"有限公司{number}" for number in files.rng.permutation(len(files))]
    return planted(files, values, "identifier", severity="suspect")


def weighed(values: Floats, rng: np.random.Generator, share: float) -> Floats:
    """Return values off by a share of themselves."""
    return values * (1 + share * rng.normal(size=len(values)))


ONE_COLUMN: Final[dict[str, Plant]] = {
    plant.__name__: plant
    for plant in (
        copy,
        noisy_copy,
        inverted_copy,
        flipped_copy,
        bands,
        rating,
        status_of_bads,
        many_codes,
        filled_later,
        missing_for_bads,
        filled_for_goods,
        term,
        trailing_digit,
        cents,
        charged_off_amount,
        balance_gone,
        dunning_letters,
        filled_by_class,
        oversampled,
        spelling,
        month_end,
        own_mean,
        smoothed_mean,
        leave_one_out,
        leave_one_out_alone,
        memory,
        numbered_by_outcome,
        lettered_by_outcome,
        odd_numbers,
        name_of_aftermath,
        nearly_unique,
    )
}
"""Name of a plant to its maker."""
