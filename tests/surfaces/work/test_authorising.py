"""Authorisations on the pages: on record with their files, and withdrawn."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from tests.surfaces.furnished import DAY
from tests.surfaces.work.conftest import STAFF, Bank, Filed, form, number_in
from tests.surfaces.work.test_filing import described
from tests.surfaces.work.test_referrals import WHY, plain

from xiaowei.decisions.authorisation import Authorisation
from xiaowei.desk.deciding import authorising
from xiaowei.portraits.consent import ASKING
from xiaowei.surfaces.web import file_forms

PATH = "/authorisations"
PARTS = "multipart/form-data; boundary=x"
SCAN = b"%PDF-1.4\r\n--x\r\n\x00\xff signed\r\n"
HASH = hashlib.sha256(SCAN).hexdigest()
UNTIL = (DAY + timedelta(days=365)).isoformat()


def paper(firm: str, **stated: str) -> dict[str, str]:
    """Return the fields of the form, all families ticked."""
    return {
        "enterprise_id": firm, "family-all": "yes", "purpose": "approval",
        "until_on": UNTIL, "evidence": "", "key": f"paper-of-{firm}", **stated,
    }  # fmt: skip


def hand_in(
    bank: Bank, sent: dict[str, str], file: bytes = SCAN, who: str = "li.na"
) -> httpx.Response:
    """Send the form with a file, as a browser does."""
    return bank.ask("POST", who, PATH, data=sent, files={"paper": ("a.pdf", file)})


def body_of(firm: str) -> bytes:
    """Return the form with a file in parts between `x`."""
    parts = [("", name, value.encode()) for name, value in paper(firm).items()]
    parts.append(('; filename="a.pdf"', "paper", SCAN.replace(b"--x", b"")))
    return b"".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode()
        + value
        + b"\r\n"
        for file, name, value in parts
    ) + b"--x--\r\n"  # fmt: skip


async def whole(body: bytes) -> AsyncIterator[bytes]:
    yield body


async def sends(
    bank: Bank, body: AsyncIterator[bytes], kind: str = PARTS
) -> httpx.Response:
    """Send what comes bit by bit."""
    transport = httpx.ASGITransport(bank.app)
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://127.0.0.1",
        cookies={"xiaowei": bank.tokens["li.na"]},
    ) as client:
        return await client.post(PATH, content=body, headers={"Content-Type": kind})


def send(bank: Bank, body: bytes) -> httpx.Response:
    headers = {"Content-Type": PARTS}
    return bank.ask("POST", "li.na", PATH, content=body, headers=headers)


def held(bank: Bank, firm: str) -> list[Authorisation]:
    return authorising.authorisations_of(bank.home, firm)


def withdrawal(number: int) -> str:
    return f"{PATH}/{number}/withdrawal"


class TestRecording:
    def test_keeps_the_hash_of_the_file_and_nothing_else(self, bank: Bank) -> None:
        firm = bank.firm(agreed=False)
        answer = hand_in(bank, paper(firm))

        assert answer.status_code == 303, plain(answer.text)
        (one,) = held(bank, firm)
        assert (one.evidence, one.families, one.by) == (HASH, ASKING, "P1")
        assert (one.from_on, one.until_on.isoformat()) == (DAY, UNTIL)
        page = plain(bank.get("li.na", answer.headers["Location"]).text)
        for said in ("授权已登记", f"授权 {one.number} · 授信审批", "有效", HASH):
            assert said in page, said
        kept = [p for p in bank.home.root.rglob("*") if p.is_file()]
        assert not any(SCAN in p.read_bytes() for p in kept)

    def test_opens_what_an_application_looks_at(self, bank: Bank, filed: Filed) -> None:
        number = filed(agreed=False)
        firm = f"E{bank.used[-1]}"
        page = bank.get("li.na", f"/applications/{number}").text
        assert "未获授权" in page
        assert f'href="{PATH}?enterprise={firm}"' in page
        assert hand_in(bank, paper(firm)).status_code == 303

        again = number_in(bank.post("li.na", "/apply", **form(firm, key="again")))
        assert "未获授权" not in bank.get("li.na", f"/applications/{again}").text

    def test_takes_a_stated_hash_and_some_families(self, bank: Bank) -> None:
        firm = bank.firm(agreed=False)
        sent = paper(firm, evidence=f" {HASH.upper()} ", purpose="post_loan")
        del sent["family-all"]
        ticked = {"family-invoices": "yes", "family-tax_filings": "yes"}
        answer = bank.post("li.na", PATH, **sent, **ticked)

        assert answer.status_code == 303, plain(answer.text)
        (one,) = held(bank, firm)
        assert one.families == ("invoices", "tax_filings")
        assert (one.evidence, one.purpose) == (HASH, "post_loan")

    def test_sent_twice_counts_once(self, bank: Bank) -> None:
        firm = bank.firm(agreed=False)
        for _ in range(2):
            assert hand_in(bank, paper(firm)).status_code == 303
        assert len(held(bank, firm)) == 1
        other = hand_in(bank, paper(firm), file=b"another")
        assert other.status_code == 422
        assert "这份表单已提交过" in other.text
        assert f'value="paper-of-{firm}"' not in other.text

    @pytest.mark.parametrize(
        ("name", "stated", "said"),
        [
            ("until_on", "", "请填写日期"),
            ("until_on", "1.1.2027", "请填写日期"),
            ("purpose", "holiday", "请从列表中选择用途"),
            ("evidence", "ab12", "64 位十六进制数"),
            ("evidence", "", "64 位十六进制数"),
        ],
    )
    def test_says_beside_the_field_what_it_takes(
        self, bank: Bank, name: str, stated: str, said: str
    ) -> None:
        firm = bank.firm(agreed=False)
        sent = paper(firm, evidence=HASH) | {name: stated}
        answer = bank.post("li.na", PATH, **sent)
        assert answer.status_code == 422
        assert said in described(answer.text, name)
        assert held(bank, firm) == []

    def test_keeps_what_was_written_and_the_hash_of_the_file(self, bank: Bank) -> None:
        sent = paper(bank.firm(agreed=False), purpose="post_loan")
        del sent["family-all"]
        page = hand_in(bank, sent | {"family-payroll": "yes", "until_on": "?"}).text
        assert f'value="{HASH}"' in page
        assert re.search(r'name="family-payroll" value="yes" checked', page)
        assert '<option value="post_loan" selected>' in page
        none = hand_in(bank, sent).text
        assert "请至少选择一类来源" in none
        assert '<fieldset aria-invalid="true"' in none

    def test_refuses_a_file_that_proves_nothing(self, bank: Bank) -> None:
        firm = bank.firm(agreed=False)
        for file, stated, said in (
            (b"", "", "文件是空的"),
            (b"other", HASH, "SHA-256 与所填的不同"),
        ):
            answer = hand_in(bank, paper(firm, evidence=stated), file=file)
            assert answer.status_code == 422
            assert said in described(answer.text, "evidence")
        assert held(bank, firm) == []

    def test_says_that_it_had_run_out_before(self, bank: Bank) -> None:
        before = (DAY - timedelta(days=1)).isoformat()
        answer = hand_in(bank, paper(bank.firm(agreed=False), until_on=before))
        assert answer.status_code == 422
        assert "最后有效日早于今日" in answer.text

    def test_refuses_what_is_too_large_or_in_no_parts(
        self, bank: Bank, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(file_forms, "_MOST", 1000)
        firm = bank.firm(agreed=False)
        for file in (b"x" * 1000, b"x" * 20_000):
            large = hand_in(bank, paper(firm), file=file)
            assert large.status_code == 413
            assert "文件超过 20 MB" in large.text
        for kind, body in (
            ("multipart/form-data", b""),
            ("multipart/form-data; boundary=x", b"--x\r\nno end"),
            ("multipart/form-data; boundary=x", b"--x\r\nname?\r\n\r\nv\r\n--x--"),
            ("multipart/mixed; boundary=x", b"--x--"),
        ):
            headers = {"Content-Type": kind}
            told = bank.ask("POST", "li.na", PATH, content=body, headers=headers)
            assert told.status_code == 422, kind
            assert "表单无法读取" in told.text
        assert held(bank, firm) == []

    @pytest.mark.parametrize(("parts", "status"), [(64, 422), (65, 413)])
    def test_refuses_more_parts_than_a_form_has(
        self, bank: Bank, parts: int, status: int
    ) -> None:
        part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nv\r\n'
        answer = send(bank, part * parts + b"--x--\r\n")
        assert answer.status_code == status
        assert ("表单超过 64 项" in answer.text) == (status == 413)

    def test_refuses_fields_that_hold_too_much(self, bank: Bank) -> None:
        for name, status in ((b'"a"', 413), (b'"a"; filename="b"', 422)):
            head = b"--x\r\nContent-Disposition: form-data; name=" + name
            body = head + b"\r\n\r\n" + b"v" * 40_000 + b"\r\n--x--"
            assert send(bank, body).status_code == status
        long = b"--x\r\n" + b"a" * 5000 + b'; name="a"\r\n\r\nv\r\n--x--'
        assert "表单无法读取" in send(bank, long).text

    def test_reads_few_at_once(self, bank: Bank) -> None:
        firms = [bank.firm(agreed=False) for _ in range(5)]

        async def all_at_once() -> list[httpx.Response]:
            begun, go_on = [asyncio.Event() for _ in range(4)], asyncio.Event()

            async def slowly(number: int) -> AsyncIterator[bytes]:
                begun[number].set()
                await go_on.wait()
                yield body_of(firms[number])

            first = [
                asyncio.create_task(sends(bank, slowly(number))) for number in range(4)
            ]
            for one in begun:
                await one.wait()
            refused = await sends(bank, whole(body_of(firms[4])))
            assert held(bank, firms[4]) == []
            go_on.set()
            taken = await asyncio.gather(*first)
            return [*taken, refused, await sends(bank, whole(body_of(firms[4])))]

        *taken, refused, again = asyncio.run(all_at_once())
        assert [one.status_code for one in (*taken, again)] == [303] * 5
        assert refused.status_code == 503
        assert refused.headers["Retry-After"] == "5"
        assert "同时上传的文件已达 4 份" in refused.text

    @pytest.mark.parametrize("kind", [PARTS, "application/x-www-form-urlencoded"])
    def test_cuts_off_who_sends_slowly(
        self, bank: Bank, monkeypatch: pytest.MonkeyPatch, kind: str
    ) -> None:
        async def slowly() -> AsyncIterator[bytes]:
            for _ in range(1000):
                yield b"-"
                await asyncio.sleep(0.05)

        monkeypatch.setattr(file_forms, "MOST_SECONDS", 0.2)
        for _ in range(5):
            answer = asyncio.run(sends(bank, slowly(), kind))
            assert answer.status_code == 408
            assert "秒内传完" in answer.text

    def test_is_for_ones_own_customers_and_forms(self, bank: Bank) -> None:
        firm = bank.firm("zhou")
        told = hand_in(bank, paper(firm))
        assert told.status_code == 403
        assert "他人的客户" in told.text
        own = paper(bank.firm(agreed=False))
        theirs = {"Sec-Fetch-Site": "cross-site"}
        file = {"paper": ("a.pdf", SCAN)}
        told = bank.ask("POST", "li.na", PATH, data=own, files=file, headers=theirs)
        assert told.status_code == 403
        for login in ("wang", "audit", "boss"):
            assert hand_in(bank, own, who=login).status_code == 403
        assert held(bank, own["enterprise_id"]) == []


class TestList:
    def test_says_how_each_stands_on_the_day(self, bank: Bank) -> None:
        firm = bank.firm(agreed=False)
        for begins, ends in ((-9, -1), (0, 0), (1, 9)):
            signed = Authorisation(
                enterprise_id=firm,
                families=("invoices",),
                purpose="pre_credit",
                from_on=DAY + timedelta(days=begins),
                until_on=DAY + timedelta(days=ends),
                evidence=HASH,
                by=STAFF["li.na"][0],
            )
            number = authorising.authorise(bank.home, signed).number
        authorising.withdraw(bank.home, number, why=WHY, by="P1", on=DAY)
        page = bank.get("li.na", PATH, enterprise=firm).text
        found = re.findall(
            r'<td class="wide-only">\s*<span class="paper paper-(\w+)"', page
        )
        assert found == ["run_out", "live", "withdrawn"]
        assert withdrawal(number) not in page
        assert withdrawal(number - 2) in page

    def test_shows_what_is_in_reach_and_records_who_looks(self, bank: Bank) -> None:
        firm = bank.firm()
        (one,) = held(bank, firm)
        before = bank.rows()
        for login in ("zhou", "sun"):
            page = bank.get(login, PATH, enterprise=firm).text
            assert "没有您可查看的授权" in page
            assert HASH not in page
        assert bank.rows() == before
        audit = bank.get("audit", PATH, enterprise=firm).text
        assert f"授权 {one.number}" in plain(audit)
        assert withdrawal(one.number) not in audit
        assert "登记授权" not in audit
        assert bank.home.journal.newest("read").body["about"] == firm
        assert bank.get("boss", PATH, enterprise=firm).status_code == 403

    def test_asks_which_enterprise_is_meant(self, bank: Bank) -> None:
        page = bank.get("li.na", PATH)
        assert page.status_code == 200
        assert 'name="enterprise"' in page.text
        assert 'type="file"' not in page.text
        for bad in ("\x00", "E" * 101):
            answer = bank.get("li.na", PATH, enterprise=f"E{bad}")
            assert answer.status_code == 422
            assert "请填写企业编号" in described(answer.text, "enterprise")

    def test_is_led_to_from_customers_firms_and_the_form(
        self, bank: Bank, filed: Filed
    ) -> None:
        filed()
        firm = f"E{bank.used[-1]}"
        link = f'href="{PATH}?enterprise={firm}"'
        for path in ("/customers", f"/firms/{firm}", f"/apply?enterprise={firm}"):
            assert link in bank.get("li.na", path).text, path


class TestWithdrawal:
    def test_says_first_what_it_touches(self, bank: Bank, filed: Filed) -> None:
        number = filed()
        firm = f"E{bank.used[-1]}"
        (one,) = held(bank, firm)
        before = one.withdrawn_on
        page = bank.get("li.na", withdrawal(one.number)).text

        assert "全部须经授权的来源" in plain(page)
        assert f'href="/applications/{number}"' in page
        assert "已有决策 1 笔" in plain(page)
        assert "仍可查" not in page
        assert held(bank, firm)[0].withdrawn_on == before
        answer = bank.post("li.na", withdrawal(one.number), why=WHY)
        assert answer.status_code == 303
        after = plain(bank.get("li.na", answer.headers["Location"]).text)
        assert "授权已撤回" in after
        assert held(bank, firm)[0].withdrawn_on == DAY
        assert bank.home.journal.newest("authorisation_withdrawn").body["why"] == WHY

    def test_says_what_another_paper_leaves_open(self, bank: Bank) -> None:
        firm = bank.firm()
        sent = paper(firm, evidence=HASH)
        del sent["family-all"]
        bank.post("li.na", PATH, **sent, **{"family-payroll": "yes"})
        page = plain(bank.get("li.na", withdrawal(held(bank, firm)[0].number)).text)
        assert "因此仍可查： 代发工资" in page

    def test_asks_for_a_reason_and_is_for_once(self, bank: Bank) -> None:
        firm = bank.firm()
        (one,) = held(bank, firm)
        answer = bank.post("li.na", withdrawal(one.number), why=" ")
        assert answer.status_code == 422
        assert "请写明理由" in described(answer.text, "why")
        assert held(bank, firm)[0].withdrawn_on is None
        assert bank.post("li.na", withdrawal(one.number), why=WHY).status_code == 303
        again = bank.post("li.na", withdrawal(one.number), why=WHY)
        assert again.status_code == 409
        assert "此前已撤回" in again.text
        assert 'name="why"' not in again.text

    def test_is_out_of_reach_of_others(self, bank: Bank) -> None:
        (one,) = held(bank, bank.firm())
        for login, status in (("zhou", 404), ("audit", 403), ("wang", 403)):
            for answer in (
                bank.get(login, withdrawal(one.number)),
                bank.post(login, withdrawal(one.number), why=WHY),
            ):
                assert answer.status_code == status, login
        assert bank.get("li.na", withdrawal(10**12)).status_code == 404
