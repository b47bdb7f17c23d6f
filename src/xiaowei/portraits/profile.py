"""Who an enterprise is, as last known: name, industry, region, park."""

import ibis
import ibis.expr.types as ir


def profiles(enterprises: ir.Table) -> ir.Table:
    """Return what was last known of each enterprise.

    Args:
        enterprises: Shape: one row per fact of the register known by the day.

    Returns:
        Shape: one row per enterprise; `enterprise_id`, `name`, `industry`, `region`,
        `park`, `staff`.
    """
    return last_known(enterprises).select(
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
    rated = last_known(credit_history.filter(credit_history.rating.notnull()))
    joined = ever.left_join(rated, "enterprise_id")
    return joined.select(
        enterprise_id=ever.enterprise_id, rating=rated.rating, defaulted=ever.defaulted
    )


def last_known(facts: ir.Table) -> ir.Table:
    """Return the fact of each enterprise that was known last."""
    order = [ibis.desc("known_on"), ibis.desc("happened_on"), "file", ibis.desc("line")]
    place = ibis.row_number().over(
        ibis.window(group_by="enterprise_id", order_by=order)
    )
    return facts.mutate(place=place).filter(lambda t: t.place == 0).drop("place")
