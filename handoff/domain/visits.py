"""Visits, and what became of each message in them: what everything that is measured is counted from.

A conversation lasts as long as the visitor's browser keeps its token, so it says little about one stay. A **visit** is
a run of messages in a conversation without a long silence: the next message begins a new one when the latest message of
anybody is longer ago than ``metrics.visit_gap_minutes`` of handoff.yml, unless a handoff of the visit is still open,
since who waits for a person is still on the same errand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from handoff.domain.model import TriggerKind
from handoff.domain.mood import REPEATED_QUESTION
from handoff.domain.rules import HandoffRules
from handoff.domain.subject import SMALL_TALK

FALLBACK = "nlu_fallback"
OUT_OF_SCOPE = "out_of_scope"
LAST_WORDS = frozenset({"thank", "goodbye"})
"""Intents after which a visitor may be asked how it was."""
PAGE_LIMIT = 500  # characters of an address that are kept


class Outcome(StrEnum):
    """What became of a visitor's message.

    ``ANSWERED``: the assistant understood a request and acted on it. ``FORM_REPLY``: a form had asked, and took it or
    said what was wrong with it. ``HUMAN``: a person had the conversation, so the assistant did not hear it.
    """

    ANSWERED = "answered"
    FORM_REPLY = "form_reply"
    SMALL_TALK = "small_talk"
    NOT_UNDERSTOOD = "not_understood"
    OUT_OF_SCOPE = "out_of_scope"
    HUMAN = "human"


class Doubt(StrEnum):
    """Why an answer was probably wrong: what the visitor wrote next."""

    REPHRASED = "rephrased"
    FRUSTRATED = "frustrated"


@dataclass(frozen=True)
class Heard:
    """One message of a visitor, as far as measuring needs it."""

    message_id: str
    at: datetime
    intent: str | None
    frustration: float | None
    signals: tuple[str, ...]
    in_form: bool
    human: bool

    def outcome(self) -> Outcome:
        """What became of it."""
        if self.human:
            return Outcome.HUMAN
        if self.in_form and self.intent in _REPLIES:
            return Outcome.FORM_REPLY
        if self.intent == FALLBACK:
            return Outcome.NOT_UNDERSTOOD
        if self.intent == OUT_OF_SCOPE:
            return Outcome.OUT_OF_SCOPE
        return Outcome.SMALL_TALK if self.intent is None or self.intent in SMALL_TALK else Outcome.ANSWERED

    def is_frustrated(self, rules: HandoffRules) -> bool:
        """Whether it sounds so (``mood_from`` and ``intents`` of ``triggers.frustration``)."""
        by_intent = rules.trigger_of(self.intent) is TriggerKind.FRUSTRATION
        return by_intent or (self.frustration or 0.0) >= rules.frustration.mood_from

    def doubt(self, rules: HandoffRules) -> Doubt | None:
        """What it says of the answer before it; None when it says nothing."""
        if self.human:
            return None
        if REPEATED_QUESTION in self.signals:
            return Doubt.REPHRASED
        return Doubt.FRUSTRATED if self.is_frustrated(rules) else None


_REPLIES = frozenset({FALLBACK, "inform", "affirm", "deny"})
"""Intents that reply to what a form asks: whether "no idea" was understood, NLU does not know; the form took it."""


def begins_visit(last_at: datetime | None, at: datetime, gap: timedelta, *, handoff_open: bool) -> bool:
    """Whether a message begins a new visit.

    Args:
        last_at: the latest message of the visit before, None when there is none.
        at: when the message was written.
        gap: the silence that ends a visit.
        handoff_open: whether a handoff of the visit before is still open.
    """
    return last_at is None or (at - last_at > gap and not handoff_open)


def page_of(url: str | None) -> str | None:
    """The page that metrics count: the address without query and fragment, which may name the visitor."""
    if not url:
        return None
    return url.partition("#")[0].partition("?")[0][:PAGE_LIMIT]
