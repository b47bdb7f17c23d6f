"""How firmly reasons stand when a model is learnt anew, on public loans.

Usage: python bench/reasons.py [--quick] [--json]

SBA loans (learnt from approvals until fiscal 2004, reasons of those of 2005) and German
credit (first of five folds). Card and challenger are learnt anew from 40 draws of the
cases; measured is Kendall's tau of a firm's families of reasons against the model's,
mean over firms with the 95% of draws, once with every trait its own family and once in
the families below. Aim: 0.8.
"""

import argparse
import json
import platform
import sys
from pathlib import Path
from typing import Any

import numpy as np

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, told
from bench.peers.lenders import Loans, loans

from xiaowei.policy.reasons.families import Families, Family
from xiaowei.risk.challenger import Challenger
from xiaowei.risk.estimator import RiskModel
from xiaowei.risk.refits import Cases, refits
from xiaowei.risk.scorecard import Scorecard
from xiaowei.risk.why.firmness import FIRM, firmness_of
from xiaowei.said import Said

SEED = 7
DRAWS = 40
FEW = 8
GROUPED = {
    "sba": {
        "place": ("State", "BankState", "same_state", "UrbanRural"),
        "trade": ("sector", "franchise"),
        "firm": ("NoEmp", "NewExist", "CreateJob", "RetainedJob"),
        "loan": ("LowDoc", "GrAppv", "SBA_Appv", "guarantee"),
    },
    "german": {
        "accounts": ("checking", "savings"),
        "record": ("credit_history", "existing_credits", "other_plans"),
        "loan": ("duration", "amount", "purpose", "installment_rate"),
        "work": ("employment", "job"),
        "means": ("property", "housing", "other_debtors", "telephone"),
        "person": (
            "personal_status",
            "age",
            "foreign_worker",
            "dependents",
            "residence_since",
        ),
    },
}


def main() -> None:
    """Measure and say."""
    stated = _stated()
    claims = []
    for name in ["german"] if stated.quick else ["german", "sba"]:
        found = loans(name, seed=SEED)
        if found is None:
            print(f"{name}: not there, left out", file=sys.stderr)
            continue
        for model in (Scorecard(), Challenger()):
            claims += measured(found, model, draws=FEW if stated.quick else DRAWS)
    result = {
        "bench": "reasons",
        "machine": platform.machine(),
        "seed": SEED,
        "claims": claims,
    }
    print(json.dumps(result) if stated.json else "\n".join(map(told, claims)))


def measured(one: Loans, model: RiskModel, *, draws: int) -> list[dict[str, Any]]:
    """Return the claims of a model on one set."""
    learn, judge = one.splits[0]
    cases = Cases(one.table.iloc[learn].reset_index(drop=True), one.bad[learn])
    model.fit(cases.table, cases.bad)
    generator = np.random.default_rng(SEED)
    others = list(refits(model, cases, draws=draws, generator=generator))
    claims = []
    for kind, families in (
        ("every trait its own", Families({}, {})),
        ("in families", _families(GROUPED[one.name])),
    ):
        found = firmness_of(model, others, one.table.iloc[judge], families=families)
        kept = found.kept
        print(
            f"{one.name} {type(model).__name__} {kind}: {found.families} families, "
            f"firm {found.firm_share:.3f}, main kept "
            + (f"{kept.value:.3f} [{kept.low:.3f}, {kept.high:.3f}]" if kept else "–"),
            file=sys.stderr,
        )
        claims.append(
            claim(
                f"tau of reasons, {kind}, {type(model).__name__}, {one.name}",
                (found.tau.value, found.tau.low, found.tau.high),
                FIRM,
                most=False,
            )
        )
    return claims


def _families(grouped: dict[str, tuple[str, ...]]) -> Families:
    return Families(
        {key: Family(key, Said(key, key), traits) for key, traits in grouped.items()},
        {},
    )


def _stated() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
