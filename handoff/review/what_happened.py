"""What the assistant said to a message, and what happened next, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handoff.domain.model import Sender, TriggerKind
from handoff.domain.triggers import REASONS
from handoff.domain.visits import Doubt
from handoff.persistence.review_messages import SaidLine, VisitHandoff, WrongMessage
from handoff.review.wording import as_title


@dataclass(frozen=True)
class Aftermath:
    """Attributes:
    answer: what the assistant said; None when it said nothing.
    response: the name of its first response in the domain.
    next: what happened next.
    """

    answer: str | None
    response: str | None
    next: str | None


def aftermath(message: WrongMessage, lines: Sequence[SaidLine], handoff: VisitHandoff | None) -> Aftermath:
    """What followed ``message`` among the ``lines`` of its visit."""
    answers = [
        line for line in lines if line.in_reply_to == message.id and line.sender == Sender.ASSISTANT.value and line.text
    ]
    response = next((line.response for line in answers if line.response), None)
    text = "\n".join(line.text for line in answers) or None
    return Aftermath(text, response, _next(message, lines, handoff))


def _next(message: WrongMessage, lines: Sequence[SaidLine], handoff: VisitHandoff | None) -> str:
    later = next((line for line in lines if line.seq > message.seq and line.sender == Sender.VISITOR.value), None)
    if handoff is not None and handoff.trigger_message_id in {message.id, later.id if later else None}:
        return f"handed over: {REASONS[TriggerKind(handoff.trigger)]}"
    if later is None:
        return "the visitor left"
    said = as_title(later.text)
    return f"asked again: {said}" if message.doubt == Doubt.REPHRASED else f"the visitor wrote: {said}"
