"""What the API says of metrics, as pydantic models."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from handoff.desk.schemas import Timestamp

Unit = Literal["share", "seconds", "count", "score", "money"]
Better = Literal["higher", "lower"]


class PeriodOut(BaseModel):
    """Whole days, both ends included."""

    from_: date = Field(serialization_alias="from")
    to: date


class OwnPeriodOut(PeriodOut):
    """The days that were asked for."""

    days: int
    timezone: str = Field(description="Whose days they are: the team's, `hours.timezone` of `handoff.yml`, or UTC.")


class FiltersOut(BaseModel):
    """The filters that were given; null for the others."""

    topic: str | None = None
    queue: str | None = None
    trigger: str | None = None
    page: str | None = None
    variant: str | None = None


class BeforeOut(BaseModel):
    """The same metric in the period before."""

    value: float | None
    numerator: int | None
    denominator: int


class MetricOut(BaseModel):
    """One number, with what it is made of."""

    name: str = Field(description="Stable name for programs.", examples=["handoff_rate"])
    label: str = Field(description="For people.")
    help: str = Field(description="One sentence of what is counted.")
    unit: Unit = Field(description="`share` is from 0 to 1, `score` from 1 to 5.")
    better: Better | None = Field(description="Which direction is good; null for neither.")
    value: float | None = Field(description="Null where there is nothing to count.")
    numerator: int | None = Field(description="Of a share.")
    denominator: int = Field(description="Visits, handoffs, messages, ratings or conversions that it is counted from.")
    low: float | None = Field(description="Of a share: lower end of the 95 % score interval (Wilson).")
    high: float | None = Field(description="Of a share: its upper end.")
    drill: bool = Field(description="Whether the conversations behind it can be listed.")
    currency: str | None = Field(description="Of money, where the shop named one.")
    note: str | None = Field(description="What the number leaves out, for people.")
    before: BeforeOut


class TrendOut(BaseModel):
    """Numbers of each day."""

    days: list[date]
    series: dict[str, list[float | None]] = Field(
        description="`visits`, `handoffs`, `handoff_rate`, `containment`, `first_reply_median` (seconds), "
        "`csat_handoff`, `missed` (a count) and `fallback_rate`: one number a day, null for nothing to count."
    )


class BreakdownRowOut(BaseModel):
    """Visits that have something in common."""

    key: str = Field(description="As the filter takes it; empty where visits have none.")
    label: str
    visits: int | None = Field(description="Null for trigger and queue, which only handoffs have.")
    handoffs: int = Field(description="Visits with a handoff.")
    rate: float | None = Field(description="Of `visits`, or of all visits where that is null.")


class UnansweredOut(BaseModel):
    """Something that could not be answered."""

    text: str = Field(description="As it was written last.")
    count: int = Field(description="How often, whatever the case, the spaces and the closing punctuation.")
    outcome: Literal["not_understood", "out_of_scope"]
    message_id: str = Field(description="Of the latest one.")


class AgentLoadOut(BaseModel):
    """What an agent had to do."""

    agent_id: str
    name: str
    taken: int = Field(description="Handoffs made in the period that this agent has or had last.")
    replies: int = Field(description="Messages that the agent wrote in the period.")
    resolved: int
    first_reply_median: float | None = Field(description="Seconds, of those taken.")
    resolution_median: float | None = Field(description="Seconds, of those taken.")
    csat: float | None = Field(description="Mean score of those taken.")
    rated: int = Field(description="How many scores that is the mean of.")
    most_at_once: int = Field(description="The most of those taken at one time.")


class OptionOut(BaseModel):
    """A value that a filter can have."""

    key: str
    label: str


class OverviewOut(BaseModel):
    """Everything that the overview shows."""

    period: OwnPeriodOut
    before: PeriodOut = Field(description="The same number of days right before.")
    filters: FiltersOut
    metrics: list[MetricOut]
    trend: TrendOut
    breakdowns: dict[str, list[BreakdownRowOut]] = Field(
        description="`trigger`, `topic`, `queue`, `page` (the 20 with most visits) and `hour` (24 rows)."
    )
    unanswered: list[UnansweredOut] = Field(description="The 10 most frequent.")
    agents: list[AgentLoadOut]
    options: dict[str, list[OptionOut]] = Field(description="`topics`, `queues`, `triggers`, `pages` and `variants`.")


class ConversationRowOut(BaseModel):
    """One visit or handoff behind a metric."""

    visit_id: int | None = Field(description="Null for a handoff that belongs to no visit.")
    conversation_id: str
    handoff_id: str | None
    started_at: Timestamp = Field(description="When the visit began; for metrics of handoffs, when it was made.")
    page: str | None
    topic: str | None
    trigger: str | None
    words: str | None = Field(description="The visitor's first words.")
    why: str = Field(description="Why it counts, in a few words.", examples=["handed over: asked for a person"])


class ConversationsOut(BaseModel):
    """The visits or handoffs behind a metric, the latest first."""

    rows: list[ConversationRowOut]
    total: int = Field(description="How many there are in all.")
    next: str | None = Field(description="Give it as `before` to get those after these; null at the end.")


class VisitMessageOut(BaseModel):
    """One message of a visit, with what the assistant made of it."""

    id: str
    seq: int
    sender: Literal["visitor", "assistant", "agent", "system"]
    name: str | None = Field(description="Of the agent who wrote it.")
    text: str
    at: Timestamp
    intent: str | None
    intent_label: str | None = Field(description="The intent as people say it.")
    confidence: float | None
    frustration: float | None = Field(description="From 0 (calm) to 1.")
    signals: list[str] = Field(description="What the frustration was made of.")
    outcome: str | None = Field(
        description="`answered`, `form_reply`, `small_talk`, `not_understood`, `out_of_scope` or `human`."
    )
    doubt: str | None = Field(description="Why its answer was probably wrong: `rephrased` or `frustrated`.")
    response: str | None = Field(description="The name of the assistant's answer in the domain.")


class VisitHandoffOut(BaseModel):
    """The first handoff of a visit."""

    id: str
    status: str
    agent: str | None
    queue: str
    trigger: str
    trigger_label: str
    created_at: Timestamp
    score: int | None
    comment: str | None


class ConversionOut(BaseModel):
    """What a visitor did that the shop wanted."""

    name: str
    value: float | None
    currency: str | None
    source: str
    at: Timestamp


class VisitRatingOut(BaseModel):
    """What a visitor thought of a visit without a person."""

    at: Timestamp
    score: int | None
    comment: str | None


class VisitOut(BaseModel):
    """One visit with everything that was counted in it."""

    id: int
    conversation_id: str
    channel: str
    page: str | None
    variant: str | None
    started_at: Timestamp
    last_at: Timestamp
    returned_at: Timestamp | None = Field(description="When the same visitor's next visit began.")
    topic: str | None
    intent: str | None
    intent_label: str | None
    trigger: str | None
    counts: dict[str, int] = Field(
        description="`messages` of the visitor, `answered`, `not_understood`, `out_of_scope`, `small_talk`, "
        "`frustrated` and `doubts`."
    )
    messages: list[VisitMessageOut]
    handoff: VisitHandoffOut | None
    conversions: list[ConversionOut]
    rating: VisitRatingOut | None
