"""What the overview costs depends on the period that is asked for, and not on how much there was before."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from handoff.metrics.definitions import BY_NAME
from handoff.metrics.reads import MetricReads
from handoff.persistence.metric_scope import EVERYTHING, Filters
from tests.integration.metrics.story import ONE_DATABASE, SHOP, Story

HISTORY = ("visits", "handoffs", "messages", "conversions", "ratings", "events", "conversations")


@ONE_DATABASE
def test_no_statement_reads_a_whole_table(story: Story) -> None:
    story.say("ann", "faq/delivery_time")
    reads = MetricReads(story.services.uow, story.services.rules, story.clock)
    asked: list[tuple[str, Any]] = []
    engine = story.services.engine

    def remember(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", remember)
    limited = Filters(topic="support", queue="support", trigger="explicit_request", page=SHOP, variant="early:control")
    for filters in (EVERYTHING, limited):
        reads.overview(reads.period(), filters)
        for metric in BY_NAME:
            reads.conversations(reads.period(), filters, metric)
    event.remove(engine, "before_cursor_execute", remember)
    assert len(asked) > len(BY_NAME)
    with engine.connect() as connection:
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            whole = [row.detail for row in plan if row.detail.startswith(tuple(f"SCAN {name}" for name in HISTORY))]
            assert not whole, f"{whole} in {statement}"
