"""A fitted model in; its PMML out, of whichever kind has one."""

from xiaowei.risk.challenger import Challenger
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.pmml.cards import card_pmml
from xiaowei.risk.pmml.parts import PmmlError
from xiaowei.risk.pmml.sums import sum_pmml
from xiaowei.risk.pmml.trees import trees_pmml
from xiaowei.risk.scorecard import Scorecard
from xiaowei.risk.small.linear import Linear


def pmml_text(model: RiskModel) -> str:
    """Return a fitted model as PMML 4.4.

    Args:
        model: a fitted Scorecard, Challenger, Firth or Experts.

    Raises:
        PmmlError: it is another one, or holds marks that XML cannot.
    """
    if isinstance(model, Scorecard):
        return card_pmml(model)
    if isinstance(model, Challenger):
        return trees_pmml(model)
    if isinstance(model, Linear):
        return sum_pmml(model)
    raise PmmlError(f"there is no way to write a {type(model).__name__}")
