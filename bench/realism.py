"""How real the simulated county is: its figures beside those of real firms.

    python bench/realism.py [--quick] [--json] [--data FOLDER]

Needs the public set CUMCM 2020-C beside the project; without it it claims nothing.
Simulated firms are chosen as the real ones are: the same classes of trade, both
directions, a year or more, each seen through the window of a real firm's books. Meters
and links are compared with figures measured before (Yangzhong, Hungary).
"""

import argparse
import csv
import json
import platform
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeAlias

import duckdb
import lightgbm
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from xiaowei.simulate.county import simulate_county
from xiaowei.simulate.history import County

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import told

DATA: Final = Path(__file__).resolve().parents[2] / "shared" / "data"
SEED: Final = 7
UNTIL: Final = date(2020, 2, 21)
MONTHS: Final = 41
FIRMS: Final = (1500, 900)
"""In full and with --quick."""

DRAWS: Final = 1000

Table: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]

# Which trades of the county stand for a class of the hand-made labels.
CLASSES: Final = {
    "服务业": ("F51", "F52", "G54", "H62"),
    "专业、科学与技术": ("I65", "M74"),
    "制造业": ("C13", "C17", "C29", "C33", "C34", "C39"),
    "个体经营": ("F52", "H62"),
    "建筑业": ("E47", "E50"),
    "农、林、牧、渔业": ("A01",),
}
OWN_ACCOUNT: Final = "个体经营"
SHORTEST_DAYS: Final = 350

FEATURES: Final = Path(__file__).with_suffix(".sql")


TARGETS: Final = Path(__file__).with_suffix(".csv")
"""A figure, its feature, and the range into which the county's median should come."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Firms and their features: one row per firm, nan where unknown."""

    firms: list[str]
    names: list[str]
    table: Table

    def column(self, name: str) -> Table:
        """Return one feature of all firms."""
        return self.table[:, self.names.index(name)]


def main() -> None:
    """Run the bench and print a table, or with --json one line."""
    asked = _arguments()
    folder = asked.data / "cumcm2020c"
    claims = []
    if folder.is_dir():
        claims = _claims(folder, quick=asked.quick)
    elif not asked.json:
        print(f"no claims: the public set is not at {folder}")
    if asked.json:
        machine = f"{platform.machine()}, {platform.system()}"
        bench = {"bench": "realism", "machine": machine, "seed": SEED, "claims": claims}
        print(json.dumps(bench, ensure_ascii=False))
        return
    for claim in claims:
        print(told(claim))
        print(f"    {claim['peer']}")


def _claims(folder: Path, *, quick: bool) -> list[dict[str, Any]]:
    real = features_of(_real_invoices(folder))
    county = _county(FIRMS[quick], fraud_share=0.06)
    told = _told(county, windows=_windows(folder))
    sample = _chosen(features_of(told), county, folder)
    null = _county(200, fraud_share=0.0)
    links = county.world.network.county
    lives = (links.until - links.since)[links.since >= 0] / 30.4
    staged = int(null.tickets.staged.sum()) + int((null.world.frauds.kind >= 0).sum())
    return [
        *_targets(real, sample),
        *_pooled(county),
        *_power(county),
        _claim("links: half-life in months", np.median(lives), (11, 15), peer="13"),
        _apart(real, sample, repeats=1 if quick else 3),
        _transfer(real, sample, county, folder),
        _claim("deceit in a county without fraud", staged, (0, 0), peer="none"),
    ]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer firms and repeats")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--data", type=Path, default=DATA, help="the public sets")
    return parser.parse_args()


def features_of(invoices: pa.Table) -> Sample:
    """Return the features of every firm that both sells and buys.

    Args:
        invoices: Shape: one row per invoice; firm, way in {"sale", "buy"}, day,
            partner, net, tax and total in yuan, void.
    """
    with duckdb.connect(config={"threads": 2}) as engine:
        engine.register("invoices", invoices)
        found = engine.execute(FEATURES.read_text(encoding="utf-8")).to_arrow_table()
    names = [name for name in found.column_names if name != "firm"]
    columns = [found[name].cast(pa.float64()).to_numpy() for name in names]
    return Sample(found["firm"].to_pylist(), names, np.column_stack(columns))


def _asked(statement: str) -> pa.Table:
    with duckdb.connect() as engine:
        return engine.execute(statement).to_arrow_table()


def _real_invoices(folder: Path) -> pa.Table:
    parts = (
        f"""SELECT 企业代号 AS firm, '{way}' AS way, 开票日期::DATE AS day,
            {other}单位代号 AS partner, 金额 AS net, 税额 AS tax, 价税合计 AS total,
            trim(发票状态) <> '有效发票' AS void
            FROM read_parquet('{folder}/{file}_*_invoices.parquet')"""  # noqa: S608 - our own path
        for way, other, file in (("sale", "购方", "output"), ("buy", "销方", "input"))
    )
    return _asked(" UNION ALL ".join(parts))


def _windows(folder: Path) -> Whole:
    """Return how many days before the last each real firm's books begin and end.

    Files were drawn between the autumn of 2019 and the last day; one that ends earlier
    belongs to a firm that had stopped, which the county must bring about by itself.
    """
    found = _asked(
        f"""SELECT date_diff('day', min(开票日期)::DATE, DATE '{UNTIL}') AS a,
          date_diff('day', greatest(max(开票日期)::DATE, DATE '2019-10-31'),
            DATE '{UNTIL}') AS b
        FROM read_parquet('{folder}/*_invoices.parquet') GROUP BY 企业代号
        ORDER BY 企业代号"""  # noqa: S608 - our own path
    )
    return np.column_stack([found[name].to_numpy() for name in ("a", "b")])


def _county(firms: int, *, fraud_share: float) -> County:
    return simulate_county(
        seed=SEED, firms=firms, months=MONTHS, until=UNTIL, fraud_share=fraud_share
    )


def _told(county: County, *, windows: Whole) -> pa.Table:
    """Return a county's invoices as the real set states its own.

    Each simulated firm is seen through the window of a real one drawn at random: files
    begin and end when they were handed in, not when a firm did.
    """
    tickets, days = county.tickets, county.world.days
    rng = np.random.Generator(np.random.PCG64(SEED))
    seen = days.count - 1 - rng.choice(windows, county.world.firms.count)
    first = np.datetime64(days.first)
    parts = []
    for way, own, other in (
        ("sale", tickets.seller, tickets.buyer),
        ("buy", tickets.buyer, tickets.seller),
    ):
        inside = (tickets.day >= seen[own, 0]) & (tickets.day <= seen[own, 1])
        mine = np.flatnonzero((own >= 0) & inside)
        partner = np.where(other >= 0, other, 10**6 + tickets.partner)[mine]
        columns = {
            "firm": pa.array(own[mine]).cast(pa.string()),
            "way": pa.array([way] * len(mine)),
            "day": pa.array(first + tickets.day[mine]),
            "partner": pa.array(partner).cast(pa.string()),
            "net": tickets.net[mine] / 100,
            "tax": tickets.tax[mine] / 100,
            "total": tickets.total[mine] / 100,
            "void": tickets.voided[mine],
        }
        parts.append(pa.table(columns))
    return pa.concat_tables(parts)


def _chosen(sample: Sample, county: County, folder: Path) -> Sample:
    """Choose as many firms of each class as the hand-made labels have."""
    text = (folder / "industry_hand_label.csv").read_text(encoding="utf-8-sig")
    labels = [line.split(",")[-1].strip() for line in text.splitlines()[1:]]
    rng = np.random.Generator(np.random.PCG64(SEED))
    firms = county.world.firms
    places = np.array([int(firm) for firm in sample.firms])
    own = np.array([firms.codes[place].startswith("92") for place in places])
    trades = np.array([trade.code for trade in firms.trades])[places]
    old = sample.column("sale_span") >= SHORTEST_DAYS
    rows: list[int] = []
    for name, codes in CLASSES.items():
        fits = np.flatnonzero(
            old & np.isin(trades, codes) & (own == (name == OWN_ACCOUNT))
        )
        wanted = min(labels.count(name), len(fits))
        rows += rng.choice(fits, wanted, replace=False).tolist()
    rows.sort()
    chosen = [sample.firms[row] for row in rows]
    return Sample(chosen, sample.names, sample.table[rows])


def _claim(
    name: str,
    value: float | np.floating[Any],
    aim: tuple[float, float],
    *,
    peer: str,
    bounds: tuple[float | None, float | None] = (None, None),
) -> dict[str, Any]:
    low, high = bounds
    return {
        "name": name,
        "value": round(float(value), 3),
        "low": low,
        "high": high,
        "aim": f"{aim[0]:g} to {aim[1]:g}",
        "peer": peer,
        "holds": bool(aim[0] <= value <= aim[1]),
    }


def _targets(real: Sample, sample: Sample) -> list[dict[str, Any]]:
    claims = []
    with TARGETS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        feature, aim = row["feature"], (float(row["low"]), float(row["high"]))
        true = np.nanquantile(real.column(feature), (0.25, 0.5, 0.75))
        ours = np.nanquantile(sample.column(feature), (0.25, 0.5, 0.75))
        peer = f"real {true[1]:.3g} (quartiles {true[0]:.3g}, {true[2]:.3g}); "
        peer += f"simulated quartiles {ours[0]:.3g}, {ours[2]:.3g}"
        claims.append(_claim(f"{row['figure']}, median", ours[1], aim, peer=peer))
    return claims


def _pooled(county: County) -> list[dict[str, Any]]:
    """Return figures over all valid sales invoices, as the real ones are pooled."""
    tickets = county.tickets
    sales = tickets.where((tickets.seller >= 0) & ~tickets.voided & (tickets.net > 0))
    wan = sales.total / 1_000_000
    capped = ((wan >= 9) & (wan <= 11.7)) | ((wan >= 90) & (wan <= 117))  # noqa: PLR2004 - A3
    nine = sales.net // 10 ** np.floor(np.log10(sales.net)).astype(np.int64) == 9  # noqa: PLR2004 - A3
    return [
        _claim("pooled: near a cap", capped.mean(), (0.24, 0.33), peer="real .28"),
        _claim("pooled: first digit 9", nine.mean(), (0.28, 0.38), peer="real .31-.36"),
    ]


def _power(county: County) -> list[dict[str, Any]]:
    """Return figures of meters beside those of Yangzhong."""
    days, first = county.world.days, county.world.first_day
    power = county.power[first:]
    level = np.log10(power.mean(axis=0))
    load = np.sort(power.mean(axis=0))[::-1]
    starts = np.searchsorted(
        days.month[first:], np.arange(county.first_month, days.months)
    )
    monthly = np.log(np.add.reduceat(power, starts, axis=0)[:-1])
    left = monthly - monthly.mean(axis=0)
    left -= left.mean(axis=1, keepdims=True)
    memory = [np.corrcoef(one[:-1], one[1:])[0, 1] for one in left.T]
    weekday = days.weekday[first:]
    sunday = power[weekday == 6].sum(axis=1).mean() / power.sum(axis=1).mean()  # noqa: PLR2004
    low, middle, high = np.quantile(level, (0.25, 0.5, 0.75))
    top = load[: max(len(load) // 100, 1)].sum() / load.sum()
    swing = np.median(left.std(axis=0))
    year = power[days.month_of_year[first:] == 2].mean(axis=0) / power.mean(axis=0)  # noqa: PLR2004
    shown = county.burnt()[first:]
    old = county.world.firms.opens == 0
    dark = (shown[-90:, old].mean(axis=0) < 0.2 * shown[:365, old].mean(axis=0)).mean()
    figures = (
        ("log10 kWh a day, lower quartile", low, (1.8, 2.3), "2.08"),
        ("log10 kWh a day, median", middle, (2.2, 2.8), "2.52"),
        ("log10 kWh a day, upper quartile", high, (2.7, 3.2), "2.95"),
        ("load of the top 1%", top, (0.4, 0.75), ".63-.68"),
        ("monthly log swing", swing, (0.22, 0.45), ".32"),
        ("monthly memory", np.median(memory), (0.3, 0.6), ".48"),
        ("February factor", np.median(year), (0.5, 0.75), ".61-.67"),
        ("gone dark", dark, (0.0, 0.08), ".038"),
        ("Sunday", sunday, (0.82, 0.97), ".87-.90"),
    )
    return [
        _claim(f"meters: {name}", float(value), aim, peer=f"real {true}")
        for name, value, aim, true in figures
    ]


def _model(seed: int, *, trees: int) -> lightgbm.LGBMClassifier:
    return lightgbm.LGBMClassifier(
        n_estimators=trees,
        learning_rate=0.05,
        num_leaves=8,
        min_child_samples=15,
        colsample_bytree=0.6,
        random_state=seed,
        n_jobs=2,
        verbose=-1,
        deterministic=True,
    )


def _apart(real: Sample, sample: Sample, *, repeats: int) -> dict[str, Any]:
    """Say how well a model tells real firms from simulated ones, and by what."""
    x = np.vstack([real.table, sample.table])
    y = np.repeat((1, 0), (len(real.firms), len(sample.firms)))
    scores, gain = np.zeros(len(y)), np.zeros(x.shape[1])
    for seed in range(repeats):
        folds = StratifiedKFold(5, shuffle=True, random_state=seed)
        for train, test in folds.split(x, y):
            model = _model(seed, trees=150).fit(x[train], y[train])
            scores[test] += np.asarray(model.predict_proba(x[test]))[:, 1]
            gain += model.booster_.feature_importance("gain")
    given_away = ", ".join(
        f"{real.names[place]} (alone {_alone(x[:, place], y):.2f})"
        for place in np.argsort(-gain)[:8]
    )
    return _claim(
        "two-sample AUC, real against simulated firms",
        float(roc_auc_score(y, scores)),
        (0.0, 0.70),
        peer=f"given away by {given_away}",
        bounds=_interval(y, scores),
    )


def _alone(column: Table, y: Whole) -> float:
    known = ~np.isnan(column)
    auc = float(roc_auc_score(y[known], column[known]))
    return max(auc, 1 - auc)


def _transfer(
    real: Sample, sample: Sample, county: County, folder: Path
) -> dict[str, Any]:
    """Learn default on simulated firms and rank the real ones that have a label."""
    lost = county.life.treasury.defaulted_on < county.world.days.count
    bad = lost[[int(firm) for firm in sample.firms]]
    text = (folder / "firms_123.csv").read_text(encoding="utf-8-sig")
    rows = [line.split(",") for line in text.splitlines()[1:]]
    label = {row[0]: row[3].strip() == "是" for row in rows}
    places = [place for place, firm in enumerate(real.firms) if firm in label]
    y = np.array([label[real.firms[place]] for place in places])
    scores = np.zeros(len(y))
    for seed in range(5):
        model = _model(seed, trees=80).fit(sample.table, bad)
        scores += np.asarray(model.predict_proba(real.table[places]))[:, 1]
    size = roc_auc_score(y, -real.column("sale_log_sum")[places])
    return _claim(
        f"learnt on {len(bad)} simulated firms ({bad.sum()} bad), AUC on {len(y)} real",
        float(roc_auc_score(y, scores)),
        (0.80, 1.0),
        peer=f"log of sales alone {size:.3f}",
        bounds=_interval(y, scores),
    )


def _interval(y: Whole, scores: Table) -> tuple[float, float]:
    """Return a 95% bootstrap interval of an AUC over firms."""
    rng = np.random.Generator(np.random.PCG64(SEED))
    drawn = []
    for _ in range(DRAWS):
        rows = rng.integers(0, len(y), len(y))
        if 0 < y[rows].sum() < len(rows):
            drawn.append(float(roc_auc_score(y[rows], scores[rows])))
    low, high = np.quantile(drawn, (0.025, 0.975))
    return round(float(low), 3), round(float(high), 3)


if __name__ == "__main__":
    main()
