"""A whole run as one plain document, the same bytes for the same inputs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

import numpy as np

from xiaowei.desk.document.applied import pd_by
from xiaowei.desk.document.book import demand, portfolio
from xiaowei.desk.document.firms import firms
from xiaowei.desk.document.said import both
from xiaowei.desk.document.trades import trades
from xiaowei.desk.document.worth import validation, warnings
from xiaowei.desk.line import Line, Order
from xiaowei.desk.taking import Taken
from xiaowei.facts.intake import Receipt
from xiaowei.facts.sources import EVERY_SOURCE
from xiaowei.portraits.portrait import TRAITS
from xiaowei.portraits.radar import AXES, MIN_PEERS
from xiaowei.records.journal import canonical, digest_of
from xiaowei.risk.card import card_json
from xiaowei.said import Said
from xiaowei.verification.verify import CHECKS

SCHEMA: Final = "xiaowei.run/1"


def document_of(line: Line, *, order: Order, taken: Taken) -> dict[str, Any]:
    """Return a run as one document.

    Args:
        line: what the run came to.
        order: what was asked for.
        taken: the files it rests on.

    Returns:
        plain values; `timing` is empty and filled in by who timed the run.
    """
    document = {
        "schema": SCHEMA,
        "as_of": line.as_of.isoformat(),
        "version": version("xiaowei"),
        "facts": [_account(receipt) for receipt in taken.receipts],
        "not_read": [{"file": u.file, "reason": u.reason} for u in taken.unusable],
        "warnings": warnings(line),
        "firms": firms(line),
        "radar_axes": [{"key": axis.key, **both(axis.title)} for axis in AXES],
        "peer_group": both(
            Said(
                f"同行业大类企业；不足{MIN_PEERS}户时为全部企业",
                f"firms of the same industry; all firms where fewer than {MIN_PEERS}",
            )
        ),
        "traits": _traits(line),
        "checks": _checks(line),
        "industries": trades(line.trades),
        "portfolio": portfolio(line),
        "demand": demand(line, points=order.churn),
        "validation": validation(line),
        "model": card_json(line.models.card),
        "pd_by": pd_by(line),
        "timing": {},
    }
    # The id is that of all it says: another policy or another lake is another run.
    return {"run_id": digest_of(canonical(document))[:12], **document}


def timing_of(stages: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
    """Return seconds and peak MiB per stage, and of all."""
    rows = {
        name: {"seconds": round(seconds, 3), "peak_mib": round(peak, 1)}
        for name, (seconds, peak) in stages.items()
    }
    rows["total"] = {
        "seconds": round(sum(seconds for seconds, _ in stages.values()), 3),
        "peak_mib": round(max(peak for _, peak in stages.values()), 1),
    }
    return rows


def _account(receipt: Receipt) -> dict[str, Any]:
    account = receipt.account
    titles = {source.name: source.zh for source in EVERY_SOURCE}
    return {
        "file": account.file,
        "source": account.source,
        "source_zh": titles[account.source],
        "rows": account.rows,
        "accepted": account.accepted,
        "quarantined": account.quarantined,
        "duplicates": account.duplicates,
        "accepted_amount_fen": account.accepted_amount_fen,
        "rejects": account.rejects_file if receipt.rejects else None,
        "notes": account.notes,
        "unused": list(account.unused),
    }


def _traits(line: Line) -> list[dict[str, Any]]:
    sample = line.portrayed.sample
    return [
        {
            "name": trait.name,
            "zh": trait.zh,
            "en": trait.en,
            "unit": trait.unit,
            "window": trait.window,
            "sources": list(trait.sources),
            "direction": trait.direction,
            "meaning": trait.meaning,
            "missing_share": round(
                float(np.isnan(sample.traits[trait.name]).mean()), 6
            ),
        }
        for trait in TRAITS
        if line.portrayed.heard(trait)
    ]


def _checks(line: Line) -> Sequence[dict[str, Any]]:
    outcomes = Counter((f.check, f.outcome) for f in line.findings)
    grave = Counter(f.check for f in line.findings if f.severity == "high")
    return [
        {
            "check": check.name,
            **both(check.title),
            "meaning": both(check.meaning),
            "agrees": outcomes[check.name, "agrees"],
            "differs": outcomes[check.name, "differs"],
            "silent": outcomes[check.name, "silent"],
            "high": grave[check.name],
        }
        for check in CHECKS
    ]
