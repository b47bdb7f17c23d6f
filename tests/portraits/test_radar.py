"""Where a firm stands among its peers."""

from collections.abc import Sequence

import numpy as np
import pytest

from xiaowei.portraits.portrait import TRAITS
from xiaowei.portraits.radar import AXES, MIN_PEERS, peer_groups, radar

NAN = float("nan")


def sides(
    axis: str, values: Sequence[float], industries: Sequence[str | None] | None = None
) -> list[float | None]:
    """Return the places on an axis of which every trait has the same values."""
    (chosen,) = [one for one in AXES if one.key == axis]
    traits = {
        stated.lstrip("-"): np.full(len(values), NAN)
        for one in AXES
        for stated in one.traits
    }
    first = chosen.traits[0]
    traits[first.lstrip("-")] = np.array(values) * (-1 if first[0] == "-" else 1)
    return radar(traits, industries=industries or [None] * len(values))[axis]


def slow_place(values: Sequence[float], mine: float) -> float:
    known = [value for value in values if value == value]  # noqa: PLR0124
    below = sum(value < mine for value in known)
    return (below + 0.5 * sum(value == mine for value in known)) / len(known)


class TestRadar:
    def test_gives_the_best_the_highest_share(self) -> None:
        assert sides("scale", [10, 30, 20]) == [0.1667, 0.8333, 0.5]

    def test_turns_traits_of_which_less_is_better(self) -> None:
        assert sides("care", [10, 30, 20]) == [0.1667, 0.8333, 0.5]

    def test_puts_equals_in_one_place(self) -> None:
        assert sides("scale", [5, 5, 5, 9]) == [0.375, 0.375, 0.375, 0.875]

    def test_leaves_unknown_firms_unplaced_and_uncounted(self) -> None:
        assert sides("scale", [1, NAN, 3]) == [0.25, None, 0.75]

    def test_takes_the_mean_of_the_traits_known(self) -> None:
        traits = {
            stated.lstrip("-"): np.full(2, NAN) for one in AXES for stated in one.traits
        }
        traits["sales_12m"] = np.array([1.0, 2.0])
        traits["purchases_12m"] = np.array([9.0, NAN])

        assert radar(traits, industries=[None, None])["scale"] == [0.375, 0.75]

    def test_compares_within_an_industry_that_has_peers_enough(self) -> None:
        values = [*range(MIN_PEERS), 100, 200]
        industries = ["C1311"] * MIN_PEERS + ["F51", "F51"]

        found = sides("scale", values, industries)

        assert found[0] == 0.5 / MIN_PEERS
        assert found[MIN_PEERS - 1] == 1 - 0.5 / MIN_PEERS
        assert found[-1] == round(1 - 0.5 / len(values), 4)

    def test_agrees_with_counting_one_by_one(self) -> None:
        rng = np.random.default_rng(2)
        values = rng.integers(0, 40, 300).astype(float)
        values[rng.random(300) < 0.2] = NAN
        industries = [str(rng.choice(["C13", "C14", "F51", ""])) for _ in values]
        groups = peer_groups(industries)

        found = sides("growth", list(values), industries)

        assert found == [
            None if np.isnan(mine) else round(slow_place(list(values[group]), mine), 4)
            for mine, group in zip(values, groups, strict=True)
        ]

    def test_bears_thirty_thousand_firms_of_one_industry(self) -> None:
        values = np.random.default_rng(1).random(30_000)

        assert len(sides("scale", list(values), ["C13"] * 30_000)) == 30_000

    @pytest.mark.parametrize("axis", AXES, ids=lambda axis: axis.key)
    def test_rests_on_traits_that_exist(self, axis: object) -> None:
        (known,) = [one for one in AXES if one is axis]

        assert {stated.lstrip("-") for stated in known.traits} <= {
            trait.name for trait in TRAITS
        }


class TestPeerGroups:
    def test_are_all_firms_where_an_industry_is_small_or_unknown(self) -> None:
        industries = ["C13"] * MIN_PEERS + ["F51", None]

        groups = peer_groups(industries)

        assert groups[0].tolist() == list(range(MIN_PEERS))
        assert groups[-2].tolist() == list(range(MIN_PEERS + 2))
        assert groups[-1].tolist() == list(range(MIN_PEERS + 2))
