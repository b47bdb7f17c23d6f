"""What the check finds: a candidate, the kind of leak, why, and the figures.

The kinds stand in `KINDS`, one line each in Chinese and English. A kind says how the
outcome shows, not who put it there: a copy of the outcome with noise and a sum over the
months after the default both *rank* it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from xiaowei.said import Said

Severity = Literal["leak", "suspect"]
"""A leak is refused; of a suspect a person must say where it comes from."""

Kind = Literal[
    "copy",
    "inverse",
    "ranks",
    "pattern",
    "end",
    "level",
    "only_bads",
    "codes",
    "missing",
    "filled",
    "zero",
    "remainder",
    "precision",
    "spelling",
    "calendar",
    "own_mean",
    "leave_one_out",
    "memory",
    "identifier",
    "row_order",
    "pair",
    "crossing",
    "together",
    "segment",
    "derived",
    "later_day",
    "known_later",
    "outcome_day",
    "duration",
    "unripe",
    "later_copy",
    "copied_rows",
    "both_sides",
    "mixed_times",
    "scaled_together",
    "name",
]

KINDS: Final[Mapping[Kind, Said]] = {
    "copy": Said("就是违约标签本身", "is the outcome itself"),
    "inverse": Said("是违约标签的反面", "is the outcome turned round"),
    "ranks": Said(
        "单独即可几乎完美地排出违约", "ranks the outcome almost perfectly alone"
    ),
    "pattern": Said(
        "数值本身不排序，却几乎完美地区分违约",
        "tells the outcome almost perfectly, though not by its size",
    ),
    "end": Said(
        "一端几乎只有违约企业", "one end holds hardly any firm but defaulted ones"
    ),
    "level": Said("一个取值几乎就是违约本身", "one value is nearly the default itself"),
    "only_bads": Said(
        "一个取值只在违约企业中出现，且与相邻取值截然不同",
        "one value occurs among defaulted firms only, unlike its neighbours",
    ),
    "codes": Said(
        "多个代码合起来几乎就是违约本身", "its codes together are nearly the default"
    ),
    "missing": Said("缺失本身说明违约", "that it is missing tells the outcome"),
    "filled": Said("有值本身说明违约", "that it is filled tells the outcome"),
    "zero": Said("是否为零说明违约", "whether it is zero tells the outcome"),
    "remainder": Said(
        "同样大小的数，能否整除却说明违约",
        "among numbers of one size, the remainder of a division tells the outcome",
    ),
    "precision": Said(
        "同样大小的数，小数位数却说明违约",
        "among numbers of one size, the count of decimals tells the outcome",
    ),
    "spelling": Said(
        "写法（大小写、空格、位数、首尾字符）说明违约",
        "how it is written (case, blanks, length, ends) tells the outcome",
    ),
    "calendar": Said(
        "同一时期的日期，星期或月内日说明违约",
        "among days of one time, the day of the week or month tells the outcome",
    ),
    "own_mean": Said(
        "是本组违约率，且把本行的结果也算了进去",
        "is the bad rate of its group with the row's own outcome counted in",
    ),
    "leave_one_out": Said(
        "在同组之内，数值排出了各行自己的结果",
        "within each group its value ranks the row's own outcome",
    ),
    "memory": Said(
        "几乎唯一的编码，同码各行结果总是相同：只能记住，不能预测",
        "a nearly unique code whose rows share one outcome: memory, not prediction",
    ),
    "identifier": Said(
        "几乎每行一个值：是编号，不是特征",
        "nearly one value a row: an identifier, not a trait",
    ),
    "row_order": Said("行的顺序说明违约", "the order of the rows tells the outcome"),
    "pair": Said(
        "两列相减、相除或相等与否合起来说明违约",
        "the difference, ratio or equality of two columns tells the outcome",
    ),
    "crossing": Said(
        "两列的取值交叉后说明违约，单看任何一列都不能",
        "two columns crossed tell the outcome, though neither does alone",
    ),
    "together": Said(
        "若干列的加权和几乎完美地排出违约",
        "a weighted sum of columns ranks the outcome almost perfectly",
    ),
    "segment": Said(
        "在一部分档案里几乎就是违约本身", "in one part of the files it is the outcome"
    ),
    "derived": Said("由泄漏的列推算而来", "is computed from a column that leaks"),
    "later_day": Said(
        "含有决策日之后的日期", "holds days after the day of the decision"
    ),
    "known_later": Said(
        "决策日之后才为人所知", "became known only after the day of the decision"
    ),
    "outcome_day": Said("就是违约发生的日期", "is the day of the default"),
    "duration": Said(
        "等于从起始到违约的时长", "is the time that passed until the default"
    ),
    "unripe": Said(
        "观察期不够长的企业被当作好客户，时间因此说明违约",
        "firms watched too briefly count as good, so that time tells the outcome",
    ),
    "later_copy": Said(
        "与决策日的快照不同，改动与违约有关",
        "differs from the snapshot of the decision day, and by outcome",
    ),
    "copied_rows": Said(
        "同样的行出现不止一次", "the same rows stand in the table more than once"
    ),
    "both_sides": Said(
        "同一企业或所有人既在训练又在测试中",
        "the same firm or owner is learnt from and tested on",
    ),
    "mixed_times": Said(
        "训练中有决策晚于测试的行：不是跨期检验",
        "rows decided later than the test are learnt from: no test over time",
    ),
    "scaled_together": Said(
        "用训练与测试合并的统计量变换过",
        "was transformed by statistics of learning and test rows together",
    ),
    "name": Said("名称指的是违约之后的事", "its name speaks of what follows a default"),
}
"""Kind of leak to what is said of it."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A candidate refused or doubted.

    Args:
        candidate: which: a column, or in brackets what no column is, as `(row order)`.
        reason: why.
        evidence: the figures behind it.
        kind: how the outcome shows.
        severity: whether it is refused or must be looked at.
        columns: every column concerned; of a pair there are two.
    """

    candidate: str
    reason: Said
    evidence: str
    kind: Kind = "ranks"
    severity: Severity = "leak"
    columns: tuple[str, ...] = ()


def found(
    candidate: str,
    kind: Kind,
    evidence: str,
    *,
    severity: Severity = "leak",
    columns: tuple[str, ...] | None = None,
) -> Leak:
    """Return a leak in the words of its kind.

    Args:
        candidate: a column, or in brackets what is none.
        kind: how the outcome shows.
        evidence: the figures behind it.
        severity: of the finding.
        columns: those concerned; the candidate itself if not given.
    """
    named = (candidate,) if columns is None else columns
    return Leak(candidate, KINDS[kind], evidence, kind, severity, named)
