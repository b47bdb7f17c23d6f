"""Families of reasons that a customer may be told: of traits, and of the decision."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from xiaowei.policy.reasons.reading import load_families
from xiaowei.said import Said

OWN_REASONS: Final[Mapping[str, Said]] = {
    "assessment": Said("综合评估", "overall assessment of risk"),
    "verification": Said("信息核验", "verification of what was stated"),
    "consent": Said("数据查询授权", "authorisation to look at data"),
    "authority": Said("审批权限", "limits of authority"),
    "application": Said("申请要素", "what was applied for"),
    "offer": Said("授信方案", "terms of the offer"),
    "incomplete": Said("资料不全", "something is not known"),
}
"""Reasons that rest on no trait of the portrait."""


@cache
def reason_titles() -> Mapping[str, Said]:
    """Return each family that may be told, by its key; what is withheld is not there.

    >>> reason_titles()["courts"].en
    'court records'
    """
    told = {key: family.title for key, family in load_families().told.items()}
    return MappingProxyType({**told, **OWN_REASONS})


def reason_keys() -> tuple[str, ...]:
    """Return the keys of the families that may be told."""
    return tuple(sorted(reason_titles()))
