"""The rules of the planned company: the project's, but for hours, a queue, and the numbers that the plan counts on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime, time
from pathlib import Path

import yaml

from bench.traffic_company import SATURDAY_HOURS, TOPICS, WEEKDAY_HOURS, ZONE
from bench.traffic_desk import AGENT_GONE_AFTER, MISSED_AFTER, ONLINE_FOR, TOLD_AFTER
from bench.traffic_numbers import RETURNS_WITHIN
from bench.traffic_truth import CONVERTS_WITHIN, SILENCE_THAT_ENDS_A_VISIT
from handoff.domain.rules import HandoffRules

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


class PlannedRules(HandoffRules):
    """The rules, with the part that each visitor has in an experiment taken from the plan."""

    variants: Mapping[str, str | None]

    def variant_of(self, conversation_id: str, at: datetime) -> str | None:
        """As planned."""
        return self.variants[conversation_id]


def company_rules(rules: Path, folder: Path) -> Path:
    """Write the planned company's ``handoff.yml`` into ``folder``, made from the project's."""
    company = yaml.safe_load(rules.read_text(encoding="utf-8"))
    for name, subject in TOPICS.items():
        company["topics"][name]["queue"] = subject.queue
    week = {day: [_span(WEEKDAY_HOURS)] for day in WEEKDAYS}
    queues = {queue: {"weekly": week | {"saturday": [_span(hours)]}} for queue, hours in SATURDAY_HOURS.items()}
    company["hours"] = {"timezone": ZONE.key, "weekly": week, "queues": queues}
    company["waiting"] |= {
        "tell_after": TOLD_AFTER.total_seconds(),
        "missed_after": MISSED_AFTER.total_seconds(),
        "agent_away_after": AGENT_GONE_AFTER.total_seconds(),
    }
    company["online"] = {"seconds": ONLINE_FOR.total_seconds()}
    company["metrics"] = {
        "visit_gap_minutes": SILENCE_THAT_ENDS_A_VISIT.total_seconds() / 60,
        "return_days": RETURNS_WITHIN.days,
        "conversion_days": CONVERTS_WITHIN.days,
    }
    company.pop("experiment", None)  # the plan says who is in which part
    path = folder / "handoff.yml"
    path.write_text(yaml.safe_dump(company, sort_keys=False), encoding="utf-8")
    return path


def planned_rules(rules: HandoffRules, variants: Mapping[str, str | None]) -> HandoffRules:
    """``rules``, with the parts in an experiment as planned."""
    planned = PlannedRules(**{field.name: getattr(rules, field.name) for field in fields(rules)})
    object.__setattr__(planned, "variants", variants)
    return planned


def _span(hours: tuple[time, time]) -> str:
    return f"{hours[0]:%H:%M}-{hours[1]:%H:%M}"
