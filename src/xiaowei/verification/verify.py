"""All checks of all enterprises as of a day."""

from collections.abc import Iterable, Sequence
from typing import Final

from xiaowei.said import Said
from xiaowei.verification.checks import (
    after_loan,
    amounts,
    changes,
    circles,
    debts,
    declared,
    equity,
    goods,
    kin,
    newcomers,
    orders,
    outside,
    owners,
    power,
    purchases,
    shown,
    sides,
    sold_and_bought,
    story,
    templates,
    undone,
    washes,
)
from xiaowei.verification.finding import Case, Check, Finding, silent

CHECKS: Final[tuple[Check, ...]] = (
    sides.TWO_SIDES,
    owners.OWN_BOTH_SIDES,
    owners.ONE_OWNER,
    undone.REVERSALS,
    undone.PERIOD_END,
    shown.SHOWN,
    after_loan.UNDONE_AFTER,
    amounts.TICKETS,
    amounts.BALANCE,
    purchases.WITHOUT_PURCHASES,
    outside.TAX,
    power.GROWTH,
    power.CAPACITY,
    power.IDLE,
    story.SALES_AGAINST_PEOPLE,
    story.SALES_AGAINST_INFLOW,
    story.PURCHASES_AGAINST_ACTIVITY,
    story.INFLOW_AGAINST_SALES,
    story.INSURED_AGAINST_PAYROLL,
    washes.WASHES,
    goods.GOODS,
    sold_and_bought.BOUGHT,
    sold_and_bought.SOLD,
    debts.STACKED,
    debts.QUIET,
    circles.CIRCULAR_TRADE,
    kin.SHARED_IDENTITY,
    kin.RELATED_SALES,
    newcomers.NEW_PARTNERS,
    templates.SHARED_TEMPLATE,
    changes.CHANGES,
    declared.CASES,
    declared.DEBTS,
    declared.GUARANTEES,
    equity.EQUITY,
    orders.ORDERS,
    orders.ABLE,
)


def verify(case: Case, *, enterprises: Iterable[str]) -> list[Finding]:
    """Return the finding of every check on every enterprise.

    Args:
        case: the facts known by the day.
        enterprises: whom to check.

    Returns:
        one finding per enterprise and check, in the order of both; a check that has
        nothing to say of an enterprise is silent, and says why.
    """
    whom = sorted(enterprises)
    found = {check.name: _found(check, case) for check in CHECKS}
    return [
        found[check.name].get(firm) or _silent(firm, check=check, case=case)
        for firm in whom
        for check in CHECKS
    ]


def _found(check: Check, case: Case) -> dict[str, Finding]:
    if _lacking(check, case):
        return {}
    return {finding.enterprise_id: finding for finding in check.find(case)}


def _lacking(check: Check, case: Case) -> Sequence[str]:
    return [family for family in check.needs if family not in case.facts]


def _silent(enterprise_id: str, *, check: Check, case: Case) -> Finding:
    lacking = _lacking(check, case)
    if lacking:
        names = ", ".join(lacking)
        why = Said(f"缺来源：{names}", f"no source for {names}")
    else:
        why = Said("可比数据不足", "too little data to compare")
    return silent(enterprise_id, check=check.name, why=why)
