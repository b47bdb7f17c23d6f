"""The order of rows in; whether it tells the outcome out.

A file sorted by outcome leaks by its row numbers, by any number given in that order,
and by every split that takes rows as they come.
"""

from collections.abc import Iterator
from itertools import chain
from typing import Final

from xiaowei.risk.leaks.alone import told_alone
from xiaowei.risk.leaks.bounds import area_floor, area_of
from xiaowei.risk.leaks.digits import told_by_digits
from xiaowei.risk.leaks.dossier import Dossier
from xiaowei.risk.leaks.leak import Leak, Severity, found

_SORTED_AUC: Final = 0.65


def told_by_order(dossier: Dossier) -> Iterator[Leak]:
    """Yield the order of rows, if it tells the outcome.

    Files in order of time drift a little with it; what ranks better than that is a
    suspect, and what ranks as no honest trait does is refused.
    """
    order = dossier.order
    looks = chain(told_alone(order, dossier), told_by_digits(order, dossier))
    evidence = next((one.evidence for one in looks if one.severity == "leak"), None)
    severity: Severity = "leak"
    if evidence is None:
        bads, goods = dossier.bads, len(dossier.defaulted) - dossier.bads
        area = area_of(order.values, dossier.defaulted)
        area = max(area, 1 - area)
        low = area_floor(area, bads=bads, goods=goods, doubt=dossier.doubt)
        if low < _SORTED_AUC:
            return
        evidence, severity = f"AUC {area:.3f} (at least {low:.3f})", "suspect"
    yield found(order.name, "row_order", evidence, severity=severity, columns=())
