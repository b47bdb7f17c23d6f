"""A run document with everything that makes pages difficult, made from a seed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest
import yaml

Document: TypeAlias = dict[str, Any]
Make: TypeAlias = Callable[..., Document]

BOOK = Path(__file__).with_name("book.yaml")
SCRIPT = "<script>alert(1)</script>"
FORMULA = "=cmd|' /C calc'!A0"
HOSTILE = (
    SCRIPT,
    FORMULA,
    '"><img src=x onerror=alert(2)>',
    "+1+1",
    "-2",
    "@SUM(1)",
    "\tTAB",
    "＝1",
    "{{ 7 * 7 }}",
)
AXES = (
    ("scale", "规模", "Scale"),
    ("growth", "成长", "Growth"),
    ("stability", "稳定", "Stability"),
    ("compliance", "合规", "Compliance"),
    ("network", "上下游", "Partners"),
    ("liquidity", "流动性", "Liquidity"),
)
CHECKS = (
    ("invoices_tax", "开票与申报销售额", "Invoices and declared sales"),
    ("electricity_sales", "用电量与销售额", "Electricity and sales"),
    ("bank_invoices", "银行流水与发票", "Bank flows and invoices"),
    ("round_trips", "资金回流", "Round trips"),
    ("void_bursts", "集中作废发票", "Bursts of voided invoices"),
    ("digits", "首位数字分布", "First digits"),
)
TRAITS = (
    ("sales_12m", "近12月销售额", "fen", "lower_is_riskier"),
    ("sales_growth_12m", "近12月销售额同比", "share", "lower_is_riskier"),
    ("void_share_12m", "近12月作废发票占比", "share", "higher_is_riskier"),
    ("buyers_12m", "近12月下游客户数", "count", "lower_is_riskier"),
    ("top_buyer_share_12m", "近12月最大客户占比", "share", "higher_is_riskier"),
    ("silent_months_12m", "近12月无交易月数", "months", "higher_is_riskier"),
    ("days_late_max_12m", "近12月最长逾期申报", "days", "higher_is_riskier"),
    ("kwh_12m", "近12月用电量", "kwh", "none"),
    ("margin_12m", "近12月进销差率", "ratio", "lower_is_riskier"),
)
TIERS = ("high_potential", "steady", "risk_warning")


@pytest.fixture(scope="session")
def make() -> Make:
    """Return the maker of run documents."""
    return make_document


@pytest.fixture(scope="session")
def document() -> Document:
    """Return a small run document; tests copy it before they change it."""
    return make_document()


def pair(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def make_document(
    *, firms: int = 12, seed: int = 7, validated: bool = True
) -> Document:
    """Make a run document of schema `xiaowei.run/1`.

    Args:
        firms: how many enterprises; the first bear hostile names.
        seed: the same seed gives the same document.
        validated: whether outcomes were known.
    """
    dice = np.random.default_rng(seed)
    rows = [make_firm(at, dice) for at in range(firms)]
    book = yaml.safe_load(BOOK.read_text(encoding="utf-8"))
    return {
        "schema": "xiaowei.run/1",
        "run_id": "a1b2c3d4e5f6",
        "as_of": "2020-02-21",
        "version": "0.1.0",
        **book,
        "firms": rows,
        "radar_axes": [{"key": key, "zh": zh, "en": en} for key, zh, en in AXES],
        "peer_group": pair("本次运行的全部企业", "all enterprises of this run"),
        "traits": [
            {
                "name": name,
                "zh": zh,
                "en": f"title of {name.replace('_', ' ')}",
                "unit": unit,
                "window": "12m",
                "sources": ["sales_invoices"],
                "direction": direction,
                "meaning": f"what {name} says of the last 12 months",
                "missing_share": 0.125,
            }
            for name, zh, unit, direction in TRAITS
        ],
        "checks": _checks(rows),
        "portfolio": _portfolio(rows),
        "pd_by": {"name": "sme", "fingerprint": "0" * 64},
        "validation": book["validation"] if validated else None,
    }


def make_firm(at: int, dice: np.random.Generator) -> Document:
    """Make an enterprise; every third has no offer, every fourth misses values."""
    tier = TIERS[at % 3]
    offered = tier != "risk_warning"
    lacking = at % 4 == 3
    pd = float(dice.uniform(0.002, 0.25))
    names = (*HOSTILE, "临川精密机械有限公司", None)
    reasons = _reasons(dice)
    base = 600
    return {
        "enterprise_id": f"E{at + 1}",
        "name": names[at] if at < len(names) else f"第{at}号企业有限公司",
        "industry": None if lacking else "C34 通用设备制造业",
        "park": None if lacking else "高新区",
        "as_of": "2020-02-21",
        "pd": pd,
        "pd_low": pd * 0.6,
        "pd_high": min(1.0, pd * 1.7),
        "pd_card": pd / 2,
        "pd_reasons": [
            {
                "family": "cash",
                "zh": "现金流",
                "en": "cash flow",
                "log_odds": 0.5,
                "traits": ["runway_3m"],
            }
        ],
        "score": base + sum(one["points"] for one in reasons),
        "base_points": base,
        "rating": "ABCD"[at % 4],
        "rating_given": None if lacking else "ABCD"[(at + at % 2) % 4],
        "rating_odds": {"A": 0.4, "B": 0.3, "C": 0.2, "D": 0.1},
        "defaulted": None if lacking else tier == "risk_warning",
        "out_of_range": ["sales_12m"] if at % 5 == 0 else [],
        "tier": tier,
        "tier_reasons": [
            pair(f"违约概率 {pd:.2%}", f"PD {pd:.2%}"),
            pair("没有高度不一致的发现", "no finding of high severity"),
        ],
        "limit_fen": int(dice.integers(10, 101)) * 1_000_000 if offered else 0,
        "rate": 0.0565 if offered else None,
        "churn": 0.31 if offered else None,
        "expected_profit_fen": int(dice.integers(1, 3_000_000)) if offered else 0,
        "offer_steps": [
            pair("近12个月有效销售额 823.40 万元", "trusted sales of 8.2 million"),
            pair("额度不超过其 20%，取整到万元", "at most 20 % of it, in whole wan"),
            pair("利率取利润最高者 5.65%", "the rate that earns most is 5.65 %"),
        ]
        if offered
        else [pair("任何利率都不足以覆盖风险", "no rate pays for the risk")],
        "reasons": reasons,
        "findings": _findings(at, dice),
        "radar": {
            key: None if lacking and key in ("stability", "liquidity") else share
            for (key, _, _), share in zip(
                AXES, dice.uniform(0, 1, len(AXES)).round(4).tolist(), strict=True
            )
        },
        "series": _series(at, dice),
        "traits": {
            name: None if lacking else round(float(dice.uniform(0, 50)), 3)
            for name, *_ in TRAITS
        },
    }


def _reasons(dice: np.random.Generator) -> list[Document]:
    return [
        {
            "trait": name,
            "zh": zh,
            "en": name.replace("_", " "),
            "value": None if at == 3 else float(dice.uniform(0, 1)),
            "unit": unit,
            "points": int(dice.integers(-40, 41)),
            "text": pair(f"{zh}与同类相比", f"{name} against peers"),
        }
        for at, (name, zh, unit, _) in enumerate(TRAITS)
    ]


def _findings(at: int, dice: np.random.Generator) -> list[Document]:
    outcomes = ("differs", "agrees", "silent")
    severities = ("high", "medium", "low")
    found = []
    for place, (check, zh, en) in enumerate(CHECKS):
        outcome = outcomes[(at + place) % 3]
        differs = outcome == "differs"
        amount = int(dice.integers(10_000, 99_999_999))
        found.append(
            {
                "check": check,
                "outcome": outcome,
                "severity": severities[(at + place) // 3 % 3] if differs else "none",
                "expected": None if outcome == "silent" else f"{amount:,} 元",
                "observed": None if outcome == "silent" else f"{amount // 2:,} 元",
                "unlikely": float(dice.uniform(0, 0.02)) if differs else None,
                "text": pair(f"{zh}：{outcome}，{amount} 元", f"{en}: {amount} yuan"),
                "benign": pair("季节性停产", "a seasonal stop") if differs else None,
                "evidence": [
                    {
                        "file": "发票.csv",
                        "line": None if line == 1 else int(dice.integers(1, 200_000)),
                        "text": SCRIPT
                        if at == 0
                        else pair(f"金额 {amount} 元", f"amount {amount} yuan")
                        if line == 0
                        else f"金额 {amount + line} 元",
                    }
                    for line in range(3)
                ]
                if differs
                else [],
            }
        )
    return found


def _series(at: int, dice: np.random.Generator) -> Document:
    months = [f"{2017 + n // 12}-{n % 12 + 1:02d}" for n in range(38)]
    sales = dice.integers(0, 900_000_000, len(months)).tolist()
    return {
        "months": months,
        "sales_fen": [None if n == 5 else one for n, one in enumerate(sales)],
        "purchases_fen": dice.integers(0, 600_000_000, len(months)).tolist(),
        "declared_fen": sales if at % 2 else None,
        "kwh": dice.integers(100, 90_000, len(months)).tolist() if at % 3 else None,
    }


def _checks(rows: list[Document]) -> list[Document]:
    counted = []
    for check, zh, en in CHECKS:
        found = [
            one for row in rows for one in row["findings"] if one["check"] == check
        ]
        counted.append(
            {
                "check": check,
                "zh": zh,
                "en": en,
                "meaning": pair(f"比较{zh}", f"compares {en.lower()}"),
                **{
                    outcome: sum(1 for one in found if one["outcome"] == outcome)
                    for outcome in ("agrees", "differs", "silent")
                },
                "high": sum(1 for one in found if one["severity"] == "high"),
            }
        )
    return counted


def _portfolio(rows: list[Document]) -> Document:
    offered = [row for row in rows if row["limit_fen"]]
    total = sum(row["limit_fen"] for row in offered)
    profit = sum(row["expected_profit_fen"] for row in offered)
    budgets = [1_000_000_000 * step for step in range(1, 21)]
    return {
        "budget_fen": 10_000_000_000,
        "offered_fen": total,
        "drawn_fen": total * 7 // 10,
        "expected_profit_fen": profit,
        "profit_at_pd_low_fen": profit * 3 // 2,
        "profit_at_pd_high_fen": -profit,
        "breakeven_pd": 0.0412,
        "firms": len(offered),
        "gap": 0.0,
        "mean_rate": 0.0565,
        "mean_pd": 0.031,
        "assumptions": {
            "lgd": 0.65,
            "funding_rate": 0.03,
            "budget_counts": "offered",
            "meaning_said": pair("按授信额计", "money offered"),
        },
        "recipe": {
            "offered_fen": total,
            "drawn_fen": total // 2,
            "expected_profit_fen": profit * 6 // 10,
            "claimed_profit_fen": profit * 2,
            "firms": len(offered),
            "assumptions": {"lgd": 1.0, "funding_rate": 0.0},
        },
        "realised": {
            "offered_fen": total,
            "profit_fen": profit,
            "low_fen": -profit // 2,
            "high_fen": profit * 2,
            "firms": 30,
            "defaults": 1,
            "recipe_firms": 99,
            "note": pair("一次违约即可改变名次", "one default may turn it"),
            "recipe_profit_fen": profit // 2,
            "recipe_low_fen": -profit,
            "recipe_high_fen": profit,
        },
        "frontier": [
            {
                "budget_fen": budget,
                "offered_fen": budget,
                "expected_profit_fen": int(profit * (1 - 0.8 ** (budget / 2e9))),
                "firms": at + 1,
            }
            for at, budget in enumerate(budgets)
        ],
        "tiers": [
            {
                "tier": tier,
                "firms": sum(1 for row in rows if row["tier"] == tier),
                "offered": sum(1 for row in offered if row["tier"] == tier),
                "offered_fen": sum(
                    row["limit_fen"] for row in offered if row["tier"] == tier
                ),
                "mean_pd": 0.02 * (at + 1),
            }
            for at, tier in enumerate(TIERS)
        ],
        "migration": {
            "run_id": "before",
            "as_of": "2019-12-31",
            "moves": [
                {
                    "from": here,
                    "to": there,
                    "firms": 5 if here == there else 1,
                    "share": None if here == "risk_warning" else 5 / 7,
                }
                for here in TIERS
                for there in TIERS
            ],
            "new": 3,
            "gone": 1,
        },
    }
