"""The tax office's yearly credit grade: where it stands, where it came from."""

from typing import Final

import ibis
import ibis.expr.types as ir

from xiaowei.portraits.moments import Moments
from xiaowei.portraits.traits.states import ago_of
from xiaowei.portraits.traits.trait import Facts, Part, Trait, inside

_FROM: Final = ("tax_credit",)
_GRADES: Final = {"A": 4, "B": 3, "M": 2, "C": 1, "D": 0}
_BEST: Final = 4
_SCALE: Final = "A 4, B 3, M 2, C 1, D 0"


def grades(facts: Facts, moments: Moments) -> ir.Table:
    """Return the grades of each enterprise, as last published for each year.

    Returns:
        Shape: one row per key and year; `mark` 0 to 4, `ago`, months ago that it was
        published, `place`, 0 for the last year graded, `back`, how many years before
        that one, `fell`, the place of the last year not graded A, null where all are,
        and `broke`, that of the last year not graded A or followed by a year without a
        grade, null likewise.
    """
    rows = moments.rows(facts["tax_credit"], family="tax_credit")
    named = [(grade, ibis.literal(n, "int64")) for grade, n in _GRADES.items()]
    years = ibis.window(group_by=moments.keys, order_by=ibis.desc("year"))
    own = ibis.window(group_by=moments.keys)
    rows = rows.mutate(
        mark=rows.grade.cases(*named, else_=ibis.null("int64")),
        ago=ago_of(rows, rows.happened_on),
        place=ibis.row_number().over(years),
        back=rows.year.max().over(own) - rows.year,
    )
    fell = rows.place.min(where=rows.mark < _BEST).over(own)
    gone = (rows.mark < _BEST) | (rows.back != rows.place)
    broke = rows.place.min(where=gone).over(own)
    return rows.mutate(fell=fell, broke=broke)


def _at(t: ir.Table, place: int) -> ir.Value:
    return t.mark.max(where=t.place == place).cast("int64")


def _in_a_row(t: ir.Table, end: ir.Value) -> ir.Value:
    return (end.isnull() | (t.place < end)).sum().cast("int64")


TRAITS: Final = (
    Trait(
        "tax_grade_now",
        "纳税信用等级",
        "credit grade of the tax office",
        "grade",
        "now",
        _FROM,
        "lower_is_riskier",
        f"grade of the last year graded: {_SCALE}",
        lambda t: _at(t, 0),
    ),
    Trait(
        "tax_grade_change_now",
        "纳税信用等级变化",
        "change of the credit grade of the tax office",
        "grade",
        "now",
        _FROM,
        "lower_is_riskier",
        f"grade of the last year graded less that of the one before, -4..4: {_SCALE}",
        lambda t: _at(t, 0) - _at(t, 1),
    ),
    Trait(
        "tax_grade_worst_36m",
        "近36月最差纳税信用等级",
        "worst credit grade of the tax office, 36 months",
        "grade",
        "36m",
        _FROM,
        "lower_is_riskier",
        f"lowest of the grades published in the last 36 months: {_SCALE}",
        lambda t: t.mark.min(where=inside(t.ago, 36)).cast("int64"),
    ),
    Trait(
        "tax_a_years_all",
        "连续A级年数",
        "years graded A in a row by the tax office",
        "count",
        "all",
        _FROM,
        "lower_is_riskier",
        "how many of the last years graded were graded A, up to the last that was not",
        lambda t: _in_a_row(t, t.fell),
    ),
    Trait(
        "tax_a_unbroken_years_all",
        "连续A级年数（无缺年）",
        "calendar years graded A in a row, none left out",
        "count",
        "all",
        _FROM,
        "lower_is_riskier",
        "how many calendar years up to the last year graded were graded A, up to the "
        "last that was not or that has no grade",
        lambda t: _in_a_row(t, t.broke),
    ),
)

PART: Final = Part(_FROM, grades, TRAITS)
