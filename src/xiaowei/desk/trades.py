"""What each firm's trade makes of it, and what trades add to the score."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from xiaowei.desk.hearing import Heard
from xiaowei.desk.knowledge import Portrayed
from xiaowei.desk.rights import Holding, low_ends
from xiaowei.industry.applying import Applied, applied
from xiaowei.industry.cells import Residuals
from xiaowei.industry.coefficients import Table, coefficient_rules, measure
from xiaowei.industry.experts import Pooled
from xiaowei.industry.profiles import RIGHTS_VALUE, Judged, judge, peers_of
from xiaowei.policy.book import Book
from xiaowei.policy.trades.profile import Profiles
from xiaowei.risk.validation import HeldOut


@dataclass(frozen=True, slots=True)
class Trades:
    """What the trades come to.

    Args:
        table: the coefficients, measured on what the score missed.
        coefficients: enterprise to that of its trade; it is shown, and not applied.
        judged: enterprise to what its trade's profile makes of it.
        opinions: code of a trade to the opinions that are the prior of its coefficient.
        rights: enterprise to its rights and what they are worth.
    """

    table: Table
    coefficients: Mapping[str, Applied]
    judged: Mapping[str, Judged]
    opinions: Mapping[str, Pooled]
    rights: Mapping[str, Holding]


def trades_of(  # noqa: PLR0913 - all that is known of trades meets here
    portrayed: Portrayed,
    held_out: HeldOut,
    *,
    book: Book,
    on: date,
    heard: Heard,
    rights: Mapping[str, Holding],
    profiles: Profiles,
) -> Trades:
    """Return what trades make of firms.

    Args:
        portrayed: the firms.
        held_out: firms with a known outcome and PDs that never saw them, so that a
            coefficient is of what the score missed and nothing counts twice.
        book: the bank's numbers.
        on: the day.
        heard: opinions of experts; those on trades are priors of coefficients, in place
            of what the book states.
        rights: of every firm; the low end of their value is what a profile looks at.
        profiles: of all trades.
    """
    sample, codes = portrayed.sample, portrayed.industries
    table = measure(
        Residuals(
            [codes.get(firm) for firm in held_out.ids],
            held_out.pds,
            held_out.defaulted.astype(np.float64),
        ),
        rules=coefficient_rules(book, on=on),
        day=on,
        priors=heard.priors,
    )
    traits = {**sample.traits, RIGHTS_VALUE: low_ends(rights, sample.ids)}
    all_codes = [codes.get(firm) for firm in sample.ids]
    peers = {
        code: peers_of(traits, industries=all_codes, code=code)
        for code in set(all_codes)
    }
    return Trades(
        table=table,
        coefficients={
            firm: applied(table, codes.get(firm), on=on) for firm in sample.ids
        },
        judged={
            firm: judge(
                {name: float(v[place]) for name, v in traits.items()},
                code=codes.get(firm),
                profiles=profiles,
                on=on,
                peers=peers[codes.get(firm)],
            )
            for place, firm in enumerate(sample.ids)
        },
        opinions=heard.trades,
        rights=rights,
    )
