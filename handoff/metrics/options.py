"""What the overview can be filtered by."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from handoff.domain.model import TriggerKind
from handoff.domain.rules import HandoffRules
from handoff.metrics.labels import name_label, page_label, trigger_label
from handoff.metrics.period import Period
from handoff.metrics.values import Option
from handoff.persistence.metric_visits import Share, shares

MOST_OPTIONS = 100  # longer lists are no help in choosing


def options(
    connection: Connection, rules: HandoffRules, period: Period, pages: Sequence[Share]
) -> dict[str, list[Option]]:
    """Topics, queues and triggers as handoff.yml has them; pages and variants of the period, whatever is filtered.

    Args:
        connection: a reading connection.
        rules: of this project.
        period: which days.
        pages: all visits of these days by page, the most frequent first.
    """
    variants = sorted(one.key for one in shares(connection, period.scope(), "variant") if one.key)
    return {
        "topics": [Option(topic, name_label(topic)) for topic in rules.topics],
        "queues": [Option(queue, name_label(queue)) for queue in rules.queues],
        "triggers": [Option(kind.value, trigger_label(kind.value)) for kind in TriggerKind],
        "pages": [Option(page, page_label(page)) for page in [one.key for one in pages if one.key][:MOST_OPTIONS]],
        "variants": [Option(variant, variant) for variant in variants[:MOST_OPTIONS]],
    }
