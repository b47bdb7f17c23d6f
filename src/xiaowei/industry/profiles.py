"""An enterprise's traits and its trade's profile in; what it is judged on, and how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np

from xiaowei.errors import NotFoundError
from xiaowei.industry.classification import MARKET, industry_name, upwards
from xiaowei.industry.credibility import Floats
from xiaowei.policy.trades.profile import Dimension, Emphasis, Profile, Profiles
from xiaowei.portraits.parts import TRAITS
from xiaowei.portraits.radar import MIN_PEERS
from xiaowei.said import Said, percent
from xiaowei.verification.verify import CHECKS

RIGHTS_VALUE: Final = "rights_value"
DERIVED: Final[Mapping[str, Said]] = {
    RIGHTS_VALUE: Said("知识产权估值下端（分）", "low end of the value of rights, fen"),
}
"""What profiles may be told by besides the traits of a portrait."""

_TITLES: Final[Mapping[str, Said]] = {
    **{trait.name: Said(trait.zh, trait.en) for trait in TRAITS},
    **DERIVED,
}
_CHECKS: Final[Mapping[str, Said]] = {check.name: check.title for check in CHECKS}
_WHOLE: Final = 100.0


@dataclass(frozen=True, slots=True)
class Side:
    """One dimension of a profile, of one enterprise.

    Args:
        dimension: which.
        weight: its share, 0..1, by the trade's profile.
        usual: its share by the general profile, 0..1.
        values: trait to its value, null where unknown.
        place: 0 worst to 100 best among peers, the mean of its known traits; null
            where none has a place.
        known: the share of the weight of which the place is known, 0..weight.
    """

    dimension: Dimension
    weight: float
    usual: float
    values: Mapping[str, float | None]
    place: float | None
    known: float

    @property
    def text(self) -> Said:
        """The dimension in one line."""
        title, share = self.dimension.title, percent(self.weight, digits=0)
        unknown = [name for name, value in self.values.items() if value is None]
        lacks = Said(
            "、".join(_TITLES[name].zh for name in unknown),
            ", ".join(_TITLES[name].en for name in unknown),
        )
        gap = Said(f"；未知：{lacks.zh}", f"; unknown: {lacks.en}")
        end = gap if unknown else Said("", "")
        if self.place is None:
            return Said(
                f"{title.zh}（权重{share}）：缺位次，不计入{end.zh}",
                f"{title.en} (weight {share}): no place, counts for nothing{end.en}",
            )
        return Said(
            f"{title.zh}（权重{share}）：同业{self.place:.0f}/100{end.zh}",
            f"{title.en} (weight {share}): {self.place:.0f}/100 among peers{end.en}",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An enterprise by the profile of its trade.

    Args:
        code: of its trade, or null.
        profile: of the trade.
        sides: dimensions that count, the weightiest first.
        index: 0..100: what is known of it, by weight; what is unknown adds nothing.
        at_most: 0..100: the index if all that is unknown were best.
        known: share of the weights that is known, 0..1.
        usual: the index under the general profile, 0..100.
        peers: how many enterprises it was placed among, 0 where too few.
        lines: the reasons; how the profile changed weights, checks and papers stands
            among them.
    """

    code: str | None
    profile: Profile
    sides: tuple[Side, ...]
    index: float
    at_most: float
    known: float
    usual: float
    peers: int
    lines: tuple[Said, ...]


class NoProfileError(NotFoundError):
    """No profile holds on a day, not even the general one."""

    def __init__(self, day: date) -> None:
        """Name the day."""
        super().__init__(
            f"no profile of trades holds on {day}",
            expected="a day from the first profile's on",
            remedy="Ask for a later day, or state an earlier profile in the overlay",
        )


def profile_of(profiles: Profiles, code: str | None, *, on: date) -> Profile:
    """Return the profile of a trade: that of its finest code that has one.

    Args:
        profiles: all of them.
        code: of GB/T 4754; null or unknown gets the general one.
        on: the day.

    Raises:
        NoProfileError: none holds on that day.
    """
    for one in upwards(code):
        found = profiles.on(one, on)
        if found:
            return found
    raise NoProfileError(on)


def emphasis_of(profile: Profile, *, more: float, less: float) -> dict[str, float]:
    """Return how many times the evidence of each check counts for a trade.

    Args:
        profile: of the trade.
        more: what "more" is, 1 or more.
        less: what "less" is, 0..1.

    Returns:
        check to times; 0 where it does not apply; checks not named count once.
    """
    times: Mapping[Emphasis, float] = {"more": more, "less": less, "none": 0.0}
    return {name: times[stress.emphasis] for name, stress in profile.checks.items()}


def judge(
    values: Mapping[str, float | None],
    *,
    code: str | None,
    profiles: Profiles,
    on: date,
    peers: Mapping[str, Floats] | None = None,
) -> Judged:
    """Return what an enterprise's trade makes of its traits.

    Args:
        values: trait to its value; NaN, null or not there is unknown. `rights_value`
            may stand among them, see `industry.intellectual`.
        code: its trade.
        profiles: all profiles.
        on: the day.
        peers: Shape: trait to one value per enterprise of the trade, itself among
            them, NaN where unknown; of traits known of fewer than MIN_PEERS there is
            no place. Null for no places at all.

    Raises:
        NoProfileError: no profile holds on that day.
    """
    profile = profile_of(profiles, code, on=on)
    general = profile_of(profiles, None, on=on)
    known = {name: _known(values.get(name)) for name in _TITLES}
    sides = _sides(profile, general, profiles, known, peers or {})
    usual = _sides(general, general, profiles, known, peers or {})
    told = sum(side.known for side in sides)
    index = _index(sides)
    among = max((len(column) for column in (peers or {}).values()), default=0)
    judged = Judged(
        code=code,
        profile=profile,
        sides=sides,
        index=index,
        at_most=index + (1 - told) * _WHOLE,
        known=told,
        usual=_index(usual),
        peers=among if told > 0 else 0,
        lines=(),
    )
    return _with_lines(judged, general, profiles)


def peers_of(
    traits: Mapping[str, Floats],
    *,
    industries: Sequence[str | None],
    code: str | None,
) -> dict[str, Floats]:
    """Return the traits of the enterprises that one of a trade is placed among.

    Args:
        traits: Shape: trait to one value per enterprise, NaN where unknown.
        industries: per enterprise its code, or null.
        code: of the trade.

    Returns:
        Shape: trait to one value per peer. Peers are those of the finest code, group
        to section, that MIN_PEERS enterprises share; all where none has so many.
    """
    paths = {one: set(upwards(one)) for one in set(industries)}
    for above in upwards(code):
        inside = np.array([above in paths[one] for one in industries], dtype=bool)
        if inside.sum() >= MIN_PEERS or above == MARKET:
            return {name: values[inside] for name, values in traits.items()}
    return {}


def _sides(
    profile: Profile,
    general: Profile,
    profiles: Profiles,
    known: Mapping[str, float | None],
    peers: Mapping[str, Floats],
) -> tuple[Side, ...]:
    sides = []
    for key, share in profile.weights.items():
        dimension, weight = profiles.dimensions[key], float(share)
        names = [name.lstrip("-") for name in dimension.traits]
        places = [
            _place(known[name.lstrip("-")], name, peers) for name in dimension.traits
        ]
        told = [place for place in places if place is not None]
        sides.append(
            Side(
                dimension,
                weight,
                float(general.weights.get(key, 0)),
                {name: known[name] for name in names},
                sum(told) / len(told) if told else None,
                weight * len(told) / len(places),
            )
        )
    return tuple(sorted(sides, key=lambda side: (-side.weight, side.dimension.key)))


def _place(
    value: float | None, stated: str, peers: Mapping[str, Floats]
) -> float | None:
    """Return a place among peers, 0..100; half of those equal are below it."""
    column = np.asarray(peers.get(stated.lstrip("-"), ()), dtype=np.float64)
    column = column[~np.isnan(column)]
    if value is None or len(column) < MIN_PEERS:
        return None
    below = float((column < value).mean() + (column == value).mean() / 2)
    return _WHOLE * (1 - below if stated.startswith("-") else below)


def _index(sides: tuple[Side, ...]) -> float:
    return sum(side.known * side.place for side in sides if side.place is not None)


def _known(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else float(value)


def _with_lines(judged: Judged, general: Profile, profiles: Profiles) -> Judged:
    profile = judged.profile
    lines = [_head(judged)]
    if profile.weights != general.weights:
        lines.append(_changed(profile, general, profiles))
    lines += [side.text for side in judged.sides]
    lines += _stressed(profile)
    if profile.papers:
        zh = "、".join(paper.zh for paper in profile.papers)
        en = "; ".join(paper.en for paper in profile.papers)
        lines.append(Said(f"另需材料：{zh}", f"papers besides: {en}"))
    return replace(judged, lines=tuple(lines))


def _head(judged: Judged) -> Said:
    profile, name = judged.profile, industry_name(judged.code)
    told = percent(judged.known, digits=0)
    return Said(
        f"{name.zh}按“{profile.title.zh}”画像评价：{profile.reason.zh}。"
        f"指数{judged.index:.0f}（已知权重{told}，未知部分不加分，全优可至"
        f"{judged.at_most:.0f}；通用画像下{judged.usual:.0f}）",
        f"{name.en} is judged by the profile '{profile.title.en}': "
        f"{profile.reason.en}. Index {judged.index:.0f} ({told} of the weights known, "
        f"the rest adds nothing and at best makes it {judged.at_most:.0f}; "
        f"{judged.usual:.0f} by the general profile)",
    )


def _changed(profile: Profile, general: Profile, profiles: Profiles) -> Said:
    keys = dict.fromkeys([*profile.weights, *general.weights])
    parts = []
    for key in keys:
        before, after = general.weights.get(key, 0), profile.weights.get(key, 0)
        if before != after:
            title = profiles.dimensions[key].title
            moved = f"{percent(before, digits=0)}→{percent(after, digits=0)}"
            parts.append(Said(f"{title.zh}{moved}", f"{title.en} {moved}"))
    return Said(
        "画像改变权重：" + "，".join(part.zh for part in parts),
        "the profile changes weights: " + ", ".join(part.en for part in parts),
    )


def _stressed(profile: Profile) -> list[Said]:
    words = {
        "more": Said("加重", "counts more"),
        "less": Said("减轻", "counts less"),
        "none": Said("不适用", "does not apply"),
    }
    return [
        Said(
            f"核验“{_CHECKS[name].zh}”{words[stress.emphasis].zh}：{stress.reason.zh}",
            f"check '{_CHECKS[name].en}' {words[stress.emphasis].en}: "
            f"{stress.reason.en}",
        )
        for name, stress in profile.checks.items()
    ]
