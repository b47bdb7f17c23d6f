"""On public files the known leaks are found, and nothing honest is refused."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from tests.data import CUMCM, SBA, needs_cumcm, needs_sba

from xiaowei.risk.leaks.circumstances import Circumstances
from xiaowei.risk.leaks.inspection import Inspection, inspect
from xiaowei.risk.sample import Ints

pytestmark = pytest.mark.data

POLISH = SBA.parent / "polish_bankruptcy"
SCORECARDS = SBA.parent / "scorecards"
needs_polish = pytest.mark.skipif(
    not POLISH.is_dir(), reason="the public set polish_bankruptcy is not there"
)
needs_scorecards = pytest.mark.skipif(
    not SCORECARDS.is_dir(), reason="the public sets of scorecards are not there"
)


@cache
def sba() -> tuple[pd.DataFrame, Ints]:
    table = pd.read_parquet(SBA / "sba_7a_part.parquet")
    table = table[table["MIS_Status"].isin(["P I F", "CHGOFF"])].reset_index(drop=True)
    defaulted = (table.pop("MIS_Status") == "CHGOFF").to_numpy().astype(np.int64)
    return table, defaulted


def known_at_approval(table: pd.DataFrame) -> pd.DataFrame:
    plain = ["NoEmp", "NewExist", "CreateJob", "RetainedJob", "UrbanRural", "LowDoc"]
    return table[["State", "BankState", *plain, "GrAppv", "SBA_Appv"]].assign(
        Industry=table["NAICS"].astype(str).str[:2],
        Franchise=table["FranchiseCode"] > 1,
        Share=table["SBA_Appv"] / table["GrAppv"],
        SameState=table["State"] == table["BankState"],
    )


def kinds(inspection: Inspection, candidate: str) -> set[str]:
    return {leak.kind for leak in inspection.of(candidate)}


@needs_sba
class TestSba:
    def test_has_a_term_that_leaks_though_nothing_was_told(self) -> None:
        table, defaulted = sba()

        inspection = inspect(table, defaulted)

        assert inspection.refused == ("Term", "ChgOffDate", "ChgOffPrinGr")
        assert kinds(inspection, "Term") == {"pattern", "remainder"}
        assert "division by 12" in inspection.of("Term")[1].evidence
        assert "filled" in kinds(inspection, "ChgOffDate")
        assert "zero" in kinds(inspection, "ChgOffPrinGr")
        # Code 0 was given to loans of 1980 and 1981 only, of which 95% are bad here.
        assert inspection.suspected == ("LoanNr_ChkDgt", "Name", "FranchiseCode")

    def test_has_columns_computed_from_the_term_and_columns_known_later(self) -> None:
        table, defaulted = sba()
        paid = pd.to_datetime(table["DisbursementDate"], format="%m/%d/%Y")
        end = paid + pd.to_timedelta(30 * table["Term"], unit="D")
        bins = [-1, 36, 60, 84, 120, 600]
        made = table.assign(
            RealEstate=(table["Term"] >= 240).astype(int),
            TermYears=table["Term"] / 12,
            TermClass=pd.cut(table["Term"], bins).astype(str),
            Recession=((end >= "2007-12-01") & (end <= "2009-06-30")).astype(int),
        )
        told = Circumstances(
            decided_on="ApprovalDate",
            known_on={"DisbursementGross": table["DisbursementDate"]},
        )

        inspection = inspect(made, defaulted, circumstances=told)

        assert kinds(inspection, "RealEstate") == {"derived"}
        assert kinds(inspection, "TermClass") == {"derived"}
        assert kinds(inspection, "Recession") == {"derived"}
        assert "precision" in kinds(inspection, "TermYears")
        assert kinds(inspection, "DisbursementDate") == {"later_day"}
        assert kinds(inspection, "DisbursementGross") == {"known_later"}
        assert "later_day" in kinds(inspection, "ChgOffDate")

    def test_has_nothing_to_refuse_in_what_was_known_at_approval(self) -> None:
        table, defaulted = sba()

        inspection = inspect(known_at_approval(table), defaulted)

        assert inspection.refused == ()
        # A guarantee of 90% was given to 305 loans of 1980 and 1981, 83% of them bad.
        assert inspection.suspected == ("Share",)


@needs_cumcm
class TestCumcm:
    @staticmethod
    def firms() -> tuple[pd.DataFrame, Ints]:
        firms = pd.read_csv(CUMCM / "firms_123.csv").set_index("企业代号")
        sold = pd.read_parquet(CUMCM / "output_123_invoices.parquet")
        valid = sold[sold["发票状态"].str.strip() == "有效发票"]
        month = valid["开票日期"].dt.to_period("M")
        per_month = valid.groupby(["企业代号", month])["金额"].sum().groupby("企业代号")
        sales = valid.groupby("企业代号")["金额"].sum()
        table = pd.DataFrame(
            {
                "rating": firms["信誉评级"],
                "log_sales": np.log(sales),
                "months": per_month.size(),
                "variation": per_month.std() / per_month.mean(),
                "void_share": (sold["发票状态"] != "有效发票")
                .groupby(sold["企业代号"])
                .mean(),
                "last": valid.groupby("企业代号")["开票日期"].max(),
            }
        ).loc[firms.index]
        defaulted = (firms["是否违约"] == "是").to_numpy().astype(np.int64)
        return table.reset_index(drop=True), defaulted

    def test_has_a_rating_that_is_the_default_and_sales_that_are_not(self) -> None:
        table, defaulted = self.firms()

        inspection = inspect(table, defaulted)

        assert inspection.refused == ("rating",)
        assert inspection.of("rating")[0].evidence.startswith("value 'D': 24 of 24")
        # The firms are numbered from the best down: their order is no trait either.
        assert inspection.suspected == ("(row order)",)


@needs_scorecards
class TestScorecards:
    def test_find_nothing_in_german_credit(self) -> None:
        table = pd.read_parquet(SCORECARDS / "german_credit.parquet")
        defaulted = (table.pop("class") == 2).to_numpy().astype(np.int64)

        assert inspect(table, defaulted).leaks == ()

    def test_doubt_how_hmeq_was_recorded_and_refuse_nothing(self) -> None:
        table = pd.read_parquet(SCORECARDS / "hmeq.parquet")
        defaulted = table.pop("BAD").to_numpy().astype(np.int64)

        inspection = inspect(table, defaulted)

        assert inspection.refused == ()
        # Where the ratio of debt to income is missing 62% are bad, else 9%: strong, yet
        # a third of the bads have it; whether it was lost later only the bank can say.
        assert kinds(inspection, "DEBTINC") == {"missing"}
        # Bads have round values nine times as often, and months without days: they
        # seem to be keyed from another source.
        assert set(inspection.suspected) == {
            "MORTDUE",
            "VALUE",
            "YOJ",
            "CLAGE",
            "DEBTINC",
        }

    def test_find_an_identifier_and_nothing_else_in_pakdd(self) -> None:
        table = pd.read_parquet(SCORECARDS / "pakdd2010_train.parquet")
        defaulted = table.pop("TARGET_LABEL_BAD=1").to_numpy().astype(np.int64)

        inspection = inspect(table, defaulted)

        assert inspection.refused == ()
        assert inspection.suspected == ("ID_CLIENT",)


@needs_polish
class TestPolish:
    def test_is_sorted_by_outcome_and_leaks_in_no_column(self) -> None:
        table = pd.read_parquet(POLISH / "1year.parquet")
        defaulted = table.pop("class").to_numpy().astype(np.int64)

        inspection = inspect(table, defaulted)

        assert inspection.refused == ("(row order)",)
        # Two ratios are missing, and one amount is whole, for bankrupt firms mostly.
        assert set(inspection.suspected) == {"Attr11", "Attr27", "Attr55", "(rows)"}
