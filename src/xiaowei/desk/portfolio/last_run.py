"""The firms of the last run as candidates: each allowed rate in steps of 25 bp."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from xiaowei.desk.home import Home
from xiaowei.desk.portfolio.candidates import Candidates
from xiaowei.desk.running import latest_run
from xiaowei.errors import NotFoundError
from xiaowei.offers.applicant import Applicant, cap_lots, refusals
from xiaowei.offers.bounds import Bounds
from xiaowei.offers.demand import Churn
from xiaowei.offers.portfolio.options import options_of
from xiaowei.offers.pricing import price_table
from xiaowei.offers.terms import RATE_STEP, Terms, terms_on
from xiaowei.said import Said

_EVERY_BP: Final = 25
_NONE: Final = Said("违约在案", "a default is on record")


class NobodyError(NotFoundError):
    """The last run has no firm that may be lent to."""

    def __init__(self, firms: int) -> None:
        """Say how many there are."""
        super().__init__(
            f"none of {firms} firms of the last run may be lent to",
            expected="firms with a PD, a grade above D and sales",
            remedy="See 'xiaowei firms', or give a file of candidates",
        )


def candidates_of_run(home: Home) -> Candidates:
    """Return the firms of the last run that may be lent to, at rates 25 bp apart.

    Limits, costs and bars are those of the run's day, and no firm gets more than what
    bound its offer in the run, nor a rate outside of what its product and cost allow.
    Of a firm's industry and park
    what its profile states; whether it has borrowed before and its group are unknown,
    and so is the capital that a loan binds.

    Args:
        home: the workspace.

    Raises:
        NoRunError: nothing has been run.
        NobodyError: no firm may be lent to.
    """
    run = latest_run(home)
    terms = terms_on(home.book, on=date.fromisoformat(run["as_of"]))
    firms = [one for one in run["firms"] if not refusals(_applicant(one), terms=terms)]
    if not firms:
        raise NobodyError(len(run["firms"]))
    columns = _columns(firms, run, terms)
    count = len(columns["pd"]) // len(firms)
    labels = {
        name: np.repeat(np.array([one.get(name) for one in firms], dtype=object), count)
        for name in ("industry", "park", "tier")
    }
    may = _allowed(firms, columns["option"])
    options = options_of(
        {name: column[may] for name, column in columns.items()},
        labels={
            "industry": labels["industry"][may],
            "park": labels["park"][may],
            "tier": labels["tier"][may],
        },
    )
    return Candidates(
        options=options,
        rejects=(),
        rows=options.count,
        unused=(),
        stated=frozenset(columns) - {"capital_fen"},
    )


def _applicant(firm: Mapping[str, Any]) -> Applicant:
    sales = firm["traits"].get("sales_12m")
    return Applicant(
        enterprise_id=firm["enterprise_id"],
        pd=firm["pd"],
        pd_high=firm["pd_high"],
        rating=firm["rating"],
        tier=firm["tier"],
        sales_12m_fen=None if sales is None else int(sales),
        barred=(_NONE,) if firm["defaulted"] else (),
        bounds=Bounds(most_fen=firm.get("most_fen"), staged=bool(firm.get("staged"))),
    )


def _allowed(
    firms: Sequence[Mapping[str, Any]], options: npt.NDArray[np.str_]
) -> npt.NDArray[np.bool_]:
    """Tell which options have a rate within what product and cost allow.

    Args:
        firms: as the run's document has them.
        options: rates in basis points, of every firm alike, firm after firm.
    """
    rates = options.astype(np.int64).reshape(len(firms), -1)

    def bp(firm: Mapping[str, Any], name: str, otherwise: int) -> int:
        stated = firm.get(name)
        return otherwise if stated is None else round(stated / float(RATE_STEP))

    low = np.array([bp(one, "least_rate", int(rates.min())) for one in firms])
    high = np.array([bp(one, "most_rate", int(rates.max())) for one in firms])
    may: npt.NDArray[np.bool_] = (rates >= low[:, None]) & (rates <= high[:, None])
    return may.ravel()


def _columns(
    firms: Sequence[Mapping[str, Any]], run: Mapping[str, Any], terms: Terms
) -> dict[str, Any]:
    curves = {g: Churn(c["k"], c["b"]) for g, c in run["demand"]["curves"].items()}
    table = price_table(curves, terms=terms)
    some = slice(None, None, _EVERY_BP)
    names = table.rates_bp[some]
    rates = np.tile(names * float(RATE_STEP), len(firms))
    kept = np.concatenate([table.kept[one["rating"]][some] for one in firms])
    lot, count = terms.lot_fen, len(names)
    high = [np.nan if one["pd_high"] is None else one["pd_high"] for one in firms]
    cost, lgd = float(terms.cost_rate), float(terms.lgd)
    caps = [cap_lots(_applicant(one), terms=terms) for one in firms]
    return {
        "enterprise_id": np.repeat([one["enterprise_id"] for one in firms], count),
        "option": np.tile([f"{one:04d}" for one in names], len(firms)),
        "least_lots": np.full(len(rates), terms.min_lots),
        "most_lots": np.repeat(caps, count),
        "offered_fen": np.full(len(rates), lot),
        "drawn_fen": np.ceil(kept * lot).astype(np.int64),
        "capital_fen": np.zeros(len(rates), dtype=np.int64),
        "paid_fen": np.rint(kept * (rates - cost) * lot).astype(np.int64),
        "lost_fen": np.rint(kept * (lgd + cost) * lot).astype(np.int64),
        "pd": np.repeat([float(one["pd"]) for one in firms], count),
        "pd_high": np.repeat(np.array(high, dtype=np.float64), count),
    }
