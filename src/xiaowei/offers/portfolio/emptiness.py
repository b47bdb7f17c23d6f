"""Why the best book is empty: what forbids every loan, and what to change."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import Final

from xiaowei.offers.portfolio.book import worth_without
from xiaowei.offers.portfolio.limits import COUNTS, Limit
from xiaowei.offers.portfolio.options import Dimension, Options
from xiaowei.offers.portfolio.views import View, upper_pds
from xiaowei.said import Said, percent

_SHOWN: Final = 3


def why_empty(
    options: Options, limits: Sequence[Limit], *, view: View
) -> tuple[Said, ...]:
    """Return why no book with a loan is worth anything, and what to change.

    Each limit is left out in turn: those without which a loan could be made forbid it.

    Args:
        options: of all firms.
        limits: all; the book that keeps them is empty.
        view: with which PDs.
    """
    if not limits or _worth_alone(options, view) <= 0:
        return (
            Said(
                "没有一个候选选项预期盈利：请检查利率、成本与违约概率",
                "no option is expected to earn: look at rates, costs and PDs",
            ),
        )
    found = [
        _forbids(options, limit)
        for limit in limits
        if worth_without(options, limits, without=limit, view=view) > 0
    ]
    if found:
        return tuple(found)
    names = [one.code for one in limits]
    return (
        Said(
            f"限额合起来不容任何一笔贷款，放宽其中任何一项都不够：{'、'.join(names)}",
            "together the limits let no loan through, and loosening one of them is not"
            f" enough: {', '.join(names)}",
        ),
    )


def _worth_alone(options: Options, view: View) -> float:
    """Return what the best smallest loan earns by itself, without any limit.

    Args:
        options: of all firms.
        view: with which PDs.
    """
    pds = upper_pds(options, view) if view.rule == "upper" else options.pd
    profit = options.profit_fen(pds) * options.least_lots
    return float(profit.max(initial=0))


def _forbids(options: Options, limit: Limit) -> Said:
    """Say how one limit forbids every loan, and what to change about it."""
    code, title = limit.code, limit.title
    if limit.most_share is not None and limit.each is not None:
        return _too_few_labels(options, limit.each, limit)
    if limit.most_share is not None and limit.of is not None:
        share = percent(float(limit.most_share))
        return Said(
            f"限额“{code}”（{title.zh}）只容其对象占组合的 {share}，而候选中没有足够"
            "对象之外的企业：提高比例，或增加其他候选",
            f"limit '{code}' ({title.en}) lets those it names have {share} of the book,"
            " and too few candidates are others: raise the share, or bring others",
        )
    counts = COUNTS[limit.counts]
    return Said(
        f"限额“{code}”（{title.zh}，按{counts.zh}计）不容最小的一笔贷款：放宽它，"
        "或允许更小的贷款",
        f"limit '{code}' ({title.en}, counting {counts.en}) does not let the smallest"
        " loan through: loosen it, or allow smaller loans",
    )


def _too_few_labels(options: Options, each: Dimension, limit: Limit) -> Said:
    """Say that shares of too few labels cannot add up to a book."""
    code, title, share = limit.code, limit.title, limit.most_share or Fraction(1)
    names = options.labels[each].names
    count, due = len(names), ceil(1 / share) if share else 0
    shown = "、".join(names[:_SHOWN]), ", ".join(names[:_SHOWN])
    most, enough = percent(float(share)), percent(1 / count)
    if count * share >= 1:
        return Said(
            f"限额“{code}”（{title.zh}）要求每类不超过组合的 {most}，整手贷款无法同时"
            "满足各类：提高比例，或允许更小的贷款",
            f"limit '{code}' ({title.en}) lets each label have {most} of the book,"
            " which no whole lots meet: raise the share, or allow smaller loans",
        )
    return Said(
        f"限额“{code}”（{title.zh}）要求每类不超过组合的 {most}，至少要有 {due} 类，而"
        f"候选只有 {count} 类（{shown[0]}）：把比例提高到 {enough} 以上，或增加其他类的"
        "候选",
        f"limit '{code}' ({title.en}) lets each label have {most} of the book, so that"
        f" {due} labels are due at least, and the candidates have {count} ({shown[1]}):"
        f" raise the share to {enough}, or bring candidates of other labels",
    )
