"""Counterparties linked to enterprises: how many rightly, how fast, beside two peers.

    python bench/linkage.py [--quick] [--json]

The truth is made here: enterprises, and counterparties that mean one of them (or none)
under a name as others write it. Two lists: a wide one, of many brands in five
counties, and the simulated county's own, crowded by design. The peer's threshold is the
best on the very names it is judged by, which flatters it.
"""

import argparse
import json
import platform
import resource
import sys
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from rapidfuzz import fuzz, process

from xiaowei.facts.former import FORMER
from xiaowei.facts.linkage import expected_wrong, link
from xiaowei.simulate.names import credit_code, firm_names
from xiaowei.simulate.places import Place
from xiaowei.simulate.trades import TRADES

# A bench is run by its path, which finds its own folder only.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.claims import claim, told

Marks = npt.NDArray[np.bool_]
SEEDS: Final = (7, 8, 9)
AS_OF: Final = date(2026, 6, 30)
FIRMS, QUICK_FIRMS, LARGE, QUICK_LARGE = 3_000, 800, 100_000, 5_000
PER_FIRM: Final = 3
DRAWS: Final = 1_000
MOST_MINUTES, MOST_MIB, LEAST, WRONG = 10.0, 6_144.0, 0.98, 0.01

SYLLABLES: Final = (
    "宏恒鑫瑞华永昌泰盛嘉金顺德信和润源诚兴隆达远丰通利发盈辉博泽凯腾翔宇祥安邦旺康"
    "明星海天龙飞鹏程锦绣云峰林森禾田美佳丽雅芳兰梅竹松柏春夏秋东南西北新世纪元亨贞"
    "江河湖山石玉珠宝银铜铁钢木火水土正大光中立志创业成功立方圆贵福禄寿喜庆吉百千万"
)
COUNTIES: Final = ("云溪县", "青禾县", "临港市", "石桥县", "南屏市")
ENDS: Final = ("有限公司",) * 12 + ("股份有限公司", "经营部", "商行", "厂", "合伙企业")
WORDS: Final = tuple(dict.fromkeys(word for trade in TRADES for word in trade.words))

WAYS: Final = {
    "as registered": 0.52,
    "width, spaces, brackets": 0.10,
    "form changed": 0.08,
    "form dropped": 0.07,
    "region dropped": 0.11,
    "one character wrong, lost or doubled": 0.04,
    "shortened": 0.02,
    "former name": 0.04,
    "branch": 0.02,
}
"""Assumed shares of writings of an enterprise's name; no public count is known to us.
A branch is another enterprise, so it means none of the list."""

OUTSIDE: Final = 0.25
"""Share of counterparties that are not in the list."""

NEAR: Final = 0.02
"""Share of those whose name differs in one character from a name in the list."""

NONE_OF_THE_LIST: Final = frozenset({"branch", "outside", "outside, near"})
WITH_ACCOUNT, OWN_ACCOUNT, WITH_CODE = 0.5, 0.7, 0.15
"""Shares that state an account, that use the one we know, that state a code."""
OWN, THREE, HALF, SHORT = 0.3, 0.4, 0.5, 4
CHANGED: Final = {
    "有限公司": "有限责任公司", "股份有限公司": "有限公司", "经营部": "商行",
    "商行": "经营部", "厂": "加工厂",
}  # fmt: skip

Scores = dict[str, tuple[float, ...]]
"""Precision, recall and F1, each with the bounds of its 95% interval, all 0..1."""


@dataclass(frozen=True, slots=True)
class Case:
    """Two lists to link and the truth: each counterparty's enterprise, "" for none."""

    enterprises: pa.Table
    counterparties: pa.Table
    former: pa.Table
    truth: list[str]
    ways: list[str]


def main() -> None:
    """Run the bench and print a table, or with --json one line."""
    asked = _arguments()
    firms = QUICK_FIRMS if asked.quick else FIRMS
    claims = []
    for world in ("wide", "county"):
        claims += _quality(world, firms=firms, shown=not asked.json)
    claims += _speed(QUICK_LARGE if asked.quick else LARGE)
    if asked.json:
        machine = f"{platform.machine()}, {platform.system()}"
        bench = {"bench": "linkage", "machine": machine, "seed": SEEDS[0]}
        print(json.dumps({**bench, "claims": claims}, ensure_ascii=False))
        return
    for one in claims:
        print(told(one))


def made(world: str, *, firms: int, seed: int) -> Case:
    """Return a case drawn anew.

    Args:
        world: "wide", or "county" for names as the simulator gives them.
        firms: enterprises in the list; others are outside it.
        seed: where chance comes from.
    """
    rng = np.random.default_rng(seed)
    # All different: enterprises, those outside, and former names.
    drawn = _names(world, round(firms * (2 + OUTSIDE)), rng=rng)
    names, rest = drawn[:firms], drawn[firms:]
    former, outside = rest[:firms], rest[firms:]
    accounts = [_account(rng) for _ in names]
    codes = [credit_code("91", region="330999", number=n) for n in range(firms)]
    ids = [f"E{place:06d}" for place in range(firms)]
    rows = []
    for place in range(firms * PER_FIRM):
        which = int(rng.integers(firms))
        way = _way(rng)
        written = _written(names[which], way, old=former[which], rng=rng)
        if way == "outside":
            written = _one(outside, rng)
        means = way not in NONE_OF_THE_LIST
        owned = means and rng.random() < OWN_ACCOUNT
        account = accounts[which] if owned else _account(rng)
        code = codes[which] if means and rng.random() < WITH_CODE else None
        truth = ids[which] if means else ""
        rows.append((f"C{place}", written, _known(account, rng), code, truth, way))
    shown = [_known(account, rng) for account in accounts]
    regions = [_parts(name)[0] for name in names]
    keys = ("counterparty_id", "name", "account", "code", "truth", "way")
    columns = dict(zip(keys, zip(*rows, strict=True), strict=True))
    return Case(
        _texts(
            enterprise_id=ids, name=names, region=regions, account=shown, code=codes
        ),
        _texts(**{key: columns[key] for key in keys[:4]}),
        pa.table([ids, former, [None] * firms, [AS_OF] * firms], schema=FORMER),
        [*columns["truth"]],
        [*columns["way"]],
    )


def _texts(**columns: Sequence[str | None]) -> pa.Table:
    return pa.table({key: pa.array(col, pa.string()) for key, col in columns.items()})


def _way(rng: np.random.Generator) -> str:
    if rng.random() < OUTSIDE:
        return "outside, near" if rng.random() < NEAR else "outside"
    return str(rng.choice(list(WAYS), p=list(WAYS.values())))


def _known(value: str, rng: np.random.Generator) -> str | None:
    return value if rng.random() < WITH_ACCOUNT else None


def _account(rng: np.random.Generator) -> str:
    return f"62{rng.integers(10**15):015d}"


def _names(world: str, count: int, *, rng: np.random.Generator) -> list[str]:
    if world == "county":
        words = [WORDS[one] for one in rng.integers(len(WORDS), size=count)]
        own = [bool(one) for one in rng.random(count) < OWN]
        return firm_names(words, own_account=own, place=Place(), rng=rng)
    names: dict[str, None] = {}
    while len(names) < count:
        brand = "".join(_one(SYLLABLES, rng) for _ in range(2 + (rng.random() < THREE)))
        parts = (_one(COUNTIES, rng), brand, _one(WORDS, rng), _one(ENDS, rng))
        names["".join(parts)] = None
    return list(names)


def _one(among: Sequence[str], rng: np.random.Generator) -> str:
    return among[int(rng.integers(len(among)))]


def _parts(name: str) -> tuple[str, str, str]:
    """Return region, core and form of a name made here."""
    region = next((one for one in COUNTIES if name.startswith(one)), name[:2])
    end = next(one for one in sorted(set(ENDS), key=len)[::-1] if name.endswith(one))
    return region, name.removeprefix(region).removesuffix(end), end


def _written(name: str, way: str, *, old: str, rng: np.random.Generator) -> str:
    """Return a name in one of `WAYS`; what is none of them leaves it."""
    region, core, end = _parts(name)
    spread = f"{core}（{region}）{end}" if rng.random() < HALF else f"{name} "
    part = "第二分公司" if rng.random() < HALF else f"{region}分公司"
    slipped = region + _slip(core, rng=rng) + end
    ways = {
        "width, spaces, brackets": spread.replace("有限", " 有限"),
        "form changed": region + core + CHANGED.get(end, f"{end}（个体工商户）"),
        "form dropped": region + core + ("公司" if end == "有限公司" else ""),
        "region dropped": core + end,
        "one character wrong, lost or doubled": slipped,
        "outside, near": slipped,
        "shortened": region + core[:SHORT] + (end if rng.random() < HALF else ""),
        "former name": old,
        "branch": name + part,
    }
    return ways.get(way, name)


def _slip(text: str, *, rng: np.random.Generator) -> str:
    """Return a text with one character wrong, lost or doubled."""
    place = int(rng.integers(len(text)))
    other = _one([one for one in SYLLABLES if one != text[place]], rng)
    put = (other, other, "", text[place] * 2)[int(rng.integers(4))]
    return text[:place] + put + text[place + 1 :]


def _quality(world: str, *, firms: int, shown: bool) -> list[dict[str, Any]]:
    """Return the claims on one world over all seeds; prints the recall of each way."""
    hits: dict[str, list[Marks]] = {}
    stated, ways = [], []
    for seed in SEEDS:
        case = made(world, firms=firms, seed=seed)
        links = _linked(case)
        stated.append(expected_wrong(links))
        for name, marks in {
            "all signs": _marks(_chosen(links), case.truth),
            "names alone": _marks(_chosen(_linked(_bare(case))), case.truth),
            "exact": _marks(_exact(case), case.truth),
            "rapidfuzz": _fuzzy(case),
        }.items():
            hits.setdefault(name, []).append(marks)
        ways += case.ways
    scores = {name: _scores(np.concatenate(marks)) for name, marks in hits.items()}
    if shown:
        _tell(world, np.concatenate(hits["all signs"]), ways, scores)
    told_of = "{} F1 {:.4f} [{:.4f}, {:.4f}]"
    peers = {name: scores[name]["F1"] for name in ("exact", "rapidfuzz")}
    peer = "; ".join(told_of.format(name, *one) for name, one in peers.items())
    claims = [
        claim(
            f"{world}: {what}", scores["all signs"][what], LEAST, most=False, peer=peer
        )
        for what in ("precision", "recall", "F1")
    ]
    called = f"{world}, seeing names and regions alone: F1 (aim: the better peer)"
    best, alone = max(peers.values())[0], scores["names alone"]["F1"]
    claims.append(claim(called, alone, best, most=False, peer=peer))
    value, low, high = scores["all signs"]["precision"]
    wrong, expects = (1 - value, 1 - high, 1 - low), float(np.mean(stated))
    called = f"{world}: share of links wrong (the model expects {expects:.4f})"
    return [*claims, claim(called, wrong, WRONG)]


def _linked(case: Case) -> pa.Table:
    both = (case.enterprises, case.counterparties)
    return link(*both, as_of=AS_OF, former=case.former)


def _bare(case: Case) -> Case:
    """Return a case without accounts, codes and former names: what the peers see."""
    return replace(
        case,
        enterprises=case.enterprises.select(["enterprise_id", "name", "region"]),
        counterparties=case.counterparties.select(["counterparty_id", "name"]),
        former=case.former.slice(0, 0),
    )


def _chosen(links: pa.Table) -> list[str]:
    """Return the enterprise linked, or "", per counterparty."""
    chosen: dict[str, str] = {}
    for row in links.to_pylist():
        linked = row["result"] == "linked"
        chosen[row["counterparty_id"]] = row["enterprise_id"] if linked else ""
    return list(chosen.values())


def _marks(chosen: Sequence[str], truth: Sequence[str]) -> Marks:
    """Return per counterparty: linked rightly, linked, means one of the list."""
    pairs = zip(chosen, truth, strict=True)
    return np.array([(bool(a) and a == b, bool(a), bool(b)) for a, b in pairs])


def _exact(case: Case) -> list[str]:
    """Return links by the name alone, in one width and without spaces and signs."""
    held = dict(
        zip(
            _flat(case.enterprises),
            case.enterprises["enterprise_id"].to_pylist(),
            strict=True,
        )
    )
    return [held.get(name, "") for name in _flat(case.counterparties)]


def _fuzzy(case: Case) -> Marks:
    """Return links of rapidfuzz's token_sort_ratio at its best threshold."""
    ids = case.enterprises["enterprise_id"].to_pylist()
    scores = process.cdist(
        _flat(case.counterparties),
        _flat(case.enterprises),
        scorer=fuzz.token_sort_ratio,
        workers=2,
        dtype=np.uint8,
    )
    pairs = [*zip(scores.argmax(axis=1), scores.max(axis=1), strict=True)]
    tried = (
        _marks([ids[one] if top >= least else "" for one, top in pairs], case.truth)
        for least in range(60, 101, 2)
    )
    return max(tried, key=_f1)


def _flat(table: pa.Table) -> list[str]:
    wide = (unicodedata.normalize("NFKC", name) for name in table["name"].to_pylist())
    return ["".join(sign for sign in name if sign.isalnum()) for name in wide]


def _f1(marks: Marks) -> float:
    right, linked, meant = marks.sum(axis=0)
    return float(2 * right / max(linked + meant, 1))


def _scores(marks: Marks) -> Scores:
    """Return the scores with the 95% of a bootstrap over counterparties."""
    rng = np.random.default_rng(SEEDS[0])
    kinds, counts = np.unique(marks, axis=0, return_counts=True)
    drawn = rng.multinomial(len(marks), counts / len(marks), size=DRAWS)
    right, linked, meant = (np.vstack([counts, drawn]) @ kinds).T
    each = (right / np.maximum(linked, 1), right / meant, 2 * right / (linked + meant))
    return {
        name: (float(one[0]), *map(float, np.quantile(one[1:], (0.025, 0.975))))
        for name, one in zip(("precision", "recall", "F1"), each, strict=True)
    }


def _tell(
    world: str, marks: Marks, ways: Sequence[str], scores: dict[str, Scores]
) -> None:
    print(f"{world}: way, counterparties, linked rightly, linked wrongly, not linked")
    for way in dict.fromkeys(ways):
        mine = marks[np.array(ways) == way]
        right, linked, _ = mine.sum(axis=0)
        counts = (len(mine), right, linked - right, len(mine) - linked)
        print(f"  {way:38}", *(f"{count:7}" for count in counts))
    for name, one in scores.items():
        print(f"  {name:12}", *(f"{what} {v[0]:.4f}" for what, v in one.items()))


def _speed(firms: int) -> list[dict[str, Any]]:
    """Return time and memory of one large linkage; what ran before took far less."""
    case = made("wide", firms=firms, seed=SEEDS[0])
    begun = time.perf_counter()
    links = _linked(case)
    minutes = (time.perf_counter() - begun) / 60
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    scores = _scores(_marks(_chosen(links), case.truth))
    called = f"{firms:,} enterprises, {firms * PER_FIRM:,} counterparties"
    return [
        claim(f"{called}: minutes", (minutes,), MOST_MINUTES),
        claim(f"{called}: peak MiB", (peak,), MOST_MIB),
        *(
            claim(f"{called}: {what}", one, LEAST, most=False)
            for what, one in scores.items()
        ),
    ]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small lists")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    return parser.parse_args()


if __name__ == "__main__":
    main()
