"""What requests and answers about rules look like."""

import json
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field

from xiaowei.decisions.rules.grammar import Outcome
from xiaowei.surfaces.api.shapes import Text
from xiaowei.surfaces.inputs import Asked, Code, Words

_MOST_LIMITS = 50
_MOST_CASES = 1000


def _written(plain: dict[str, Any]) -> dict[str, Any]:
    """Refuse what holds halves of characters, which no answer could name."""
    json.dumps(plain, ensure_ascii=False).encode()
    return plain


Plain = Annotated[dict[str, Any], AfterValidator(_written)]
Number = Annotated[int, Field(ge=0, le=2**53 - 1)]


class Version(BaseModel):
    """A version 版本 of rules: who drafted and who published it, and since when."""

    number: int = Field(description="Of the journal; 0 for the rules shipped.")
    name: str
    version: int
    fingerprint: str = Field(description="SHA-256 of the rules.")
    state: Literal["shipped", "draft", "published", "withdrawn"]
    since: date = Field(description="Its first day.")
    until: date | None = Field(description="The first day no longer; null for open.")
    copy_of: int | None = None
    drafted_by: str | None = Field(default=None, description="Employee number 工号.")
    drafted_at: str | None = None
    published_by: str | None = None
    published_at: str | None = None
    why: str | None = None
    cases: str | None = Field(default=None, description="SHA-256 of its test cases.")
    cases_run: int | None = None
    cases_failed: int | None = None


class ListedVersion(Version):
    """A version among others."""

    in_force: bool = Field(description="Whether it decides on the day asked for.")


class Rules(Version):
    """A version whole."""

    set: dict[str, Any] = Field(description="The rules as data; see docs/rules.md.")
    said: dict[str, Text] = Field(description="Each rule's code, and its sentence.")


class Proof(BaseModel):
    """What is proven 证明 of rules by the numbers of their first day."""

    sound: bool = Field(description="Free of faults, and every question settled.")
    asked: int = Field(description="Questions settled.")
    remarks: list[dict[str, Any]] = Field(
        description="Each with kind, rules, texts and an example firm."
    )
    unproven: list[Any] = Field(description="Questions left, with their rules.")


class Proven(Asked):
    """Rules to be proven."""

    set: Plain = Field(description="As GET of a version has it.")


class Draft(Proven):
    """Rules to be drafted 起草."""

    accepted: dict[Code, Words] = Field(
        default={}, description="Name of a fault, and why it may stand."
    )


class Drafted(Version):
    """A draft with what is proven of it."""

    proof: Proof


class Tests(Asked):
    """Test cases 测试案例 to be run on a draft."""

    cases: Annotated[list[Plain], Field(max_length=_MOST_CASES)] = Field(
        description="Each with name, firm, outcome and, where due, rule."
    )


class Came(BaseModel):
    """An outcome, and the rule that it is by."""

    outcome: Outcome | None
    rule: str | None


class Tested(BaseModel):
    """A test case and what came of it."""

    name: str
    firm: dict[str, Any]
    passed: bool
    due: Came
    came: Came
    fault: str = Field(description="Why the firm cannot be decided; else empty.")


class Outcomes(BaseModel):
    """What came of the test cases of a version."""

    rules: int
    failed: int
    cases: list[Tested]


class Changes(BaseModel):
    """What is other in one version than in another."""

    before: int
    after: int
    changes: list[dict[str, Any]] = Field(
        description="Each with kind, code of the rule, and its sentence."
    )


class Rollback(Asked):
    """An earlier version to be drafted again."""

    since: date | None = Field(default=None, description="Its first day; else today.")


class BackTest(Asked):
    """What a back-test 回测 is to try."""

    limits: Annotated[list[Code], Field(max_length=_MOST_LIMITS)] = Field(
        default=[], description="Limits moved, each as RULE.TRAIT=VALUE."
    )
