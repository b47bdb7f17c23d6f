"""The trades of the county: what each costs, sells, burns, and buys from whom."""

from dataclasses import dataclass
from typing import Final, Literal

from xiaowei.simulate.seasons import Rhythm

Group = Literal["A", "C", "E", "F51", "F52", "G", "H", "I"]
"""Trades that buy alike; I stands for software and technical services."""

VatClass = Literal["goods", "low", "service", "small"]


@dataclass(frozen=True, slots=True)
class Trade:
    """What firms of one trade have in common.

    Args:
        code: letter and division of GB/T 4754-2017.
        words: what the trade is called in a firm's name.
        share: of the county's firms, 0..1.
        group: trades that buy alike.
        yearly_sales_wan: median sales a year in 万元.
        wages: share of sales, 0..1.
        overheads: rent and other fixed costs, share of sales, 0..1.
        vat: class of VAT rate of a general taxpayer.
        small_scale: share of its firms that are small-scale taxpayers, 0..1.
        pay_days: mean days until its buyers pay.
        stock_days: days of sales kept finished in stock.
        rhythm: whose year it follows.
        log_kwh: mean of log10 kWh a day.
        base_load: share of power that does not follow production, 0..1.
        elasticity: of the rest of the power on production.
        deals: median number of deals in three years.
    """

    code: str
    words: tuple[str, ...]
    share: float
    group: Group
    yearly_sales_wan: float
    wages: float
    overheads: float
    vat: VatClass
    small_scale: float
    pay_days: float
    stock_days: float
    rhythm: Rhythm
    log_kwh: float
    base_load: float
    elasticity: float
    deals: float

    @property
    def is_plant(self) -> bool:
        """Say whether power follows what it makes."""
        return self.group == "C"


# fmt: off
TRADES: Final = (
    # code, words in names, share, group,
    #   sales a year in 万元, wages, overheads, VAT, small-scale, pay days, stock days,
    #   rhythm, log10 kWh a day, base load, elasticity, deals in three years
    Trade(
        "C13", ("食品", "粮油食品", "水产食品"), 0.05, "C",
        780, 0.11, 0.06, "goods", 0.05, 38, 8,
        "works", 2.90, 0.16, 0.75, 185,
    ),
    Trade(
        "C17", ("纺织", "针织", "印染"), 0.06, "C",
        840, 0.15, 0.06, "goods", 0.05, 48, 14,
        "works", 3.15, 0.12, 0.85, 165,
    ),
    Trade(
        "C29", ("塑胶制品", "橡塑", "塑料包装"), 0.06, "C",
        660, 0.14, 0.07, "goods", 0.08, 50, 9,
        "works", 3.05, 0.13, 0.85, 175,
    ),
    Trade(
        "C33", ("五金制品", "金属制品", "紧固件"), 0.09, "C",
        720, 0.16, 0.07, "goods", 0.08, 52, 10,
        "works", 3.00, 0.13, 0.85, 175,
    ),
    Trade(
        "C34", ("机械", "精密机械", "泵阀"), 0.07, "C",
        900, 0.18, 0.08, "goods", 0.05, 62, 14,
        "works", 2.85, 0.16, 0.75, 130,
    ),
    Trade(
        "C39", ("电子", "电子科技", "光电"), 0.05, "C",
        1020, 0.17, 0.08, "goods", 0.03, 58, 10,
        "works", 2.80, 0.18, 0.70, 135,
    ),
    Trade(
        "E47", ("建筑工程", "建设"), 0.04, "E",
        1080, 0.19, 0.06, "low", 0.06, 75, 0,
        "works", 2.35, 0.45, 0.40, 85,
    ),
    Trade(
        "E50", ("装饰工程", "装饰设计"), 0.06, "E",
        480, 0.20, 0.08, "low", 0.20, 65, 0,
        "works", 2.15, 0.60, 0.30, 95,
    ),
    Trade(
        "F51", ("商贸", "建材贸易", "供应链管理"), 0.16, "F51",
        1140, 0.05, 0.05, "goods", 0.08, 38, 12,
        "works", 2.20, 0.75, 0.20, 215,
    ),
    Trade(
        "F52", ("百货", "家居用品", "数码商行"), 0.10, "F52",
        250, 0.10, 0.11, "goods", 0.55, 6, 14,
        "shop", 2.30, 0.80, 0.15, 240,
    ),
    Trade(
        "G54", ("物流", "运输", "货运代理"), 0.06, "G",
        480, 0.20, 0.09, "low", 0.12, 42, 0,
        "works", 2.15, 0.75, 0.20, 210,
    ),
    Trade(
        "H62", ("餐饮管理", "餐饮服务"), 0.06, "H",
        160, 0.25, 0.18, "service", 0.65, 4, 0,
        "shop", 2.55, 0.60, 0.30, 245,
    ),
    Trade(
        "I65", ("软件", "信息技术", "网络科技"), 0.05, "I",
        330, 0.42, 0.12, "service", 0.18, 55, 0,
        "office", 2.10, 0.85, 0.15, 95,
    ),
    Trade(
        "M74", ("检测技术", "工程咨询", "设计咨询"), 0.04, "I",
        270, 0.40, 0.12, "service", 0.20, 50, 0,
        "office", 2.10, 0.85, 0.15, 110,
    ),
    Trade(
        "A01", ("农业开发", "生态农业"), 0.05, "A",
        230, 0.22, 0.12, "low", 0.35, 28, 10,
        "shop", 2.40, 0.50, 0.40, 115,
    ),
)
# fmt: on

SUPPLIERS: Final[dict[Group, dict[Group, float]]] = {
    "A": {"F51": 2.0, "C": 0.3, "G": 0.3},
    "C": {"C": 4.0, "F51": 3.0, "G": 1.0, "I": 0.4, "A": 0.3},
    "E": {"C": 3.0, "F51": 3.0, "G": 0.5, "E": 0.8},
    "F51": {"C": 4.0, "F51": 1.0, "G": 0.7, "A": 0.4},
    "F52": {"F51": 4.0, "C": 1.0, "A": 0.4},
    "G": {"F51": 1.0, "F52": 0.4, "C": 0.3},
    "H": {"A": 3.0, "F51": 2.0, "F52": 1.0},
    "I": {"I": 1.5, "F51": 0.7, "F52": 0.4},
}
"""How strongly a buyer's group draws on a supplier's group."""
