"""What an enterprise is called: a name taken apart, so that writings of it meet."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

_PROVINCES: Final = (
    "北京", "天津", "上海", "重庆", "河北", "山西", "辽宁", "吉林", "黑龙江", "江苏",
    "浙江", "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "海南",
    "四川", "贵州", "云南", "陕西", "甘肃", "青海", "台湾", "内蒙古", "广西", "西藏",
    "宁夏", "新疆", "香港", "澳门", "中国",
)  # fmt: skip
_LEVELS: Final = (
    "壮族自治区", "回族自治区", "维吾尔自治区", "特别行政区", "自治区", "自治州",
    "自治县", "省", "市", "县", "区",
)  # fmt: skip
_NO_PLACE: Final = re.compile(
    "(?:[社小园景校厂库矿林湾片街商]|开发|生活|工业|旅游|服务|保税)区$|^..城区$"
    "|(?:[城超都夜菜股早门花上]|大都|菜|批发|农贸)市$"
)
"""Ends of words that are no place: a supermarket's 市 is not a city's."""
_NO_START: Final = "场值政民容面"
"""What after 市 or 区 makes another word, as 市场."""

_COMPANY_WORDS: Final = (
    "集团股份有限公司", "集团有限责任公司", "集团有限公司", "集团公司", "集团",
    "股份有限公司", "有限责任公司", "股份公司", "有限公司", "总公司", "公司",
)  # fmt: skip
_PARTNER_WORDS: Final = ("合伙企业", "普通合伙", "有限合伙", "特殊普通合伙")
_FARMER_WORDS: Final = ("农民专业合作社", "专业合作社", "合作社")
_TRADER_WORDS: Final = (
    "个体工商户", "个人独资企业", "经营部", "经销部", "服务部", "门市部", "供应站",
    "工作室", "商行", "商店", "商铺", "店",
)  # fmt: skip
_PLANT_WORDS: Final = ("加工厂", "厂", "作坊")
_KINDS: Final = {
    word: kind
    for kind, words in {
        "company": _COMPANY_WORDS,
        "partnership": _PARTNER_WORDS,
        "cooperative": _FARMER_WORDS,
        "trader": _TRADER_WORDS,
        "plant": _PLANT_WORDS,
    }.items()
    for word in words
}
_FORMS: Final = sorted(_KINDS, key=len, reverse=True)
_DESIGNATIONS: Final = frozenset(
    {"普通合伙", "有限合伙", "特殊普通合伙", "个体工商户", "个人独资企业"}
)
"""What the law puts in brackets behind a name that has its form already, as in
宏达合伙企业（有限合伙） and 宏达经营部（个体工商户）; writers omit the brackets."""
_BRANCH: Final = re.compile(
    "(?:分公司|分店|分厂|分行|支行|分部|分社|分院|办事处|代表处|营业部)$"
)
_BRANCH_ALONE: Final = re.compile(
    r"(?:第?[一二三四五六七八九十\d]+)?(?:分公司|分店|分厂|分行|支行)$"
)
_PARENT: Final = re.compile(".{2,}?(?:有限责任公司|有限公司|股份公司|总公司|合伙企业)")

_BRACKETS: Final = re.compile(r"[(\[{<《〈【〔「『](.*?)[)\]}>》〉】〕」』]")
_LEAST_CORE: Final = 2
_MOST_ROUNDS: Final = 8


@dataclass(frozen=True, slots=True)
class NormalName:
    """A name's parts; together they hold every letter and digit of it.

    Args:
        core: what tells it from others, as 宏达五金制品; "" if there is none.
        region: places that lead the name or stand in brackets, in the order written.
        form: legal form, or what the business calls itself, as 有限公司 or 经营部.
        branch: which part of an enterprise, as 第二分公司; "" for a whole one.
        asides: what other brackets hold, in the order written.
    """

    core: str
    region: tuple[str, ...] = ()
    form: str = ""
    branch: str = ""
    asides: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Write the name in one way only."""
        asides = "".join(f"({aside})" for aside in self.asides)
        return "".join(self.region) + self.core + asides + self.form + self.branch

    @property
    def places(self) -> frozenset[str]:
        """Name the places without their level, so that 云溪县 and 云溪 are one."""
        return frozenset(map(without_level, self.region))

    @property
    def kind(self) -> str:
        """Name the kind of legal form; "" if the name does not tell."""
        ends = (_KINDS[word] for word in _FORMS if self.form.endswith(word))
        return next(ends, "")


def normal(name: str, *, places: Collection[str] = ()) -> NormalName:
    """Take a name apart.

    Full-width characters become half-width, small letters capitals; spaces and
    punctuation go, since writers leave them out. A branch is another enterprise than
    its parent, so it keeps its own part.

    Args:
        name: as anyone wrote it.
        places: without their level, as 云溪, known to lead names without it; beside
            them a province is known, and any word of two or three characters before
            省, 市, 县 or 区 is taken for a place.

    >>> normal("浙江省云溪县宏达五金制品有限公司")
    NormalName(core='宏达五金制品', region=('浙江省', '云溪县'), form='有限公司', \
branch='', asides=())
    >>> normal("宏达五金（云溪）有限公司第二分公司", places={"云溪"}).branch
    '第二分公司'
    """
    parted = _part(_plain(name), places)
    for _ in range(_MOST_ROUNDS):
        again = _part(parted.text, places)
        if again == parted:
            break
        parted = again
    return parted


def without_level(place: str) -> str:
    """Return a place without the word for its level, if a name is left.

    >>> without_level("云溪县"), without_level("广西壮族自治区"), without_level("区")
    ('云溪', '广西', '区')
    """
    for level in _LEVELS:
        if place.endswith(level) and len(place) >= len(level) + _LEAST_CORE:
            return place.removesuffix(level)
    return place


def _plain(name: str) -> str:
    """Return letters, digits and brackets in one width and case."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).upper())
    flat = _BRACKETS.sub(r"(\1)", folded)
    return "".join(sign for sign in flat if sign.isalnum() or sign in "()")


def _part(plain: str, places: Collection[str]) -> NormalName:
    held = [inside for inside in _BRACKETS.findall(plain) if _bare(inside)]
    main = _bare(_BRACKETS.sub("", plain))
    main, branch = _branch_off(main)
    main, form = _form_off(main)
    main, region = _region_off(main, places)
    asides: list[str] = []
    for inside in map(_bare, held):
        rest, found = _region_off(inside, places, whole=True)
        if found and not rest:
            region += found
        elif inside in _KINDS:
            form = inside + form
        else:
            asides.append(inside)
    return NormalName(main, tuple(region), form, branch, tuple(asides))


def _bare(text: str) -> str:
    return text.replace("(", "").replace(")", "")


def _branch_off(text: str) -> tuple[str, str]:
    """Split a branch from its parent: what follows the parent's form, if it has one."""
    parent = _PARENT.match(text)
    if parent and _BRANCH.search(text[parent.end() :]):
        return text[: parent.end()], text[parent.end() :]
    alone = _BRANCH_ALONE.search(text)
    if alone and alone.start() >= _LEAST_CORE:
        return text[: alone.start()], text[alone.start() :]
    return text, ""


def _form_off(text: str) -> tuple[str, str]:
    """Split off the last word that tells the form, and what of it stands before."""
    form, kind_known = "", False
    while word := next((w for w in _FORMS if text.endswith(w)), ""):
        designates = word in _DESIGNATIONS
        one_more = kind_known and not designates and _KINDS[word] != "company"
        if one_more or len(text) - len(word) < _LEAST_CORE:
            break
        text, form = text.removesuffix(word), word + form
        kind_known = kind_known or not designates
    return text, form


def _region_off(
    text: str, places: Collection[str], *, whole: bool = False
) -> tuple[str, list[str]]:
    """Split leading places off; a name keeps a core unless it may be a place whole."""
    least = 0 if whole else _LEAST_CORE
    region = []
    while word := _place_at_start(text, places):
        if len(text) - len(word) < least:
            break
        region.append(word)
        text = text[len(word) :]
    return text, region


def _place_at_start(text: str, places: Collection[str]) -> str:
    known = [
        text[:length]
        for length in range(5, 1, -1)
        if text[:length] in places or text[:length] in _PROVINCES
    ]
    for place in known[:1]:
        rest = text[len(place) :]
        level = next((level for level in _LEVELS if rest.startswith(level)), "")
        return place + (level if _ends_place(place + level, rest[len(level) :]) else "")
    for length in (2, 3):
        word = text[: length + 1]
        if len(word) > length and word[-1] in "省市县区":
            return word if _ends_place(word, text[length + 1 :]) else ""
    return ""


def _ends_place(word: str, rest: str) -> bool:
    return not _NO_PLACE.search(word) and not rest.startswith(tuple(_NO_START))
