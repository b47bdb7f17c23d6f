"""Numbers and words as people read them; what is missing says so."""

import json
import math
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from markupsafe import Markup

from xiaowei.money import FEN_PER_WAN, wan_text, yuan_text
from xiaowei.surfaces.report.texts import words, words_or

_BOTH: Final = Markup('<span lang="zh">{}</span><span lang="en">{}</span>')
_UNKNOWN: Final = Markup('<span class="unknown">{}</span>')
_MONEY: Final = Markup('<span title="{} 元">{}</span>')
_MINUS: Final = "\N{MINUS SIGN}"
_SMALLEST: Final = 0.0001
_WORD_UNITS: Final = ("days", "months", "kwh", "m3")


def text(key: str, **facts: object) -> Markup:
    """Return a text of the catalogue in both languages; facts are escaped.

    A fact that is (Chinese, English) is said in the language of each.

    >>> str(text("rating"))
    '<span lang="zh">评级</span><span lang="en">Rating</span>'
    """
    zh, en = (Markup(one) for one in words(key))  # noqa: S704 (our own catalogue)
    if facts:
        zh = zh.format(**{name: _in(one, 0) for name, one in facts.items()})
        en = en.format(**{name: _in(one, 1) for name, one in facts.items()})
    return _BOTH.format(zh, en)


def _in(fact: object, language: int) -> object:
    return fact[language] if isinstance(fact, tuple) else fact


def unknown() -> Markup:
    """Return the mark of a value that nobody knows."""
    return _UNKNOWN.format(text("unknown"))


def say(said: Mapping[str, str] | str | None) -> Markup:
    """Return what a run says, in both languages where it has them.

    >>> str(say({"zh": "甲", "en": "<b>"}))
    '<span lang="zh">甲</span><span lang="en">&lt;b&gt;</span>'
    """
    if said is None or said == "":
        return unknown()
    if isinstance(said, str):
        return Markup.escape(said)
    if said["zh"] == said["en"]:
        return Markup.escape(said["zh"])
    return _BOTH.format(said["zh"], said["en"])


def named(prefix: str, key: str | None) -> Markup:
    """Return the catalogue's name of a key that a run uses, or the key itself."""
    if key is None:
        return unknown()
    pair = words_or(f"{prefix}_{key}", key)
    return Markup.escape(key) if pair.zh == key else _BOTH.format(pair.zh, pair.en)


def money(fen: int | None, *, digits: int = 2) -> Markup:
    """Write fen in 万元, the exact yuan one hover away.

    >>> str(money(123_456_789))
    '<span title="1,234,567.89 元">123.46</span>'
    """
    if not _known(fen):
        return unknown()
    exact = int(fen or 0)
    return _MONEY.format(yuan_text(exact), _minus(wan_text(exact, digits=digits)))


def wan(fen: float | None) -> float | None:
    """Return fen in 万元 for a chart."""
    return None if not _known(fen) else round((fen or 0) / FEN_PER_WAN, 2)


def percent(share: float | None, *, digits: int = 2) -> Markup:
    """Write a share as a percentage.

    >>> str(percent(0.0325)), str(percent(0.00001))
    ('3.25%', '&lt;0.01%')
    """
    if not _known(share):
        return unknown()
    value = share or 0.0
    if 0 < value < _SMALLEST:
        return Markup.escape("<0.01%")
    return Markup.escape(f"{_fixed(value * 100, digits)}%")


def decimal(value: float | None, *, digits: int = 3) -> Markup:
    """Write a number with fixed decimals.

    >>> str(decimal(0.81249))
    '0.812'
    """
    return Markup.escape(_fixed(value or 0.0, digits)) if _known(value) else unknown()


def whole(value: float | None) -> Markup:
    """Write a count.

    >>> str(whole(1234567))
    '1,234,567'
    """
    return decimal(value, digits=0)


def signed(points: int | None) -> Markup:
    """Write points with their sign.

    >>> str(signed(12)), str(signed(-8)), str(signed(0))
    ('+12', '−8', '0')
    """
    if not _known(points):
        return unknown()
    value = int(points or 0)
    return Markup.escape(f"+{value}" if value > 0 else _minus(str(value)))


def amount(value: object, *, unit: str) -> Markup:
    """Write a trait's value in its unit.

    >>> str(amount(0.25, unit="share"))
    '25.00%'
    """
    if isinstance(value, str) and value:
        return Markup.escape(value)
    if not isinstance(value, int | float) or not math.isfinite(value):
        return unknown()
    if unit == "fen":
        return Markup("{} {}").format(money(round(value)), text("wan"))
    if unit == "share":
        return percent(value)
    number = decimal(value, digits=0 if float(value).is_integer() else 2)
    if unit in _WORD_UNITS:
        return Markup("{} {}").format(number, text(f"unit_{unit}"))
    return number


def data(value: object) -> Markup:
    r"""Return a value as JSON that no HTML parser can leave early.

    >>> str(data({"name": "</script>"}))
    '{"name":"\\u003c/script\\u003e"}'
    """
    plain = json.dumps(
        value, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    for mark in "<>&\u2028\u2029":
        plain = plain.replace(mark, f"\\u{ord(mark):04x}")
    return Markup(plain)  # noqa: S704 (every mark of HTML was replaced above)


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _fixed(value: float, digits: int) -> str:
    unit = Decimal(1).scaleb(-digits)
    rounded = Decimal(str(value)).quantize(unit, rounding=ROUND_HALF_UP)
    return _minus(f"{rounded + 0:,}")


def _minus(number: str) -> str:
    return number.replace("-", _MINUS, 1)
