"""Who an enterprise is, as last known: name, industry, region, park."""

import ibis.expr.types as ir

from xiaowei.portraits.standing import current


def profiles(enterprises: ir.Table) -> ir.Table:
    """Return what was last known of each enterprise.

    Args:
        enterprises: Shape: one row per fact of the register known by the day.

    Returns:
        Shape: one row per enterprise; `enterprise_id`, `name`, `industry`, `region`,
        `park`, `staff`.
    """
    return current(enterprises, family="enterprises").select(
        "enterprise_id", "name", "industry", "region", "park", "staff"
    )


def histories(credit_history: ir.Table) -> ir.Table:
    """Return the credit history of each enterprise as last known.

    Args:
        credit_history: Shape: one row per fact known by the day.

    Returns:
        Shape: one row per enterprise; `enterprise_id`, `rating` A to D or null, the
        last one given, and `defaulted`, whether any default was ever stated.
    """
    ever = credit_history.group_by("enterprise_id").aggregate(
        defaulted=(credit_history.defaulted == "yes").any()
    )
    rated = credit_history.filter(credit_history.rating.notnull())
    rated = current(rated, family="credit_history")
    joined = ever.left_join(rated, "enterprise_id")
    return joined.select(
        enterprise_id=ever.enterprise_id, rating=rated.rating, defaulted=ever.defaulted
    )
