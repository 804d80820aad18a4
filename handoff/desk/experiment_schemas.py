"""What the API says of experiments, as pydantic models."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, Field

from handoff.desk.metric_schemas import Better, Unit
from handoff.domain.experiment_verdict import State

Status = Literal["waiting", "running", "over", "past"]
Caveat = Literal["selected", "messages"]


class VariantOut(BaseModel):
    """One way of doing it, and who fell into it."""

    name: str
    share: float | None = Field(description="Per cent of visitors; null for an experiment of the past.")
    changes: dict[str, Any] = Field(description="Keys of `handoff.yml` with the values that hold in it.")
    conversations: int = Field(description="Who fell into it.")
    visits: int = Field(description="Their visits.")


class SideOut(BaseModel):
    """A metric in one variant."""

    variant: str
    value: float | None = Field(description="Null where there is nothing to count.")
    denominator: int = Field(description="What it is counted from.")
    low: float | None = Field(description="Lower end of the 95 % interval; null where there is none.")
    high: float | None


class DifferenceOut(BaseModel):
    """How much more a metric is in a variant than in the first."""

    variant: str
    value: float
    low: float = Field(description="Lower end of the interval; 95 % for all comparisons of the metric together.")
    high: float
    leaning: Literal["better", "worse", "other", "unclear"] = Field(
        description="`unclear` while chance may have made it; `other` where neither direction is good by itself."
    )


class ComparedOut(BaseModel):
    """A metric in all variants, side by side."""

    name: str = Field(examples=["handoff_rate"])
    label: str
    help: str
    unit: Unit
    better: Better | None
    decides: bool = Field(description="Whether the experiment is about this one.")
    caveat: Caveat | None = Field(
        description="`selected`: counts only what the variants themselves brought about; `messages`: counts messages, "
        "of which several come from one visit. In both, the interval promises too much."
    )
    currency: str | None
    sides: list[SideOut]
    differences: list[DifferenceOut] = Field(description="Of the other variants to the first; empty where none can be.")


class VerdictOut(BaseModel):
    """What may be said of a variant beside the first."""

    variant: str
    state: State
    words: str = Field(description="For people.")


class PlannedOut(BaseModel):
    """How many visits of a variant it takes, and how many are there."""

    variant: str
    visits: int = Field(description="Visits that the metric counts.")
    counted: int


class PlanOut(BaseModel):
    """What was settled before anybody looked."""

    smallest: float = Field(description="The difference that is worth finding, as a share.")
    base: float = Field(description="The share without the experiment.")
    from_before: bool = Field(description="Whether that is of the 30 days before; else it is the first variant's.")
    variants: list[PlannedOut]
    complete: bool
    visits_per_day: float = Field(description="Of all visitors, in the last two weeks.")
    days_left: int | None = Field(description="At this traffic; null when there is none.")
    ready_on: date | None
    too_short: bool = Field(description="Whether it ends before the visits are there.")


class BalanceOut(BaseModel):
    """Whether visitors fell as the shares say."""

    chance: float = Field(description="How likely chance alone splits at least as unevenly (chi-square test).")
    sound: bool
    words: str = Field(description="For people.")


class ExperimentOut(BaseModel):
    """An experiment in numbers."""

    name: str
    status: Status = Field(description="`past`: `handoff.yml` does not hold it any more.")
    started: date = Field(description="The first day, in the team's time zone.")
    ends: date | None = Field(description="The last day; null when it goes on until somebody takes it out.")
    first_day: date = Field(description="Numbers are counted from here.")
    last_day: date = Field(description="And up to here.")
    metric: str = Field(description="The one that decides.")
    metric_label: str
    variants: list[VariantOut] = Field(description="The others are compared with the first.")
    metrics: list[ComparedOut]
    verdicts: list[VerdictOut]
    plan: PlanOut | None = Field(description="Null for one of the past, and where there is nothing to plan with.")
    balance: BalanceOut | None = Field(description="Null for one of the past, whose shares nobody knows.")


class PastOut(BaseModel):
    """An experiment that visits remember and `handoff.yml` does not hold any more."""

    name: str
    first_day: date
    last_day: date
    variants: list[str]


class ExperimentsOut(BaseModel):
    """What runs, and what ran."""

    current: ExperimentOut | None = Field(description="That of `handoff.yml`.")
    past: list[PastOut] = Field(description="The latest first.")
