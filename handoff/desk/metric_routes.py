"""API: administrators see how well it works, and which conversations are behind each number."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse

from handoff.desk.auth import AdminDep
from handoff.desk.metric_schemas import ConversationsOut, OverviewOut, VisitOut
from handoff.desk.metric_views import conversations_out, overview_out, visit_out
from handoff.desk.schemas import ERRORS
from handoff.domain.errors import InvalidInput
from handoff.metrics.period import Period
from handoff.metrics.reads import MetricReads
from handoff.metrics.tables import as_csv, conversation_table, table_of
from handoff.persistence.metric_scope import Filters

LARGEST_ID = 2**31 - 1  # what the column holds
LONGEST_FILTER = 500  # characters; the longest is the address of a page
LONGEST_CURSOR = 100
LONGEST_NAME = 64

router = APIRouter(tags=["metrics"], responses=ERRORS)

Table = Literal[
    "metrics", "trend", "trigger", "topic", "queue", "page", "hour", "agents", "unanswered", "conversations"
]
FilterQuery = Annotated[str | None, Query(max_length=LONGEST_FILTER)]


def get_metric_reads(request: Request) -> MetricReads:
    """What is read of metrics."""
    reads: MetricReads = request.app.state.metric_reads
    return reads


MetricReadsDep = Annotated[MetricReads, Depends(get_metric_reads)]


def asked_period(
    reads: MetricReadsDep,
    first: Annotated[
        date | None, Query(alias="from", description="The first day; 30 days up to the last one if not given.")
    ] = None,
    last: Annotated[date | None, Query(alias="to", description="The last day, which counts too; today.")] = None,
) -> Period:
    """The days that a request is about, in the team's time zone."""
    return reads.period(first, last)


def asked_filters(
    topic: FilterQuery = None,
    queue: FilterQuery = None,
    trigger: FilterQuery = None,
    page: FilterQuery = None,
    variant: FilterQuery = None,
) -> Filters:
    """What a request is limited to; an empty filter is none, as a form sends it."""
    return Filters(topic or None, queue or None, trigger or None, page or None, variant or None)


PeriodDep = Annotated[Period, Depends(asked_period)]
FiltersDep = Annotated[Filters, Depends(asked_filters)]
MetricQuery = Annotated[str, Query(max_length=LONGEST_NAME, description="The name of a metric.")]


@router.get("/api/metrics", response_model=OverviewOut, summary="How well it works")
def get_overview(_: AdminDep, reads: MetricReadsDep, period: PeriodDep, filters: FiltersDep) -> OverviewOut:
    """All metrics of some days beside the same number of days before, day by day and broken down, what could not be
    answered, and what agents had to do. docs/metrics.md has every formula. 403 `only_for_admins` for other agents."""
    return overview_out(reads.overview(period, filters))


@router.get("/api/metrics/conversations", response_model=ConversationsOut, summary="What is behind a number")
def list_conversations(
    _: AdminDep,
    reads: MetricReadsDep,
    period: PeriodDep,
    filters: FiltersDep,
    metric: MetricQuery,
    before: Annotated[
        str | None, Query(max_length=LONGEST_CURSOR, description="`next` of the answer before this one.")
    ] = None,
) -> ConversationsOut:
    """The visits or handoffs behind a metric, the latest first, 50 at a time: those of the numerator of a share, and
    all that another number is made of."""
    return conversations_out(reads.conversations(period, filters, metric, before or None))


@router.get("/api/metrics/visits/{visit_id}", response_model=VisitOut, summary="One visit")
def get_visit(visit_id: Annotated[int, Path(ge=1, le=LARGEST_ID)], _: AdminDep, reads: MetricReadsDep) -> VisitOut:
    """What was said in it, what the assistant made of each message, and what came of it."""
    return visit_out(reads.visit(visit_id), reads.rules)


@router.get(
    "/api/metrics.csv",
    summary="A table for a spreadsheet",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}}, "description": "The table, its first line the names of columns."}},
)
def get_table(
    _: AdminDep,
    reads: MetricReadsDep,
    period: PeriodDep,
    filters: FiltersDep,
    table: Table,
    metric: Annotated[str, Query(max_length=LONGEST_NAME, description="For `conversations`: behind which one.")] = "",
) -> StreamingResponse:
    """One table of the overview, or all conversations behind a metric. A cell that a spreadsheet would run begins with
    an apostrophe."""
    name: str = table
    if table == "conversations":
        if not metric:
            raise InvalidInput("metric: say behind which metric, for example metric=handoff_rate.")
        reads.conversations(period, filters, metric, most=1)  # what is wrong is said before the file begins
        name = metric
        lines = as_csv(conversation_table(reads.all_conversations(period, filters, metric)))
    else:
        lines = as_csv(table_of(reads.overview(period, filters), table))
    file = f"handoff-{name}-{period.first}-{period.last}.csv"
    return StreamingResponse(
        lines, media_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{file}"'}
    )
