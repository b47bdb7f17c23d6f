"""Weights of evidence learnt from counties whose truth is known, as policy YAML.

    python bench/verification_weights.py FOLDER [SEED ...]

The seeds are none of those that bench/verification.py judges by, and the kinds of
deceit that it holds out are left out here.
"""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.peers.counties import make, opened
from bench.peers.deceit import HELD_OUT, Judged, judged, scored, together

from xiaowei.verification.combine import FAMILIES, Weights
from xiaowei.verification.fitting import fit_weights

SEEDS: Final = (102, 103, 104)
PREVALENCE: Final = 0.02
_QUARTILE: Final = 0.75
_LEAST_IN_SECTION: Final = 0.02
_SET_BY: Final = (
    "xiaowei default: logistic regression with weights of 0 or more on {firms:,} firms "
    "of simulated counties, seeds {seeds}, {liars} of them deceive; two kinds left out"
)


def learnt(worlds: list[Judged]) -> Weights:
    """Return weights learnt from counties, without the kinds held out."""
    whole = together(worlds)
    keep = ~np.isin(whole.kind, HELD_OUT)
    return fit_weights(
        {family: said[keep] for family, said in whole.said.items()},
        {family: heard[keep] for family, heard in whole.heard.items()},
        whole.kind[keep] != "",
        prevalence=PREVALENCE,
    )


def usual(whole: Judged, weights: Weights) -> dict[str, float]:
    """Return the log-odds that firms of a section gather beyond those of all others.

    The upper quartile of each section that has enough firms beside that of all: those
    who deceive are far fewer than a quarter, so it is one of honest firms.
    """
    score = scored(whole, weights)
    middle = np.quantile(score, _QUARTILE)
    least = _LEAST_IN_SECTION * len(score)
    return {
        str(section): float(np.quantile(score[of], _QUARTILE) - middle)
        for section in np.unique(whole.section[whole.section != ""])
        if (of := whole.section == section).sum() >= least
    }


def entries(weights: Weights, *, set_by: str) -> str:
    """Return weights as entries of the policy book."""
    told = [
        "# What the findings of verification count; learnt by",
        "# bench/verification_weights.py.",
        "",
        _entry(
            "deceit_prevalence",
            "Share of enterprises that deceive before anything is seen.",
            "未见任何证据前的造假比例",
            "share",
            f"{weights.prevalence:g}",
            "xiaowei default; no public figure is known: a bank puts its own",
        ),
        _entry(
            "deceit_clear",
            "Log-odds taken off for each family of checks that saw nothing.",
            "每类核验未见异常所减的对数几率",
            "number",
            f"{weights.clear:.3f}",
            set_by,
        ),
    ]
    told += [
        _entry(
            f"deceit_{name}",
            f"Times that evidence counts where the profile of a trade says {name}.",
            zh,
            "number",
            times,
            "xiaowei default; an assumption, for nothing is published",
        )
        for name, zh, times in (
            ("more", "行业画像加重的倍数", "1.5"),
            ("less", "行业画像减轻的倍数", "0.5"),
        )
    ]
    told += [
        _entry(
            f"deceit_usual_{section}",
            f"Log-odds that firms of section {section} usually gather beyond others.",
            f"门类{section}企业通常高出的对数几率",
            "log-odds",
            f"{more:.3f}",
            set_by,
        )
        for section, more in weights.usual.items()
    ]
    told += [
        _entry(
            f"deceit_weight_{family}",
            f"How much of the evidence of the checks on {family} counts.",
            f"核验证据权重（{_ZH[family]}）",
            "number",
            f"{weights.weights[family]:.3f}",
            set_by,
        )
        for family in FAMILIES
    ]
    return "\n".join(told)


def _entry(*parts: str) -> str:
    name, description, zh, unit, value, set_by = parts
    learnt_from = (
        ">-\n      Sellke, Bayarri, Berger 2001, Calibration of p values for testing\n"
        "      precise null hypotheses, Am. Stat. 55:62"
    )
    title = "Own choice" if "assumption" in set_by else learnt_from
    return (
        f"{name}:\n  description: {description}\n  zh: {zh}\n  unit: {unit}\n"
        f'  values: {{2016-01-01: "{value}"}}\n  set_by: >-\n    {set_by}\n'
        f"  reference:\n    title: {title}\n"
    )


_ZH: Final = {
    "activity": "经营活动",
    "purchases": "采购",
    "goods": "货物",
    "inflow": "回款",
    "turnover": "流水",
    "people": "用工",
    "undone": "作废红冲",
    "books": "双方账",
    "tax": "申报",
    "circles": "环形交易",
    "kin": "关联方",
    "partners": "新对手方",
    "templates": "同一模板",
    "debts": "借贷",
    "tickets": "顶额票",
    "changes": "申请前变更",
    "declared": "自行申报",
    "equity": "权益",
    "orders": "订单",
}


def main(arguments: list[str]) -> None:
    """Print the entries for the policy book."""
    folder = Path(arguments[0])
    seeds = [int(seed) for seed in arguments[1:]] or list(SEEDS)
    worlds: list[Judged] = []
    for seed in seeds:
        with opened(make(folder, seed)) as (case, truth):
            worlds.append(judged(case, truth, world=seed))
    whole: Any = together(worlds)
    set_by = _SET_BY.format(
        firms=len(whole.kind),
        seeds=", ".join(map(str, seeds)),
        liars=int((whole.kind != "").sum()),
    )
    weights = learnt(worlds)
    whole_usual = usual(whole, weights)
    print(entries(replace(weights, usual=whole_usual), set_by=set_by))


if __name__ == "__main__":
    main(sys.argv[1:])
