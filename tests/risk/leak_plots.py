"""Leaks of several columns, of rows, days and sides of a split, planted."""

from typing import Final

import numpy as np
import pandas as pd
from tests.risk.leak_files import Files
from tests.risk.leak_kinds import ONE_COLUMN, Named, Plant, Planted, planted, term

from xiaowei.risk.leaks.circumstances import Circumstances


def sorted_rows(files: Files) -> Planted:
    """The file was sorted by outcome, but for a few rows put in later."""
    late = files.rng.random(len(files)) < 0.04
    key = np.where(late, files.rng.random(len(files)), files.defaulted)
    order = np.lexsort((files.rng.random(len(files)), key))
    table = files.table.iloc[order].reset_index(drop=True)
    return Planted(table, files.defaulted[order], {"(row order)": {"row_order"}})


def sorted_in_branches(files: Files) -> Planted:
    """Each branch sent its good files first."""
    place = files.table["branch"].astype("category").cat.codes.to_numpy()
    order = np.lexsort((files.rng.random(len(files)), files.defaulted, place))
    table = files.table.iloc[order].reset_index(drop=True)
    return Planted(table, files.defaulted[order], {"(row order)": {"row_order"}})


def difference(files: Files) -> Planted:
    """Drawn less repaid is what was lost."""
    rng, firms = files.rng, len(files)
    drawn = np.rint(np.exp(rng.normal(11, 0.8, firms)))
    lost = np.where(
        files.bad, rng.uniform(0.05, 0.6, firms), rng.normal(0, 0.01, firms)
    )
    table = files.table.assign(drawn=drawn, repaid=np.rint(drawn * (1 - lost)))
    return Planted(table, files.defaulted, {"drawn - repaid": {"pair"}})


def ratio(files: Files) -> Planted:
    """The rate of interest booked after is a tenth higher for the bad: 罚息."""
    rng, firms = files.rng, len(files)
    owed = np.exp(rng.normal(11, 1.2, firms))
    rate = 0.06 * np.where(files.bad, 1.1, 1.0) * (1 + 0.02 * rng.normal(size=firms))
    table = files.table.assign(owed=owed.round(), interest=(owed * rate).round(2))
    return Planted(table, files.defaulted, {"owed / interest": {"pair"}})


def equality(files: Files) -> Planted:
    """What was booked equals what was granted, unless it was charged off."""
    rng, firms = files.rng, len(files)
    granted = np.rint(np.exp(rng.normal(11, 0.8, firms)) / 500) * 500
    moved = rng.random(firms) < np.where(files.bad, 0.8, 0.05)
    booked = granted + moved * 500 * rng.choice([-2, -1, 1, 2], firms)
    table = files.table.assign(granted=granted, booked=booked)
    return Planted(table, files.defaulted, {"granted = booked": {"pair"}})


def crossing(files: Files) -> Planted:
    """Two flags of which neither tells anything: bad where they differ."""
    rng, firms = files.rng, len(files)
    first = rng.integers(0, 2, firms)
    flips = rng.random(firms) < 0.03
    second = first ^ files.defaulted ^ flips
    table = files.table.assign(first=first, second=second)
    return Planted(table, files.defaulted, {"first × second": {"crossing"}})


def balance_of_three(files: Files) -> Planted:
    """Lent, less what came back, less what is owed, is what was lost."""
    rng, firms = files.rng, len(files)
    lent = rng.uniform(50_000, 150_000, firms)
    back = lent * rng.uniform(0.2, 0.7, firms)
    lost = np.where(files.bad, rng.uniform(0.1, 0.25, firms) * lent, 0)
    table = files.table.assign(lent=lent, back=back, owed=lent - back - lost)
    return Planted(table, files.defaulted, {"lent, back, owed": {"together"}})


def one_branch(files: Files) -> Planted:
    """One branch enters the day of handing over as a number; others enter anything."""
    rng, firms = files.rng, len(files)
    here = (files.table["branch"] == "城东").to_numpy()
    values = rng.normal(0, 1, firms)
    told = files.defaulted + rng.normal(0, 0.25, firms)
    return planted(files, np.where(here, told, values), "segment")


def one_branch_missing(files: Files) -> Planted:
    """One branch leaves a field empty when it has charged off; others at random."""
    rng, firms = files.rng, len(files)
    here = (files.table["branch"] == "城西").to_numpy()
    share = np.where(here, np.where(files.bad, 0.9, 0.01), 0.2)
    gone = rng.random(firms) < share
    return planted(files, np.where(gone, np.nan, rng.gamma(2, 9, firms)), "segment")


def derived(files: Files) -> Planted:
    """What stands on the term: real estate, years, class of term, recession."""
    leak = term(files)
    months = leak.table["x"].to_numpy(dtype=np.float64)
    paid = files.decided + pd.to_timedelta(
        files.rng.integers(0, 60, len(files)), unit="D"
    )
    end = paid + pd.to_timedelta(30 * months, unit="D")
    hit = (end >= "2021-06-01") & (end < "2024-01-01")
    table = leak.table.assign(
        disbursed=paid,
        real_estate=(months >= 240).astype(int),
        term_class=np.digitize(months, [24, 60, 100]).astype(str),
        recession=hit.astype(int),
    )
    named: Named = {
        "x": {"remainder", "pattern", "ranks"},
        "real_estate": {"derived"},
        "term_class": {"derived"},
        "recession": {"derived"},
    }
    return Planted(table, leak.defaulted, named)


def day_after_decision(files: Files) -> Planted:
    """The day of the last event on file; for the bad it came after the decision."""
    rng, firms = files.rng, len(files)
    before = files.decided - pd.to_timedelta(rng.integers(1, 300, firms), unit="D")
    after = files.decided + pd.to_timedelta(rng.integers(1, 90, firms), unit="D")
    late = rng.random(firms) < np.where(files.bad, 0.4, 0.2)
    table = files.table.assign(decided=files.decided, x=before.where(~late, after))
    told = Circumstances(decided_on="decided")
    return Planted(table, files.defaulted, {"x": {"later_day"}}, told)


def known_after_decision(files: Files) -> Planted:
    """Annual accounts filed some weeks after the loan was made, for some firms."""
    rng, firms = files.rng, len(files)
    filed = files.decided + pd.to_timedelta(rng.integers(-300, 20, firms), unit="D")
    table = files.table.assign(decided=files.decided, filed=filed)
    told = Circumstances(decided_on="decided", known_on={"margin": "filed"})
    return Planted(table, files.defaulted, {"margin": {"known_later"}}, told)


def day_of_default(files: Files) -> Planted:
    """The day of the last change is the default for the bad, any day for the good."""
    rng, firms = files.rng, len(files)
    other = files.decided + pd.to_timedelta(rng.integers(60, 720, firms), unit="D")
    table = files.table.assign(happened=files.happened, x=files.happened.fillna(other))
    told = Circumstances(happened="happened")
    return Planted(table, files.defaulted, {"x": {"outcome_day"}}, told)


def time_to_default(files: Files) -> Planted:
    """Months on book: to the default of the bad, to any day of the good."""
    rng, firms = files.rng, len(files)
    passed = (files.happened - files.decided).dt.days.to_numpy(dtype=np.float64) / 30.4
    months = np.where(files.bad, np.floor(passed), rng.integers(2, 24, firms))
    table = files.table.assign(decided=files.decided, x=months)
    told = Circumstances(decided_on="decided", happened=files.happened)
    return Planted(table, files.defaulted, {"x": {"duration"}}, told)


def watched_too_briefly(files: Files) -> Planted:
    told = Circumstances(
        decided_on=files.decided,
        happened=files.happened,
        observed=np.datetime64("2020-03-01"),
    )
    named: Named = {"(time watched)": {"unripe"}}
    return Planted(files.table, files.defaulted, named, told, severity="suspect")


def later_copy(files: Files) -> Planted:
    """Staff as it is today: firms in trouble have let people go."""
    rng, firms = files.rng, len(files)
    left = rng.random(firms) < np.where(files.bad, 0.6, 0.15)
    staff = files.table["staff"].to_numpy()
    table = files.table.assign(staff=np.where(left, np.maximum(staff - 2, 0), staff))
    told = Circumstances(snapshot=files.table)
    return Planted(table, files.defaulted, {"staff": {"later_copy"}}, told)


def kept_for_test(files: Files) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return the later third of the loans."""
    return np.arange(len(files)) >= 2 * len(files) // 3


def copied_rows(files: Files) -> Planted:
    """One test row in twenty is a row learnt from, under a new number."""
    test = kept_for_test(files)
    rows = files.rng.choice(np.nonzero(~test)[0], int(test.sum() // 20))
    into = files.rng.choice(np.nonzero(test)[0], len(rows), replace=False)
    table, defaulted = files.table.copy(), files.defaulted.copy()
    table.iloc[into] = table.iloc[rows].to_numpy()
    defaulted[into] = defaulted[rows]
    table["file"] = [f"K{number}" for number in files.rng.permutation(len(files))]
    return Planted(
        table, defaulted, {"(rows)": {"copied_rows"}}, Circumstances(test=test)
    )


def same_owner(files: Files) -> Planted:
    """A hundred owners have a loan on either side."""
    test = kept_for_test(files)
    owner = np.arange(len(files))
    owner[files.rng.choice(np.nonzero(test)[0], 100, replace=False)] = files.rng.choice(
        np.nonzero(~test)[0], 100, replace=False
    )
    told = Circumstances(test=test, groups=[f"P{number}" for number in owner])
    return Planted(files.table, files.defaulted, {"(groups)": {"both_sides"}}, told)


def mixed_times(files: Files) -> Planted:
    """A third of the rows was drawn for the test, whenever they were decided."""
    told = Circumstances(
        decided_on=files.decided, test=files.rng.random(len(files)) < 0.33
    )
    named: Named = {"(split)": {"mixed_times"}}
    return Planted(files.table, files.defaulted, named, told, severity="suspect")


def _scaled(files: Files, values: object) -> Planted:
    test = pd.Series(kept_for_test(files)).sample(frac=1, random_state=0).to_numpy()
    leak = planted(files, values, "scaled_together")
    return Planted(leak.table, leak.defaulted, leak.named, Circumstances(test=test))


def standardised(files: Files) -> Planted:
    sales = np.log(files.table["sales"])
    return _scaled(files, (sales - sales.mean()) / sales.std())


def squeezed(files: Files) -> Planted:
    """Into 0 to 1 by the least and the most of all rows; one of them is tested on."""
    values = np.log(files.table["sales"].to_numpy())
    test = kept_for_test(files)
    values[np.nonzero(test)[0][0]] = values.max() + 0.1
    values = (values - values.min()) / np.ptp(values)
    leak = planted(files, values, "scaled_together")
    return Planted(leak.table, leak.defaulted, leak.named, Circumstances(test=test))


def ranked(files: Files) -> Planted:
    ranks = files.table["sales"].rank(method="first").to_numpy() - 1
    return _scaled(files, ranks / (len(files) - 1))


def filled_with_all(files: Files) -> Planted:
    rent = files.table["rent"]
    return _scaled(files, rent.fillna(rent.mean()))


SEVERAL: Final[dict[str, Plant]] = {
    plant.__name__: plant
    for plant in (
        sorted_rows,
        sorted_in_branches,
        difference,
        ratio,
        equality,
        crossing,
        balance_of_three,
        one_branch,
        one_branch_missing,
        derived,
        day_after_decision,
        known_after_decision,
        day_of_default,
        time_to_default,
        watched_too_briefly,
        later_copy,
        copied_rows,
        same_owner,
        mixed_times,
        standardised,
        squeezed,
        ranked,
        filled_with_all,
    )
}
"""Name of a plant to its maker."""

PLANTS: Final[dict[str, Plant]] = ONE_COLUMN | SEVERAL
"""All plants."""
