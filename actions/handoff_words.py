"""Which of the honest messages fits what came of a request for a person (data/responses/handoff*.yml). Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from handoff.domain.channels import can_show_replies
from handoff.domain.lifecycle import Status
from handoff.domain.model import HandoffOutcome, TriggerKind
from handoff.service.waiting_line import SOME_DAY

KNOWN = "_known"  # ending of the texts for visitors whose e-mail address is known
SAVED = "utter_handoff_saved"
BY_TRIGGER = {
    TriggerKind.LOW_CONFIDENCE: "utter_handoff_low_confidence",
    TriggerKind.FRUSTRATION: "utter_handoff_frustration",
    TriggerKind.SENSITIVE_TOPIC: "utter_handoff_sensitive",
}
"""Reasons that say more than the topic does."""


@dataclass(frozen=True)
class Said:
    """A response and the values that its text can use."""

    response: str
    values: dict[str, str] = field(default_factory=dict)


def what_to_say(outcome: HandoffOutcome, channel: str, *, email_known: bool) -> list[Said]:
    """What the visitor hears now, in order.

    Args:
        outcome: what came of the request.
        channel: where the visitor writes; an expected wait is told only where an answer can be shown.
        email_known: whether there is an address to write to.
    """
    values = {"team": outcome.team, "opens_at": outcome.opens_words, "closed_because": outcome.closed_because or ""}
    said = [Said(_response(outcome, email_known), values)]
    estimate = _estimate(outcome)
    if estimate is not None and can_show_replies(channel):
        said.append(estimate)
    return said


def asks_for_email(outcome: HandoffOutcome) -> bool:
    """Whether an address would help, since nobody can take over now."""
    return outcome.status not in {Status.QUEUED, Status.ASSIGNED} or not outcome.agents_online


def _response(outcome: HandoffOutcome, email_known: bool) -> str:
    known = KNOWN if email_known else ""
    if outcome.status is Status.SCHEDULED:
        return _scheduled(outcome, known)
    if outcome.status in {Status.MISSED, Status.FOLLOW_UP}:
        return "utter_handoff_already_follow_up" if email_known else "utter_handoff_already_missed"
    if not outcome.created and not outcome.reopened:
        somebody = outcome.agents_online or outcome.status is Status.ASSIGNED
        return "utter_handoff_already" if somebody else "utter_handoff_already_nobody_online"
    if not outcome.agents_online:
        return f"utter_handoff_nobody_online{known}"
    if outcome.reopened:
        return "utter_handoff_back_in_line"
    return BY_TRIGGER.get(outcome.trigger, f"utter_handoff_{outcome.topic}")


def _scheduled(outcome: HandoffOutcome, known: str) -> str:
    if outcome.opens_words in {"", SOME_DAY}:
        return SAVED  # the opening hours name no time, and none is made up
    if not outcome.created:
        return "utter_handoff_already_scheduled"
    return f"utter_handoff_scheduled{'_holiday' if outcome.closed_because else ''}{known}"


def _estimate(outcome: HandoffOutcome) -> Said | None:
    """How long it usually takes, right after somebody entered the queue; nothing where there is nothing to tell."""
    fresh = outcome.status is Status.QUEUED and (outcome.created or outcome.reopened)
    if not fresh or not outcome.agents_online or outcome.wait is None or outcome.wait.minutes is None:
        return None
    if outcome.wait.late:
        return None
    if outcome.wait.minutes <= 1:
        return Said("utter_wait_estimate_minute")
    return Said("utter_wait_estimate", {"minutes": str(outcome.wait.minutes)})
