"""Counterparties linked to the enterprises they mean."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from xiaowei.facts.former import FORMER
from xiaowei.facts.linkage import (
    LINKS,
    DoubledIdError,
    MissingLinkColumnError,
    ThresholdError,
    expected_wrong,
    link,
)
from xiaowei.facts.signs import read_row, signs_of, telling_keys
from xiaowei.simulate.names import credit_code, firm_names
from xiaowei.simulate.places import Place
from xiaowei.simulate.trades import TRADES

AS_OF = date(2026, 6, 30)
HONGDA = "云溪县宏达五金制品有限公司"
CODE = credit_code("91", region="330999", number=12345678)
BRANDS = "宏恒鑫瑞华永昌泰盛嘉金顺德信诚兴"
OTHER_CODE = credit_code("91", region="330999", number=12345679)


def table(key: str, rows: list[dict[str, str | None]]) -> pa.Table:
    names = sorted({name for row in rows for name in row})
    columns = {
        name: pa.array([r.get(name) for r in rows], pa.string()) for name in names
    }
    ids = [f"{key[0].upper()}{place}" for place in range(len(rows))]
    return pa.table({f"{key}_id": pa.array(ids, pa.string()), **columns})


def enterprises(*rows: str | dict[str, str | None]) -> pa.Table:
    return table(
        "enterprise", [r if isinstance(r, dict) else {"name": r} for r in rows]
    )


def counterparties(*rows: str | dict[str, str | None]) -> pa.Table:
    return table(
        "counterparty", [r if isinstance(r, dict) else {"name": r} for r in rows]
    )


def outcome(links: pa.Table) -> list[tuple[str | None, str]]:
    return [(row["enterprise_id"], row["result"]) for row in links.to_pylist()]


def simulated(count: int) -> list[str]:
    rng = np.random.default_rng(3)
    words = [word for trade in TRADES for word in trade.words]
    drawn = [words[place] for place in rng.integers(len(words), size=count)]
    own = [bool(one) for one in rng.random(count) < 0.3]
    return firm_names(drawn, own_account=own, place=Place(), rng=rng)


class TestLink:
    def test_takes_a_code_before_a_name(self) -> None:
        known = enterprises({"name": HONGDA, "code": CODE}, "云溪县永昌物流有限公司")
        others = counterparties({"name": "云溪县永昌物流有限公司", "code": CODE})

        assert outcome(link(known, others, as_of=AS_OF)) == [("E0", "linked")]

    def test_lets_an_old_code_meet_the_unified_one(self) -> None:
        known = enterprises({"name": HONGDA, "code": CODE})
        others = counterparties(
            {"name": "某某", "code": CODE[8:17]},
            {"name": "某某", "code": f"{CODE[8:16]}-{CODE[16]}"},
            {"name": "某某", "code": "330102" + CODE[8:17]},
        )

        links = link(known, others, as_of=AS_OF)

        assert outcome(links) == [("E0", "linked")] * 3
        assert links["agreed"].to_pylist() == ["code"] * 3

    @pytest.mark.parametrize(
        "written",
        [
            HONGDA,
            "宏达五金制品（云溪）有限公司",
            "宏达五金制品有限公司",
            "云溪宏达五金制品",
            "云溪县宏达五金制品有限责任公司",
            "云溪县宏达五金制呂有限公司",
            "云溪县宏达五金品制有限公司",
            "云溪县宏达五金有限公司",
        ],
    )
    def test_knows_a_name_as_others_write_it(self, written: str) -> None:
        known = enterprises(HONGDA, "云溪县永昌物流有限公司", "云溪县瑞丰食品厂")

        links = link(known, counterparties(written), as_of=AS_OF)

        assert outcome(links) == [("E0", "linked")]

    @pytest.mark.parametrize(
        "written",
        [
            "云溪县宏达五金制品有限公司第二分公司",
            "云溪县宏达五金制品有限公司（东湖店）",
            "青禾市瑞安餐饮管理有限公司",
            "",
            None,
        ],
    )
    def test_leaves_what_it_does_not_know_unmatched(self, written: str | None) -> None:
        links = link(
            enterprises(HONGDA), counterparties(written_as(written)), as_of=AS_OF
        )

        assert outcome(links) == [(None, "unmatched")]

    def test_never_links_by_likeness_against_a_sound_code(self) -> None:
        known = enterprises({"name": HONGDA, "code": CODE})
        others = counterparties({"name": HONGDA, "code": OTHER_CODE})

        assert outcome(link(known, others, as_of=AS_OF)) == [(None, "unmatched")]

    def test_reports_two_candidates_too_close(self) -> None:
        known = enterprises(HONGDA, "云溪县宏远五金制品有限公司")
        others = counterparties("云溪县宏选五金制品有限公司")

        links = link(known, others, as_of=AS_OF)

        assert sorted(outcome(links)) == [("E0", "ambiguous"), ("E1", "ambiguous")]
        assert links["probability"].to_pylist() == pytest.approx([0.5, 0.5], abs=0.01)

    def test_lets_an_account_decide_between_them(self) -> None:
        known = enterprises(
            {"name": HONGDA, "account": "6222 0001"}, "云溪县宏远五金制品有限公司"
        )
        others = counterparties(
            {"name": "云溪县宏选五金制品有限公司", "account": "62220001"}
        )

        assert outcome(link(known, others, as_of=AS_OF)) == [("E0", "linked")]

    def test_keeps_two_firms_apart_that_differ_in_one_character(self) -> None:
        known = enterprises(HONGDA, "云溪县宏远五金制品有限公司")
        others = counterparties("云溪宏远五金制品", "宏达五金制品（云溪）公司")

        links = link(known, others, as_of=AS_OF)

        assert outcome(links) == [("E1", "linked"), ("E0", "linked")]

    def test_takes_a_name_of_another_place_for_another_firm(self) -> None:
        known = enterprises("青禾县宏达五金制品有限公司", *simulated(50))

        assert outcome(link(known, counterparties(HONGDA), as_of=AS_OF)) == [
            (None, "unmatched")
        ]

    def test_cannot_tell_which_place_a_name_without_one_means(self) -> None:
        known = enterprises("青禾县宏达五金制品有限公司", HONGDA)
        others = counterparties("宏达五金制品有限公司")

        assert sorted(outcome(link(known, others, as_of=AS_OF))) == [
            ("E0", "ambiguous"),
            ("E1", "ambiguous"),
        ]

    def test_takes_no_other_number_for_a_slip(self) -> None:
        known = enterprises("云溪县宏达五金制品第2有限公司")
        others = counterparties("云溪县宏达五金制品第3有限公司")

        assert outcome(link(known, others, as_of=AS_OF)) == [(None, "unmatched")]

    def test_knows_a_name_cut_short_beside_firms_called_by_their_trade(self) -> None:
        # A firm that is called by its trade alone looks like all others of the trade
        # without their start; a name cut short is as telling as ever.
        brands = [one + other for one in BRANDS for other in BRANDS if one < other]
        trades = "装饰工程", "水产食品", "网络科技", "餐饮服务"
        each = enumerate(brands)
        names = [f"云溪县{brand}{trades[n % 4]}有限公司" for n, brand in each]
        names += [f"云溪县{trade}有限公司" for trade in trades]
        cut = f"云溪县{brands[4]}装饰有限公司"
        links = link(enterprises(*names), counterparties(cut), as_of=AS_OF)

        assert outcome(links) == [("E4", "linked")]

    def test_knows_former_names_from_their_first_day(self) -> None:
        former = pa.table(
            [
                ["E0"],
                ["云溪县旧日五金有限公司"],
                [date(2020, 1, 1)],
                [date(2024, 1, 1)],
            ],
            schema=FORMER,
        )
        others = counterparties("云溪县旧日五金有限公司")
        known = enterprises(HONGDA)
        later = link(known, others, as_of=date(2020, 1, 1), former=former)
        before = link(known, others, as_of=date(2019, 12, 31), former=former)

        assert outcome(later) == [("E0", "linked")]
        assert later["agreed"].to_pylist() == ["former full name"]
        assert outcome(before) == [(None, "unmatched")]

    def test_never_scores_an_enterprise_zero_against_itself(self) -> None:
        names = simulated(2_000)
        shorn = [name.removesuffix("有限公司").removesuffix("经营部") for name in names]

        itself = link(enterprises(*names), counterparties(*names), as_of=AS_OF)
        weighed = link(enterprises(*names), counterparties(*shorn), as_of=AS_OF)

        assert outcome(itself) == [(f"E{n}", "linked") for n in range(len(names))]
        # Trades that end as a form does, as 数码商行, stay in doubt.
        assert min(weighed["probability"].to_pylist()) > 0.5
        for row in weighed.to_pylist():
            assert row["enterprise_id"] in {None, f"E{row['counterparty_id'][1:]}"}
        assert weighed["result"].to_pylist().count("linked") > 0.97 * len(names)

    def test_gives_the_same_table_for_the_same_rows(self) -> None:
        names = simulated(300)
        others = [name[2:5] + name[6:] for name in names]

        once = link(enterprises(*names), counterparties(*others), as_of=AS_OF)
        again = link(enterprises(*names), counterparties(*others), as_of=AS_OF)

        assert once.equals(again)
        assert once.schema.equals(LINKS)

    def test_has_every_counterparty_in_order(self) -> None:
        others = counterparties("某某", HONGDA, {"name": None}, "宏达五金制品")

        links = link(enterprises(HONGDA), others, as_of=AS_OF)

        assert links["counterparty_id"].to_pylist() == ["C0", "C1", "C2", "C3"]

    @pytest.mark.parametrize("empty", ["enterprises", "counterparties"])
    def test_links_nothing_to_nothing(self, empty: str) -> None:
        known = enterprises(HONGDA).slice(0, 0 if empty == "enterprises" else 1)
        others = counterparties("宏达").slice(0, 0 if empty == "counterparties" else 1)

        links = link(known, others, as_of=AS_OF)

        assert "linked" not in links["result"].to_pylist()
        assert len(links) == len(others)

    def test_refuses_a_table_without_ids(self) -> None:
        bare = pa.table({"name": [HONGDA]})

        with pytest.raises(MissingLinkColumnError, match="lacks counterparty_id"):
            link(enterprises(HONGDA), bare, as_of=AS_OF)

    def test_refuses_doubled_ids(self) -> None:
        doubled = pa.concat_tables([enterprises(HONGDA)] * 2)

        with pytest.raises(DoubledIdError, match="2 rows and 1 different ids"):
            link(doubled, counterparties(HONGDA), as_of=AS_OF)

    @pytest.mark.parametrize("threshold", [0.5, 1.0, float("nan")])
    def test_refuses_a_threshold_that_tells_nothing(self, threshold: float) -> None:
        with pytest.raises(ThresholdError):
            link(
                enterprises(HONGDA),
                counterparties(HONGDA),
                as_of=AS_OF,
                threshold=threshold,
            )


def written_as(name: str | None) -> dict[str, str | None]:
    return {"name": name}


class TestExpectedWrong:
    def test_is_the_mean_doubt_of_the_links(self) -> None:
        rows = [("C0", "E0", 0.9, "linked"), ("C1", "E1", 1.0, "linked")]
        rows += [("C2", "E2", 0.5, "ambiguous"), ("C2", "E3", 0.5, "ambiguous")]
        columns = [*zip(*rows, strict=True), [""] * len(rows)]
        links = pa.table([pa.array(column) for column in columns], schema=LINKS)

        assert expected_wrong(links) == pytest.approx(0.05)
        assert expected_wrong(links.slice(2)) == 0.0


class TestSigns:
    def test_share_a_slip_exactly_if_one_character_differs(self) -> None:
        cores = [
            "宏达五金",
            "宏远五金",
            "宏达五",
            "达宏五金",
            "远达五铜",
            "宏达五金店铺",
        ]
        rows = {i: read_row({"name": core}) for i, core in enumerate(cores)}
        signs = signs_of(rows, known=frozenset(), listed=True)
        slips = [set(one) for one in signs["slips"].to_pylist()]

        assert [bool(slips[0] & one) for one in slips] == [
            True, True, True, True, False, False,
        ]  # fmt: skip

    def test_leave_out_keys_that_too_many_share(self) -> None:
        rows = [
            read_row({"name": f"宏达{sign}业"})
            for sign in map(chr, range(0x5000, 0x5080))
        ]

        keys = telling_keys(rows)

        assert "<宏达|" not in keys
        assert f"{rows[0].core}|" in keys
