"""What requests and answers look like."""

from datetime import date
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
)

from xiaowei.surfaces.api.paging import LARGEST
from xiaowei.surfaces.inputs import Asked, Code, Fen

Item = TypeVar("Item")


Number = Annotated[int, Field(ge=1, le=LARGEST)]
State = Literal["received", "approved", "declined", "referred", "claimed", "returned"]
JobState = Literal["waiting", "running", "done", "dead", "cancelled"]


class SignIn(Asked):
    """Who wants in."""

    login: Code
    password: Annotated[str, StringConstraints(max_length=1000)]


class Proof(Asked):
    """The password once more."""

    password: Annotated[str, StringConstraints(max_length=1000)]


class Began(BaseModel):
    """A session that began."""

    token: str = Field(description="Send it as 'Authorization: Bearer TOKEN'.")


class Who(BaseModel):
    """Who is signed in."""

    login: str
    person: str = Field(description="Employee number 工号.")
    branch: str
    region: str
    roles: dict[str, str] = Field(description="Role, and how far it reaches.")
    fresh: bool = Field(description="Whether the password was given within minutes.")
    may: list[str] = Field(description="Operations that are allowed.")


class Page(BaseModel, Generic[Item]):
    """Some of many."""

    items: list[Item]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class Text(BaseModel):
    """A text in both languages."""

    zh: str
    en: str


class Firm(BaseModel):
    """An enterprise as the last run has it."""

    enterprise_id: str
    name: str | None
    industry: str | None
    region: str | None
    park: str | None
    tier: str
    pd: float | None
    pd_high: float | None
    score: int | None
    rating: str | None
    limit_fen: int | None
    as_of: date


class Assessment(BaseModel):
    """What an enterprise's risk is, by which model, and why 风险评估."""

    model_config = ConfigDict(protected_namespaces=())

    enterprise_id: str
    name: str | None
    as_of: date
    run_id: str
    model: dict[str, str] | None = Field(
        description="Name and fingerprint; null for the card the run itself learnt."
    )
    pd: float | None = Field(description="Of a default within 12 months, 0..1.")
    pd_low: float | None
    pd_high: float | None
    pd_card: float | None = Field(description="By the run's card beside a model's.")
    pd_reasons: list[dict[str, Any]] | None = Field(
        description="Families of traits, with what each adds to the log-odds."
    )
    score: int | None
    base_points: int | None
    reasons: list[dict[str, Any]] | None = Field(
        description="Traits with their points; base_points and they are the score."
    )
    out_of_range: list[str] | None = Field(
        description="Traits beyond all that the card has seen."
    )
    rating: str | None
    rating_given: str | None = Field(description="By the bank before; null for none.")
    tier: str
    tier_before: str | None
    tier_reasons: list[Text]


class Offers(BaseModel):
    """What the bank's products come to for an enterprise 授信方案."""

    enterprise_id: str
    name: str | None
    as_of: date
    tier: str
    limit_fen: int | None = Field(description="What the run lends it.")
    products: list[dict[str, Any]] = Field(
        description="Each with state, conditions and papers."
    )
    near_misses: list[dict[str, Any]] = Field(description="What would open one.")
    chosen_by: Text
    strategy: dict[str, Any]
    limit: dict[str, Any] = Field(description="With every cap, in fen.")
    proposal: dict[str, Any] | None = Field(
        description="To the fen: price, schedule, release, papers; null for none."
    )
    unpaid: dict[str, Any] | None = Field(description="Why no rate pays.")


class Portrait(BaseModel):
    """A digital portrait 画像, of what was known by the day."""

    enterprise_id: str
    on: date
    traits: dict[str, Any] = Field(description="Null where it cannot be known.")
    silenced: list[str] = Field(
        description="Traits taken away for want of a live authorisation."
    )


class Application(BaseModel):
    """An application with its state, and what was decided about it."""

    number: int
    enterprise_id: str
    amount_fen: int
    months: int
    purpose: str
    product: str | None
    manager: str
    branch: str
    region: str
    applied_on: date
    received_at: str
    changed_at: str
    state: State
    claimed_by: str | None
    due_at: str | None
    decision: int | None


class Decided(Application):
    """An application with its decision and its conclusion."""

    decided: dict[str, Any] | None = Field(
        default=None, description="Outcome, reasons, trace of rules, loan, conditions."
    )
    conclusion: dict[str, Any] | None = None
    undecided: str | None = Field(
        default=None, description="Why it is not decided yet, where it could not be."
    )


class Act(BaseModel):
    """What was done with a referral."""

    act: str
    application: int
    by: str
    made_at: str
    entry: int = Field(description="Of the journal.")


class Decision(BaseModel):
    """A decision, and the snapshot that it can be made again from."""

    number: int
    application: int
    enterprise_id: str
    outcome: str
    limit_fen: int | None
    rate: str | None
    months: int | None
    decided_on: date
    made_at: str
    rules: str
    document: str = Field(description="SHA-256 of the snapshot.")
    snapshot: dict[str, Any]


class How(Asked):
    """From what a decision is made again."""

    how: Literal["snapshot", "facts", "corrections"] = "snapshot"


class Replayed(BaseModel):
    """A decision made again."""

    decision: int
    how: str
    same: bool
    digest: str
    digest_again: str
    outcome: str
    outcome_again: str
    differences: list[dict[str, Any]]
    differences_in_all: int


class Authorisation(BaseModel):
    """An authorisation on record."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    enterprise_id: str
    families: list[str]
    purpose: str
    from_on: date
    until_on: date
    evidence: str
    by: str
    withdrawn_on: date | None


class Withdrawn(BaseModel):
    """What a withdrawal touches."""

    authorisation: int
    enterprise_id: str
    families: list[str]
    on: date
    applications: list[int] = Field(description="Of the enterprise, still open.")
    decisions: list[int] = Field(description="About it; they stand.")


class Health(BaseModel):
    """That the service answers."""

    status: Literal["ok"]
    day: date = Field(description="The day of business 营业日.")


class ModelListed(BaseModel):
    """A model on record in short."""

    entry: int = Field(description="Of the journal.")
    made_at: str
    name: str
    kind: str
    fingerprint: str = Field(description="SHA-256 of its text.")
    trained_by: str | None
    data: dict[str, Any] = Field(description="What it was learnt from.")
    split: dict[str, Any] = Field(description="How cases were set apart to judge it.")
    auc: Any = Field(description="With its 95% interval, on cases it has not seen.")
    slope: Any = Field(description="Of calibration, likewise; 1 is right.")
    signatures: list[dict[str, Any]] = Field(
        description="Who, when, by which key, and whether it is good."
    )
    validations: list[dict[str, Any]] = Field(description="By others than its maker.")
    in_use: bool = Field(description="Whether the last run holds its PDs.")


class Model(ModelListed):
    """A model on record."""

    altered: bool = Field(description="Whether its text is another than on record.")
    card: dict[str, Any] = Field(
        description="As it was put on record, and as it is signed: all measures with "
        "intervals, grades, cautions, what was refused."
    )


class RejectsListed(BaseModel):
    """A file of which rows were set aside."""

    model_config = ConfigDict(from_attributes=True)

    rejects_file: str = Field(description="Name of the list of these rows.")
    file: str
    source: str
    rows: int
    accepted: int
    quarantined: int
    duplicates: int


class Reject(BaseModel):
    """A row that was set aside."""

    model_config = ConfigDict(from_attributes=True)

    line: int = Field(description="Of the file.")
    outcome: Literal["quarantined", "duplicate"]
    reason: str = Field(description="In both languages.")


class StartRun(Asked):
    """A run of the whole line over what is held."""

    budget_fen: Fen = Field(description="What may be lent.")
    as_of: date | None = Field(
        default=None, description="The day; null for the last on which facts came."
    )
    model: Code | None = Field(
        default=None, description="A model on record whose PD counts."
    )


class Job(BaseModel):
    """Long work 任务: how far it is, or what came of it."""

    number: int
    kind: Literal["take", "run", "backtest"]
    asked: dict[str, Any]
    by: str
    made_at: str
    state: JobState
    tries: int
    stopping: bool = Field(description="It is to be cancelled when its worker hears.")
    step: str
    done: int
    whole: int = Field(description="Of how much `done` is; 0 where nobody knows.")
    answer: dict[str, Any] | None
    reason: str
