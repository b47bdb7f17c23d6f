"""Rules go the way from draft to decision over HTTP, by the law of the desk."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest
from tests.desk.ruling.conftest import decided
from tests.surfaces.api.asked import ask
from tests.surfaces.api.conftest import Served
from tests.surfaces.furnished import CASE, FAR, RULES, draft_rules
from tests.surfaces.routes import service_of

from xiaowei.decisions.rule_cases import cases_of
from xiaowei.desk.home import Home
from xiaowei.desk.jobs.handlers import handlers_of
from xiaowei.desk.jobs.working import Worker
from xiaowei.desk.ruling import lab, publishing, testing, versions
from xiaowei.desk.ruling.looking_back import looked_back
from xiaowei.policy.access.actor import Hand

BOSS: Final = Hand("boss", "E0")
WHY: Final = {"why": "信贷委员会纪要 7"}
NEVER: Final = {
    **RULES["rules"][0],
    "code": "never",
    "when": {
        "all": [
            {"trait": "amount", "operator": "<", "limit": "1", "unit": "yuan"},
            {"trait": "amount", "operator": ">", "limit": "2", "unit": "yuan"},
        ]
    },
}


def home_of(served: Served) -> Home:
    home: Home = service_of(served[0]).state.service.home
    return home


def sent(name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"set": {**RULES, "name": name, **more}}


def drafted(served: Served, name: str) -> int:
    told = ask(served, "POST", "/rules", json=sent(name))
    assert told.status_code == 201, told.text
    number: int = told.json()["number"]
    return number


def faults(told: Mapping[str, Any]) -> dict[str, str]:
    return {one["where"]: one["what"] for one in told["faults"]}


class TestDraft:
    def test_is_kept_whole_and_says_itself(self, served: Served) -> None:
        told = ask(served, "POST", "/rules", json=sent("whole")).json()
        assert (told["state"], told["drafted_by"]) == ("draft", "E1")
        assert told["proof"]["sound"] is True
        shown = ask(served, "GET", f"/rules/{told['number']}").json()
        assert shown["set"] == {**RULES, "name": "whole"}
        assert "500" not in shown["said"]["small"]["en"].replace("500,000", "")
        assert "通过" in shown["said"]["small"]["zh"]
        proof = ask(served, "GET", f"/rules/{told['number']}/proof").json()
        assert proof == told["proof"]

    def test_has_each_fault_named_where_it_stands(self, served: Served) -> None:
        rule = {**RULES["rules"][0], "outcome": "maybe"}
        before = versions.versions(home_of(served))
        for path in ("/rules", "/rules/proof"):
            asked = sent("faulty", since="soon", rules=[rule])
            told = ask(served, "POST", path, json=asked)
            assert told.status_code == 422
            assert told.json()["type"] == "urn:xiaowei:problem:rule-set"
            named = faults(told.json())
            assert "maybe" in named["rule 1 'small'.outcome"]
            assert set(named) == {"'since'", "rule 1 'small'.outcome"}
        assert versions.versions(home_of(served)) == before

    def test_is_refused_with_faults_that_nobody_accounts_for(
        self, served: Served
    ) -> None:
        asked = sent("never", rules=[NEVER, *RULES["rules"]])
        told = ask(served, "POST", "/rules", json=asked)
        assert told.status_code == 422
        assert list(faults(told.json())) == ["never"]
        proof = ask(served, "POST", "/rules/proof", json=asked).json()
        assert proof["sound"] is False

        reasons = {"accepted": {"never": "kept for the records"}}
        told = ask(served, "POST", "/rules", json={**asked, **reasons})
        assert told.status_code == 201

    def test_counts_once_under_one_key(self, served: Served) -> None:
        key = {"Idempotency-Key": "draft-1"}
        first, again = (
            ask(served, "POST", "/rules", json=sent("keyed"), headers=key) for _ in "ab"
        )
        assert first.status_code == again.status_code == 201
        assert first.json() == again.json()
        other = ask(served, "POST", "/rules", json=sent("other"), headers=key)
        assert other.status_code == 422
        anew = ask(served, "POST", "/rules", json=sent("keyed"))
        assert anew.status_code == 409

    @pytest.mark.parametrize("half", ["\ud800", "\x00"])
    def test_of_text_that_nothing_keeps_is_no_fault_of_ours(
        self, served: Served, half: str
    ) -> None:
        body = sent("half", title={"zh": half, "en": half}, **{half: "x"})
        case = {"name": half, "firm": {half: "1"}, "outcome": "refer"}
        for path, one in (("/rules", body), ("/rules/1/tests", {"cases": [case]})):
            # As escapes, which is how JSON can hold halves of characters.
            text, kind = json.dumps(one), {"Content-Type": "application/json"}
            told = ask(served, "POST", path, content=text, headers=kind)
            assert told.status_code == 422


class TestTests:
    def test_are_run_and_kept_with_what_came(self, served: Served) -> None:
        number = drafted(served, "tested")
        wrong = {**CASE, "name": "wrong", "outcome": "decline", "rule": "small"}
        told = ask(
            served, "POST", f"/rules/{number}/tests", json={"cases": [CASE, wrong]}
        )
        assert told.status_code == 201
        assert (told.json()["failed"], len(told.json()["cases"])) == (1, 2)
        kept = ask(served, "GET", f"/rules/{number}/tests").json()
        assert kept == told.json()
        row = ask(served, "GET", f"/rules/{number}").json()
        assert (row["cases_run"], row["cases_failed"]) == (2, 1)

    def test_have_their_faults_named(self, served: Served) -> None:
        number = drafted(served, "untested")
        told = ask(
            served, "POST", f"/rules/{number}/tests", json={"cases": [{"name": "x"}]}
        )
        assert told.status_code == 422
        assert {one["where"] for one in told.json()["faults"]} == {"case 1"}
        assert ask(served, "GET", f"/rules/{number}/tests").json()["cases"] == []


class TestPublication:
    def test_is_by_a_second_person_alone(self, served: Served) -> None:
        mine = draft_rules(home_of(served), name="mine", by=Hand("li.na", "E1"))
        told = ask(served, "POST", f"/rules/{mine}/publication", json=WHY)
        assert told.status_code == 409
        assert told.json()["type"] == "urn:xiaowei:problem:same-person"

        theirs = draft_rules(home_of(served), name="theirs", by=BOSS)
        told = ask(served, "POST", f"/rules/{theirs}/publication", json=WHY)
        assert told.status_code == 201
        assert told.json()["state"] == "published"
        assert (told.json()["published_by"], told.json()["why"]) == ("E1", WHY["why"])
        again = ask(served, "POST", f"/rules/{theirs}/publication", json=WHY)
        assert again.status_code == 409
        listed = ask(served, "GET", "/rules", params={"on": FAR}).json()["items"]
        assert [one["number"] for one in listed if one["in_force"]] == [theirs]

    def test_of_a_draft_without_cases_is_refused(self, served: Served) -> None:
        number = drafted(served, "bare")
        told = ask(served, "POST", f"/rules/{number}/publication", json=WHY)
        assert told.status_code == 409

    def test_of_what_changed_meanwhile_is_refused(self, served: Served) -> None:
        home = home_of(served)
        number = draft_rules(home, name="moved", by=BOSS)
        path = f"/rules/{number}"
        read = ask(served, "GET", path).headers["ETag"]
        other = cases_of({"cases": [{**CASE, "name": "another"}]})
        testing.try_draft(home, number, other, by=BOSS)
        stands = home.journal.head()
        for act, body in (
            ("publication", WHY),
            ("withdrawal", WHY),
            ("tests", {"cases": [CASE]}),
        ):
            told = ask(
                served, "POST", f"{path}/{act}", json=body, headers={"If-Match": read}
            )
            assert told.status_code == 412, told.text
            assert told.json()["type"] == "urn:xiaowei:problem:changed-meanwhile"
        assert home.journal.head() == stands

    def test_of_one_draft_is_done_by_one_of_many_who_read_it(
        self, served: Served
    ) -> None:
        home = home_of(served)
        number = draft_rules(home, name="raced", by=BOSS)
        tag = ask(served, "GET", f"/rules/{number}").headers["ETag"]
        before = home.journal.head()[0]

        def act(noun: str) -> int:
            path = f"/rules/{number}/{noun}"
            read = {"If-Match": tag}
            return ask(served, "POST", path, json=WHY, headers=read).status_code

        with ThreadPoolExecutor(8) as pool:
            told = sorted(pool.map(act, ["publication", "withdrawal"] * 8))
        assert told == [201] + [412] * 15
        assert home.journal.head()[0] == before + 1

    @pytest.mark.parametrize("act", ["publication", "withdrawal"])
    @pytest.mark.parametrize("form", ["{}", '"x", {}', "*"])
    def test_of_what_stands_as_read_is_done(
        self, served: Served, act: str, form: str
    ) -> None:
        number = draft_rules(
            home_of(served), name=f"s{home_of(served).journal.head()[0]}", by=BOSS
        )
        tag = ask(served, "GET", f"/rules/{number}").headers["ETag"]
        weak = {"If-Match": f"W/{tag}"}
        told = ask(served, "POST", f"/rules/{number}/{act}", json=WHY, headers=weak)
        assert told.status_code == 412
        read = {"If-Match": form.format(tag)}
        told = ask(served, "POST", f"/rules/{number}/{act}", json=WHY, headers=read)
        assert told.status_code == 201, told.text

    def test_of_nothing_is_not_there_whatever_was_read(self, served: Served) -> None:
        told = ask(
            served,
            "POST",
            "/rules/999999/publication",
            json=WHY,
            headers={"If-Match": "*"},
        )
        assert told.status_code == 404


class TestRollback:
    def test_comes_back_once_under_one_key(self, served: Served) -> None:
        key = {"Idempotency-Key": "back-1"}
        first, again = (
            ask(
                served, "POST", "/rules/0/rollback", json={"since": FAR}, headers=key
            ).json()
            for _ in "ab"
        )
        assert first == again
        assert (first["state"], first["copy_of"]) == ("draft", 0)
        other = ask(served, "POST", "/rules/0/rollback", json={"since": FAR}).json()
        assert other["version"] == first["version"] + 1

    def test_brings_test_cases_along(self, served: Served) -> None:
        home = home_of(served)
        number = draft_rules(home, name="earlier", by=BOSS)
        publishing.publish(home, number, by=Hand("li.na", "E1"), why=WHY["why"])
        made = ask(served, "POST", f"/rules/{number}/rollback", json={"since": FAR})
        assert (made.json()["cases_run"], made.json()["copy_of"]) == (1, number)

    def test_of_a_draft_is_refused(self, served: Served) -> None:
        number = drafted(served, "fresh")
        told = ask(served, "POST", f"/rules/{number}/rollback", json={})
        assert told.status_code == 409


class TestList:
    def test_is_whole_page_by_page_those_shipped_first(self, served: Served) -> None:
        drafted(served, "one_more")
        home, cursor = home_of(served), ""
        found = list[int]()
        while cursor is not None:
            params = {"limit": 1, "cursor": cursor}
            told = ask(served, "GET", "/rules", params=params).json()
            found += [one["number"] for one in told["items"]]
            cursor = told["next"]
        assert found == [0, *(one["number"] for one in versions.versions(home))]

    def test_of_changes_is_that_between_two(self, served: Served) -> None:
        looser = {**RULES["rules"][0]}
        looser["when"] = {**looser["when"], "limit": "600000"}
        old = drafted(served, "moving")
        asked = sent("moving", version="2", rules=[looser])
        new = ask(served, "POST", "/rules", json=asked).json()["number"]
        told = ask(served, "GET", f"/rules/{new}/changes", params={"against": old})
        (one,) = told.json()["changes"]
        assert (one["code"], told.json()["before"]) == ("small", old)
        assert "60 万元" in one["zh"]


class TestBackTest:
    def test_counts_all_and_names_no_customer(self, served: Served) -> None:
        home = home_of(served)
        decided(home, 20)
        number = drafted(served, "tried")
        key = {"Idempotency-Key": "back-test-1"}
        asked, again = (
            ask(served, "POST", f"/rules/{number}/backtest", json={}, headers=key)
            for _ in "ab"
        )
        assert asked.status_code == again.status_code == 202
        job = asked.json()["number"]
        assert job == again.json()["number"]

        worker = Worker(home, handlers_of(lambda _home: lambda _run: None))
        while worker.turn() is not None:
            pass

        done = ask(served, "GET", f"/jobs/{job}").json()
        due = looked_back(home, lab.settled(home, versions.rules_of(home, number)))
        assert done["state"] == "done", done
        assert done["answer"]["overall"] == due["overall"]
        assert done["answer"]["groups"] == due["groups"]
        assert done["answer"]["changed"] == [one["decision"] for one in due["changed"]]
        assert due["changed"]
        assert all(one["enterprise_id"] not in str(done) for one in due["changed"])

    def test_of_a_limit_that_cannot_move_is_refused_at_once(
        self, served: Served
    ) -> None:
        for limits in (["x"], ["small.pd=1"], ["small.amount=much"]):
            number = drafted(served, f"l{home_of(served).journal.head()[0]}")
            told = ask(
                served, "POST", f"/rules/{number}/backtest", json={"limits": limits}
            )
            assert told.status_code in {404, 422}, (limits, told.text)
