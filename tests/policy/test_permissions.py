"""What each role may do is data, and some of it no bank's file can move."""

from pathlib import Path

import pytest

from xiaowei.policy.access.actor import (
    ROLES,
    SYSTEM,
    Actor,
    NoEmployeeError,
    NoLoginError,
    RoleName,
    login_of,
    person_of,
)
from xiaowei.policy.access.permissions import (
    NoOperationError,
    NotAllowedError,
    Permissions,
    within,
)
from xiaowei.policy.access.reading import (
    PermissionsError,
    load_permissions,
    read_permissions,
)


@pytest.fixture(scope="module")
def shipped() -> Permissions:
    return load_permissions()


def overlay(tmp_path: Path, text: str) -> Permissions:
    file = tmp_path / "access.yaml"
    file.write_text(text, encoding="utf-8")
    return load_permissions(file)


class TestPermissions:
    @pytest.mark.parametrize(
        ("role", "never"),
        [
            # users.md: what each must never be able to do.
            ("relationship_manager", "referrals.decide"),
            ("relationship_manager", "rules.publish"),
            ("credit_officer", "rules.draft"),
            ("credit_officer", "rules.publish"),
            ("risk_modeller", "applications.read"),
            ("risk_modeller", "pii.unmask"),
            ("post_loan_officer", "applications.submit"),
            ("administrator", "referrals.decide"),
            ("administrator", "pii.unmask"),
            ("it_operator", "enterprises.read"),
            ("it_operator", "exports.make"),
        ],
    )
    def test_keep_from_each_role_what_is_not_its_own(
        self, shipped: Permissions, role: RoleName, never: str
    ) -> None:
        with pytest.raises(NotAllowedError) as refused:
            shipped.permit(Actor("a", "E1", roles={role: "all"}), never)
        assert refused.value.status == 403

    def test_let_an_auditor_change_nothing_and_it_see_no_customer(
        self, shipped: Permissions
    ) -> None:
        held = {
            role: [one for one in shipped.operations.values() if role in one.roles]
            for role in ROLES
        }
        assert all(held.values())
        assert {one.act for one in held["auditor"]} == {"read"}
        blind = [*held["it_operator"], *held["administrator"]]
        assert not any(one.customer for one in blind)

    def test_count_only_the_roles_that_may_do_it(self, shipped: Permissions) -> None:
        both = Actor(
            "a", "E1", roles={"relationship_manager": "own", "risk_modeller": "all"}
        )
        assert shipped.permit(both, "applications.read").reach == "own"
        assert shipped.permit(both, "portraits.read").reach == "all"
        assert shipped.reach(Actor("b", "E2"), "portraits.read") is None

    def test_know_no_other_operation(self, shipped: Permissions) -> None:
        with pytest.raises(NoOperationError, match=r"x\.read"):
            shipped.reach(Actor("a", "E1"), "x.read")

    def test_name_roles_that_clash(self, shipped: Permissions) -> None:
        held: list[RoleName] = ["auditor", "credit_officer", "risk_modeller"]
        assert shipped.clashes(held) == (
            frozenset({"auditor", "credit_officer"}),
            frozenset({"auditor", "risk_modeller"}),
        )
        assert not shipped.clashes(["credit_officer", "relationship_manager"])

    def test_order_reaches(self) -> None:
        assert within("own", "own")
        assert within("branch", "all")
        assert not within("all", "region")


class TestOverlay:
    def test_moves_roles_and_reaches(self, tmp_path: Path) -> None:
        moved = overlay(
            tmp_path,
            "roles: {credit_officer: {reach: region}}\n"
            "operations: {rules.read: {roles: [auditor]}, jobs.steer: {fresh: true}}\n"
            "apart: [[relationship_manager, credit_officer]]\n",
        )
        assert moved.roles["credit_officer"].reach == "region"
        assert moved.operations["rules.read"].roles == ("auditor",)
        assert moved.operations["jobs.steer"].fresh
        assert moved.clashes(["relationship_manager", "credit_officer"])
        assert moved.clashes(["auditor", "credit_officer"])

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("operations: {rules.draft: {roles: [auditor]}}", "changes nothing"),
            ("operations: {offers.read: {roles: [it_operator]}}", "no data of"),
            ("operations: {offers.read: {roles: [administrator]}}", "no data of"),
            ("operations: {exports.make: {fresh: false}}", "stays due"),
            ("operations: {referrals.decide: {checked: false}}", "not a part of it"),
            ("operations: {offers.burn: {roles: [auditor]}}", "no such operation"),
            ("operations: {offers.read: {roles: [boss]}}", "not 'boss'"),
            ("roles: {credit_officer: {most: own}}", "goes further than most"),
            ("roles: {boss: {reach: all}}", "not 'boss'"),
            ("apart: [[auditor]]", "two roles are due"),
            ("fours_eyes: false", "not a part of it"),
            ("[]", "a mapping is due"),
            ("a: [", "not YAML"),
        ],
    )
    def test_is_refused_where_it_breaks_what_holds_for_all(
        self, tmp_path: Path, text: str, fault: str
    ) -> None:
        with pytest.raises(PermissionsError, match=fault):
            overlay(tmp_path, text)

    def test_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(PermissionsError, match="cannot be read"):
            load_permissions(tmp_path / "none.yaml")

    def test_needs_every_role_in_a_file_of_our_own(self) -> None:
        text = "roles: {}\napart: []\noperations: {}\n"
        with pytest.raises(PermissionsError, match="'it_operator' is missing"):
            read_permissions(text, file="x.yaml")


class TestNames:
    def test_are_one_however_they_are_typed(self) -> None:
        assert person_of("e００１２") == person_of(" E0012") == "E0012"
        assert login_of("ＺＨＡＮＧ.wei ") == "zhang.wei"

    def test_of_the_system_are_nobody_elses(self) -> None:
        for taken in (login_of, person_of):
            with pytest.raises((NoLoginError, NoEmployeeError)):
                taken(SYSTEM.login)

    @pytest.mark.parametrize("stated", ["", "张伟", "E 1", "E1\n2", "E" * 33, "-1"])
    def test_of_employees_are_refused(self, stated: str) -> None:
        with pytest.raises(NoEmployeeError):
            person_of(stated)

    @pytest.mark.parametrize("stated", ["", "x", "9a", "a b", "a'; --", "a" * 33])
    def test_of_accounts_are_refused(self, stated: str) -> None:
        with pytest.raises(NoLoginError):
            login_of(stated)
