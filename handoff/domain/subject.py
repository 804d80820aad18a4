"""What a conversation is about: the visitor's own requests, without greetings, answers to questions and the like."""

from __future__ import annotations

from collections.abc import Iterable

from handoff.domain.model import Sender, Turn

# Intents that carry no request of their own. They belong to the words of the dialogue (DESIGN section 7), not to a
# company, so they are named here and not in handoff.yml.
FAQ = "faq"
SMALL_TALK = frozenset(
    {
        "greet",
        "goodbye",
        "thank",
        "affirm",
        "deny",
        "bot_challenge",
        "inform",
        "out_of_scope",
        "express_frustration",
        "request_human",
        "nlu_fallback",
        "restart",
        "back",
        "session_start",
    }
)


def requests(turns: Iterable[Turn]) -> list[Turn]:
    """The visitor's turns that ask for something, oldest first."""
    return [
        turn
        for turn in turns
        if turn.sender is Sender.VISITOR and turn.intent is not None and turn.intent not in SMALL_TALK
    ]


def subject(turns: Iterable[Turn]) -> Turn | None:
    """The latest turn that says what the visitor wants, or None when none does.

    A question that the assistant answered in passing (an FAQ) is the subject only when there is nothing else.
    """
    found = requests(turns)
    matters = [turn for turn in found if not is_faq(turn)] or found
    return matters[-1] if matters else None


def is_faq(turn: Turn) -> bool:
    """Whether the turn asks something that has a fixed answer."""
    return (turn.intent or "").split("/")[0] == FAQ


def last_visitor_turn(turns: Iterable[Turn]) -> Turn | None:
    """What the visitor wrote last, or None."""
    return next((turn for turn in reversed(list(turns)) if turn.sender is Sender.VISITOR), None)
