"""Monthly sales and electricity in; what of both is each firm's own out."""

from collections.abc import Sequence

from xiaowei.verification.chances import Floats
from xiaowei.verification.electricity.elasticity import IDLE, lagged, logs, own_movement
from xiaowei.verification.electricity.weather import without_weather


def own_movements(
    sales: Floats,
    power: Floats,
    *,
    sections: Sequence[str],
    degrees: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Return how a firm's sales moved by themselves, and the electricity they follow.

    What the firm's level, its whole trade, and heat and cold make of them is taken off
    both: who sells more in summer and burns more in summer is no liar in autumn.

    Args:
        sales: Shape: one row per firm, one column per month, the oldest first; not
            below 0, or missing.
        power: the same, of electricity.
        sections: per firm, of GB/T 4754.
        degrees: Shape: (firms, months, 2), see `degrees_of`; null where no temperature
            is known.

    Returns:
        Logarithms, missing where not known; electricity is mixed over the months that
        sales of a month follow.
    """
    sold = own_movement(logs(sales), sections)
    used = own_movement(logs(power, least=IDLE), sections)
    if degrees is not None:
        sold, used = (without_weather(one, degrees) for one in (sold, used))
    return sold, lagged(used, sold, sections)
