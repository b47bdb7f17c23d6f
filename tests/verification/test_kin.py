"""Firms that belong together are told; parks, agents and strangers are not."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from tests.factories import Row, arrow, registered
from tests.verification.cases import case, findings
from tests.verification.network.rings import AS_OF, crowd, sold

from xiaowei.verification.checks.kin import RELATED_SALES, SHARED_IDENTITY
from xiaowei.verification.finding import Case, Check
from xiaowei.verification.verify import verify

FIRMS = 120


def register(**stated: dict[str, Any]) -> list[Row]:
    """Firms F0, F1, ... each at a place of its own, unless stated otherwise."""
    return [
        registered(
            enterprise_id=f"F{n}",
            **{"address": f"路{n}号", "phone": f"13{n:09d}", "known_on": AS_OF}
            | stated.get(f"F{n}", {}),
        )
        for n in range(FIRMS)
    ]


def owners(*together: Iterable[str]) -> list[Row]:
    """An owner for each firm, one for those together."""
    of = {firm: f"P{n}" for n, group in enumerate(together) for firm in group}
    return [
        {
            "enterprise_id": f"F{n}",
            "person_id": of.get(f"F{n}", f"Q{n}"),
            "role": "controller",
            "happened_on": date(2018, 1, 1),
        }
        for n in range(FIRMS)
    ]


def called(check: Check, looked_at: Case) -> set[str]:
    found = findings(check, looked_at)
    return {firm for firm, one in found.items() if one.outcome == "differs"}


class TestSharedIdentity:
    def test_calls_firms_that_share_several_things(self) -> None:
        at = {f"F{n}": {"address": "路1号", "phone": "1"} for n in range(3)}
        looked_at = case(
            as_of=AS_OF,
            enterprises=register(**at),
            owners=owners(("F0", "F1", "F2"), ("F7", "F8"), ("F9", "F10")),
        )

        found = findings(SHARED_IDENTITY, looked_at)

        assert {f for f, one in found.items() if one.outcome == "differs"} == set(at)
        assert "F1, F2" in found["F0"].text.en
        assert found["F0"].evidence[0].file in {"enterprises.csv", "owners.csv"}

    def test_leaves_one_owner_of_two_firms_alone_where_many_own_two(self) -> None:
        pairs = [(f"F{n}", f"F{n + 1}") for n in range(0, 40, 2)]

        looked_at = case(as_of=AS_OF, enterprises=register(), owners=owners(*pairs))

        assert called(SHARED_IDENTITY, looked_at) == set()

    @pytest.mark.parametrize(
        "address", ["云溪科技园3号", "众创空间B座", "商务秘书公司托管地址"]
    )
    def test_leaves_an_address_that_hosts_many_alone(self, address: str) -> None:
        at = {f"F{n}": {"address": address} for n in range(6)}

        assert (
            called(SHARED_IDENTITY, case(as_of=AS_OF, enterprises=register(**at)))
            == set()
        )

    def test_leaves_an_address_of_one_park_alone(self) -> None:
        at = {f"F{n}": {"address": "创业路1号", "park": "东区"} for n in range(6)}
        elsewhere = {firm: stated | {"park": None} for firm, stated in at.items()}

        parks, outside = (
            called(SHARED_IDENTITY, case(as_of=AS_OF, enterprises=register(**where)))
            for where in (at, elsewhere)
        )

        assert parks == set()
        assert outside == set(at)

    def test_leaves_the_phone_of_an_agent_of_many_alone(self) -> None:
        at = {f"F{n}": {"phone": "057112345678"} for n in range(30)}

        assert (
            called(SHARED_IDENTITY, case(as_of=AS_OF, enterprises=register(**at)))
            == set()
        )

    def test_does_not_count_an_owner_who_has_left(self) -> None:
        left = [
            row | {"until_on": date(2019, 1, 1)}
            for row in owners([f"F{n}" for n in range(6)])
        ]

        looked_at = case(as_of=AS_OF, enterprises=register(), owners=left)

        assert called(SHARED_IDENTITY, looked_at) == set()

    def test_is_silent_without_a_register(self) -> None:
        looked_at = case(as_of=AS_OF, invoices=crowd(0))

        found = [
            one
            for one in verify(looked_at, enterprises=["F1"])
            if one.check in {SHARED_IDENTITY.name, RELATED_SALES.name}
        ]

        assert {one.outcome for one in found} == {"silent"}
        assert len(found) == 2


KIN = [(f"F{n}", f"F{n + 60}") for n in range(12)]
_ENDS = ("enterprise_id", "counterparty_id")


def months(seller: str, buyer: str, *, net_fen: int) -> list[Row]:
    return [
        sold(seller, buyer, on=date(2019, month, 15), net_fen=net_fen)
        for month in range(1, 13)
    ]


def related(*rows: Row) -> Case:
    """A world where no kin trade with each other but by these invoices."""
    many = crowd(3, partners=25)
    ends = zip(*(many[x].to_pylist() for x in _ENDS), strict=True)
    strangers = many.filter(pa.array([not {end, end[::-1]} & set(KIN) for end in ends]))
    return case(
        as_of=AS_OF,
        invoices=pa.concat_tables([strangers, arrow("invoices", rows)]),
        enterprises=register(),
        owners=owners(*KIN),
    )


class TestRelatedSales:
    def test_calls_who_lives_on_firms_of_its_owner(self) -> None:
        looked_at = related(*months("F0", "F60", net_fen=400_000_000))

        found = findings(RELATED_SALES, looked_at)

        differs = {firm for firm, one in found.items() if one.outcome == "differs"}
        # F60's own purchases are not held.
        assert differs == {"F0"}
        assert len(found["F0"].evidence) == 5

    def test_leaves_little_trade_with_kin_alone(self) -> None:
        looked_at = related(*months("F0", "F60", net_fen=20_000))

        assert called(RELATED_SALES, looked_at) == set()

    def test_speaks_only_of_firms_that_have_kin(self) -> None:
        firms = {firm for pair in KIN for firm in pair}

        assert set(findings(RELATED_SALES, related())) == firms
