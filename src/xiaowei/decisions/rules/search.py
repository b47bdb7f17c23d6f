"""Whether several conditions can come to given truths at once, and a row where they do.

A question is a conjunction of formulas over literals "the value of this field lies in
one of these regions". Literals narrow the regions at once; a disjunction that is left
is tried part by part. The search is complete, so that an answer of no is a proof; it
counts its steps, and beyond a bound it says that nothing is proven.

Source: Davis, Logemann, Loveland 1962, with variables of several values.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from xiaowei.decisions.rules.grammar import Comparison, Condition
from xiaowei.decisions.rules.regions import Axis
from xiaowei.decisions.rules.truth import Truth

MOST_STEPS: Final = 5_000
"""Steps that one question may take before it is given up as not proven."""

Domains: TypeAlias = dict[str, int]
"""Variable to the regions that it may still lie in, a bit each."""


@dataclass(frozen=True, slots=True)
class Within:
    """That a variable lies in one of several regions."""

    variable: str
    mask: int


@dataclass(frozen=True, slots=True)
class Joined:
    """Formulas of which all must hold, or any."""

    join: Literal["all", "any"]
    parts: tuple["Formula", ...]


Formula: TypeAlias = Within | Joined
_TRUE: Final = Joined("all", ())
_FALSE: Final = Joined("any", ())


class NotProvenError(Exception):
    """A question took more steps than it may; nothing is known of it."""


def comes_to(
    condition: Condition,
    may: Iterable[Truth],
    *,
    axes: Mapping[str, Axis],
    renamed: Mapping[str, str] | None = None,
) -> Formula:
    """Return the formula that holds where a condition comes to one of several truths.

    Args:
        condition: settled.
        may: the truths.
        axes: the regions of its fields.
        renamed: field to the variable that stands for it, where not the field itself.
    """
    wanted = frozenset(may)
    if isinstance(condition, Comparison):
        name = (renamed or {}).get(condition.field, condition.field)
        return Within(name, axes[condition.field].mask(condition, may=wanted))
    weak = condition.join == "any"
    strong = not weak

    def each(join: Literal["all", "any"], *truths: Truth) -> Formula:
        parts = condition.parts
        made = [comes_to(one, truths, axes=axes, renamed=renamed) for one in parts]
        return Joined(join, tuple(made))

    # `weak` decides the group alone; `strong` needs every part.
    ways: list[Formula] = []
    if weak in wanted:
        ways.append(each("any", weak))
    if None in wanted:
        no_weak, some_unknown = each("all", None, strong), each("any", None)
        ways.append(Joined("all", (no_weak, some_unknown)))
    if strong in wanted:
        ways.append(each("all", strong))
    return ways[0] if len(ways) == 1 else Joined("any", tuple(ways))


def found(
    formulas: Sequence[Formula], domains: Domains, *, most: int = MOST_STEPS
) -> Domains | None:
    """Return regions in which all formulas hold, or null where that cannot be.

    Args:
        formulas: all of which must hold.
        domains: every variable and the regions that it may lie in.
        most: how many steps may be taken.

    Returns:
        Every variable and regions of which any will do.

    Raises:
        NotProvenError: it takes more steps.
    """
    stack: list[tuple[Domains, list[Formula]]] = [(dict(domains), list(formulas))]
    for _ in range(most):
        if not stack:
            return None
        narrow, pending = stack.pop()
        open_ = _narrowed(narrow, pending)
        if open_ is None:
            continue
        if not open_:
            return narrow
        _branch(stack, narrow, open_)
    if not stack:
        return None
    raise NotProvenError


def _branch(
    stack: list[tuple[Domains, list[Formula]]], narrow: Domains, open_: list[Joined]
) -> None:
    chosen = min(open_, key=lambda one: len(one.parts))
    others: list[Formula] = [one for one in open_ if one is not chosen]
    tried: list[Formula] = []
    ways = []
    for part in chosen.parts:
        ways.append((dict(narrow), [*others, *tried, part]))
        if isinstance(part, Within):
            tried.append(Within(part.variable, ~part.mask))
    stack.extend(reversed(ways))


def _narrowed(domains: Domains, pending: list[Formula]) -> list[Joined] | None:
    """Narrow domains by all that must hold; return what is left open, null if none."""
    changed = True
    while changed:
        changed = False
        left: list[Formula] = []
        queue = list(pending)
        while queue:
            formula = _simple(queue.pop(), domains)
            if formula == _FALSE:
                return None
            if isinstance(formula, Within):
                domains[formula.variable] &= formula.mask
                changed = True
            elif formula.join == "all":
                queue.extend(formula.parts)
            else:
                left.append(formula)
        pending = left
    return [one for one in pending if isinstance(one, Joined)]


def _simple(formula: Formula, domains: Domains) -> Formula:
    if isinstance(formula, Within):
        rest = domains[formula.variable] & formula.mask
        if not rest:
            return _FALSE
        return _TRUE if rest == domains[formula.variable] else formula
    ends, drops = (_FALSE, _TRUE) if formula.join == "all" else (_TRUE, _FALSE)
    parts: list[Formula] = []
    masks: dict[str, int] = {}
    for part in formula.parts:
        simple = _simple(part, domains)
        if simple == ends:
            return ends
        if simple == drops:
            continue
        if isinstance(simple, Within) and formula.join == "any":
            masks[simple.variable] = masks.get(simple.variable, 0) | simple.mask
        else:
            parts.append(simple)
    merged = [_simple(Within(name, mask), domains) for name, mask in masks.items()]
    if ends in merged:
        return ends
    parts = [*merged, *parts]
    return parts[0] if len(parts) == 1 else Joined(formula.join, tuple(parts))
