"""Simulated counties taken into homes, each made once and used again.

python -m bench.peers.counties FOLDER SEED [SEED ...]
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from xiaowei.desk.home import open_home
from xiaowei.desk.knowledge import facts_held
from xiaowei.desk.taking import take_folder
from xiaowei.desk.verifying import case_on
from xiaowei.simulate.county import write_county
from xiaowei.verification.finding import Case

AS_OF: Final = date(2025, 6, 30)
FIRMS: Final = 1_500
SHARE: Final = 0.08
"""Of the firms that deceive: many, so that each kind is seen; rates are given as at any
other prevalence."""
USED: Final = frozenset(
    [
        "applications",
        "bank_flows",
        "bureau_enquiries",
        "bureau_guarantees",
        "bureau_loans",
        "consents",
        "court_cases",
        "credit_history",
        "declarations",
        "electricity",
        "enterprises",
        "loans",
        "meters",
        "order_claims",
        "owners",
        "payroll",
        "purchase_invoices",
        "registry_changes",
        "repayments",
        "sales_invoices",
        "series",
        "social_security",
        "statements",
        "tax_credit",
        "tax_filings",
        "water",
    ]
)
"""Sources that verification looks at; the others are not taken in, to save time."""


def make(folder: Path, seed: int, *, firms: int = FIRMS, share: float = SHARE) -> Path:
    """Simulate a county and take it in; one made before stays.

    Args:
        folder: where counties are kept.
        seed: of all chance.
        firms: how many there are.
        share: of them that deceive.

    Returns:
        its own folder: `home` and `county/truth`.
    """
    own = folder / f"{seed}-{firms}-{share:g}"
    done = own / "done"
    if done.exists():
        return own
    county = own / "county"
    if not county.exists():
        own.mkdir(parents=True, exist_ok=True)
        write_county(
            county,
            seed=seed,
            firms=firms,
            until=AS_OF,
            fraud_share=share,
            form="parquet",
            daily_meters=0.0,
            processes=1,
        )
        for file in (county / "sources").iterdir():
            if file.name.removesuffix(".parquet").rstrip("-0123456789") not in USED:
                file.unlink()
    with open_home(own / "home") as home:
        taken = take_folder(county / "sources", lake=home.lake, received_on=AS_OF)
    if taken.unusable:
        message = f"county {seed} was not taken in whole: {taken.unusable}"
        raise RuntimeError(message)
    done.touch()
    return own


@contextmanager
def opened(own: Path) -> Iterator[tuple[Case, list[dict[str, Any]]]]:
    """Open a county: what a check is handed, and the truth of each firm.

    Args:
        own: the county's folder.
    """
    with open_home(own / "home") as home:
        facts = facts_held(home.lake)
        with case_on(facts, as_of=AS_OF, engine=home.lake.engine) as case:
            yield case, truth_of(own).to_pylist()


def truth_of(own: Path) -> pa.Table:
    """Return what is true of each firm of a county.

    Returns:
        as the simulator tells it, and `sold_yuan`: what it shipped in the twelve
        months to the day, tax included.
    """
    firms = _told(own, "firms")
    first = AS_OF.replace(year=AS_OF.year - 1).isoformat()[:7]
    months = _told(own, "monthly")
    month = pc.utf8_slice_codeunits(months["month"].cast(pa.string()), 0, 7)
    lately = pc.and_(
        pc.greater(month, first), pc.less_equal(month, AS_OF.isoformat()[:7])
    )
    sold = pc.add(months["shipped_yuan"], months["vat_output_yuan"])
    rows = pa.table(
        {
            "enterprise_id": months["enterprise_id"].cast(pa.string()),
            "sold_yuan": sold.cast(pa.float64()),
        }
    )
    sums = (
        rows.filter(lately).group_by("enterprise_id").aggregate([("sold_yuan", "sum")])
    )
    sums = sums.rename_columns({"sold_yuan_sum": "sold_yuan"})
    key = firms.schema.get_field_index("enterprise_id")
    named = firms["enterprise_id"].cast(pa.string())
    return firms.set_column(key, "enterprise_id", named).join(sums, "enterprise_id")


def _told(own: Path, name: str) -> pa.Table:
    files = sorted((own / "county" / "truth").glob(f"{name}*.parquet"))
    return ds.dataset([str(file) for file in files]).to_table()


if __name__ == "__main__":
    for number in sys.argv[2:]:
        print(make(Path(sys.argv[1]), int(number)))
