"""What surrounds an enterprise: economic series, and the parks of the region."""

from typing import Final

from xiaowei.facts.contracts.contract import Column, Source, happened_on, known_on
from xiaowei.said import Said

SERIES: Final = Source(
    name="series",
    zh="经济序列",
    family="series",
    meaning=Said(
        "宏观、行业与利率序列：每期的值与公布日；修订作为更晚获知的一行。画像使用LPR1Y、"
        "PMI，以及INDUSTRY-后接GB/T 4754代码的行业序列（如INDUSTRY-C13）；核验使用逐日"
        "平均气温TEMPERATURE（摄氏度），或后接GB/T 2260前几位（如TEMPERATURE-3309）",
        "Macro, industry and interest-rate series: the value of a period and the day "
        "published; a revision is a later row. Portraits look at LPR1Y, PMI, and "
        "INDUSTRY- with a code of GB/T 4754, such as INDUSTRY-C13; verification at "
        "TEMPERATURE, the mean of each day in degrees Celsius, alone or with the first "
        "digits of GB/T 2260, such as TEMPERATURE-3309",
    ),
    columns=(
        Column("series", "code", ("序列", "series", "指标")),
        happened_on("期末", "period_end", "日期"),
        Column("value", "number", ("值", "value", "数值")),
        known_on(),
    ),
    happened="happened_on",
    key="series",
    about=("happened_on",),
)
PARKS: Final = Source(
    name="parks",
    zh="园区名录",
    family="parks",
    meaning=Said(
        "本地区的园区：所在地、主导产业、面积、企业数",
        "The parks of the region: where they are, their main trade, size and how many "
        "enterprises they hold",
    ),
    columns=(
        Column("park", "text", ("园区", "park", "园区名称")),
        Column("region", "text", ("地区", "region"), required=False),
        Column("industry", "code", ("主导产业", "industry"), required=False),
        Column("area_m2", "number", ("面积", "area_m2"), required=False),
        Column("firms", "count", ("企业数", "firms"), required=False),
        happened_on("设立日期", "since_on", required=False),
        known_on(),
    ),
    happened="happened_on",
    register=True,
    key="park",
)
