"""What the API says of what-if, as pydantic models."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from handoff.desk.schemas import Timestamp
from handoff.what_if.settings import Group, Kind
from handoff.what_if.summary import Change

MOST_CHANGES = 30  # keys in one question; there are fewer


class TryableOut(BaseModel):
    """One key of handoff.yml that can be tried."""

    key: str = Field(examples=["triggers.frustration.offer_from"])
    kind: Kind = Field(description="`number`, or `intents`: a list of their names.")
    group: Group
    label: str
    help: str
    value: Any = Field(description="What handoff.yml holds now.")
    unit: str = Field(description="Of a number: `score` (0 to 1), `messages` or `times`; empty for a list.")
    min: float | None
    max: float | None
    step: float | None


class IntentOut(BaseModel):
    """An intent that a list can have."""

    name: str = Field(examples=["faq/warranty"])
    label: str = Field(examples=["the warranty"])


class AbstainOut(BaseModel):
    """The score below which the assistant says that it is not sure."""

    value: float | None = Field(description="As the last 30 days show it; null when there is nothing to tell it from.")
    min: float
    max: float
    step: float


class WhatIfSettingsOut(BaseModel):
    """What can be tried."""

    settings: list[TryableOut]
    intents: list[IntentOut]
    abstain_below: AbstainOut
    timezone: str
    first: date = Field(description="The first of the last 30 days, which is where a question begins by default.")
    last: date = Field(description="Today, in the team's time zone.")


class WhatIfIn(BaseModel):
    """A question."""

    model_config = {"populate_by_name": True, "extra": "forbid"}

    first: date | None = Field(default=None, alias="from", description="Default: 30 days up to `to`.")
    last: date | None = Field(default=None, alias="to", description="Inclusive. Default: today.")
    changes: dict[str, Any] = Field(
        default={},
        alias="set",
        max_length=MOST_CHANGES,
        description="Dotted keys of handoff.yml and the values that are tried.",
        examples=[{"triggers.frustration.offer_from": 0.6}],
    )
    abstain_below: float | None = Field(
        default=None, ge=0, le=1, description="The score that is tried for answering; null leaves it as it was."
    )


class PeriodOut(BaseModel):
    """The days, both inclusive."""

    model_config = {"populate_by_name": True}

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    days: int
    timezone: str


class TallyOut(BaseModel):
    """How often, and how much of it is certain."""

    total: int
    exact: int


class TriggerOut(BaseModel):
    """What changes for one trigger; a missing kind of change is none."""

    trigger: str
    changes: dict[Change, int]


class RereadOut(BaseModel):
    """Messages that would be read differently at the other threshold; always estimates."""

    withheld: int = Field(description="Answers that would not have been given.")
    doubted: int = Field(description="Of these, answers after which the visitor asked again or was annoyed.")
    expected_wrong: float = Field(description="Of these, how many are wrong by the assistant's own probabilities.")
    answered: int = Field(description="Messages that would have been answered instead of asked about.")
    expected_new_wrong: float = Field(description="How many of those answers would be wrong.")


class AgreementOut(BaseModel):
    """How well the replay knows the past, with the rules as they are."""

    decisions: int = Field(description="Messages on which something was decided, recorded or replayed.")
    reproduced: int = Field(description="Those where both are the same.")
    unexplained_visits: int


class ChangedVisitOut(BaseModel):
    """A visit that would have gone differently."""

    visit_id: int
    conversation_id: str
    started_at: Timestamp
    page: str | None
    words: str = Field(description="What the visitor wrote at that moment.")
    change: Change
    trigger: str = Field(description="Why a person would have come or been offered, or was.")
    exact: bool = Field(description="Certain; else an estimate.")
    recorded_at: int | None = Field(description="At which message of the visit a person came; null: none did.")
    other_at: int | None = Field(description="At which one a person would have come, or the offer changes.")
    seconds: int | None = Field(description="Between the two, where there are both.")


class WhatIfOut(BaseModel):
    """The answer."""

    period: PeriodOut
    visits: int = Field(description="That were replayed.")
    before: int = Field(description="Visits in which a person came.")
    after: int = Field(description="Visits in which one would have come, as far as that is known.")
    unknown_after: int = Field(
        description="Visits in which a person would not have come when one did; what would follow is unknown."
    )
    changes: dict[Change, TallyOut]
    triggers: list[TriggerOut]
    reread: RereadOut | None = Field(description="Null when no other threshold was asked for.")
    agreement: AgreementOut
    sentences: list[str] = Field(description="The answer for people.")
    caveats: list[str] = Field(description="What is certain and what is an estimate, for people.")
    visits_changed: list[ChangedVisitOut] = Field(description="The first 200, handoffs first, then the newest.")
    visits_changed_total: int
    snippet: str = Field(description="For handoff.yml; nothing is written by itself.")
    config_snippet: str = Field(description="For config.yml; it holds from the next training on.")
