"""What a Rasa tracker tells about the mood: what was asked before, whether it was answered, what was said last."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    ConversationResumed,
    Event,
    Restarted,
    SessionStarted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY

from handoff.nlu.typed_text import is_command, readable

MOST_EVENTS = 400  # looked at per message, newest first: some forty turns, so that long conversations stay fast

# Events are told apart by their names: isinstance is slow for Rasa's event classes, and there may be hundreds.
_BEGINNINGS = frozenset({ConversationResumed.type_name, Restarted.type_name, SessionStarted.type_name})
_TOLD_APART = frozenset({ActiveLoop.type_name, UserUttered.type_name, BotUttered.type_name, ActionExecuted.type_name})


@dataclass(frozen=True)
class HistoryRules:
    """What to look for.

    Attributes:
        handoff_action: after it a person answers; what was asked before is settled.
        abstentions: actions that say that the assistant did not understand, or ask to rephrase.
        no_questions: intents that ask nothing, so that saying them again means nothing.
        lookback: so many of the visitor's latest messages count.
    """

    handoff_action: str
    abstentions: frozenset[str]
    no_questions: frozenset[str]
    lookback: int


@dataclass(frozen=True)
class Question:
    """Something that the visitor asked, and whether the assistant answered it or abstained."""

    text: str
    answered: bool


@dataclass(frozen=True)
class History:
    """The conversation before a message.

    Attributes:
        questions: what the visitor asked, oldest first.
        abstained: how many of the visitor's latest messages in a row the assistant abstained on.
        replied: the assistant said something after the visitor's last message, and it was no abstention.
        asked: what it said last is a question or offers buttons.
        in_form: a form is open, so that the message answers it.
    """

    questions: tuple[Question, ...] = ()
    abstained: int = 0
    replied: bool = False
    asked: bool = False
    in_form: bool = False


@dataclass
class _Exchange:
    """One message of the visitor and what it led to."""

    said: UserUttered
    in_form: bool
    abstained: bool
    last: BotUttered | None = None


def read_history(tracker: DialogueStateTracker, rules: HistoryRules) -> History:
    """The history of a message that is not on the ``tracker`` yet; empty while a person has the conversation."""
    if tracker.is_paused():
        return History()
    in_form = bool(tracker.active_loop_name)
    exchanges = _exchanges(_recent(tracker, rules), rules, in_form)
    if not exchanges:
        return History(in_form=in_form)
    last = exchanges[-1]
    abstained = 0
    for exchange in reversed(exchanges):
        if not exchange.abstained:
            break
        abstained += 1
    return History(
        questions=tuple(_questions(exchanges, rules)),
        abstained=abstained,
        replied=last.last is not None and not last.abstained,
        asked=last.last is not None and _asks(last.last),
        in_form=in_form,
    )


def question_in(typed: str | None, intent: str | None, no_questions: Collection[str]) -> str | None:
    """The readable text of a message that nobody writes twice for nothing: typed, two words or more (one may be the
    answer to "what is it about?"), no small talk."""
    if not typed or typed.startswith("/") or intent in no_questions:
        return None
    text = readable(typed)
    command = text.startswith("/") and is_command(text)
    return None if command or " " not in text else text


def _questions(exchanges: Iterable[_Exchange], rules: HistoryRules) -> Iterator[Question]:
    for exchange in exchanges:
        if not exchange.in_form:
            text = question_in(exchange.said.text, _intent(exchange.said), rules.no_questions)
            if text:
                yield Question(text, exchange.last is not None and not exchange.abstained)


def _recent(tracker: DialogueStateTracker, rules: HistoryRules) -> list[Event]:
    """The events that count, oldest first, beginning with a message of the visitor."""
    found: list[Event] = []
    messages = looked_at = 0
    for event in reversed(tracker.events):
        kind = event.type_name
        looked_at += 1
        if looked_at > MOST_EVENTS or kind in _BEGINNINGS:
            break
        if kind not in _TOLD_APART:
            continue
        if kind == ActionExecuted.type_name and event.action_name == rules.handoff_action:
            break
        found.append(event)
        if kind == UserUttered.type_name:
            messages += 1
            if messages == rules.lookback:
                break
    return found[::-1]


def _exchanges(events: list[Event], rules: HistoryRules, in_form: bool) -> list[_Exchange]:
    """The visitor's messages with what followed each; ``in_form`` says how the last one ended."""
    form = _in_form_before(events, in_form)
    exchanges: list[_Exchange] = []
    for event in events:
        kind = event.type_name
        if kind == ActiveLoop.type_name:
            form = event.name is not None
        elif kind == UserUttered.type_name:
            exchanges.append(_Exchange(event, form, _intent(event) == DEFAULT_NLU_FALLBACK_INTENT_NAME))
        elif exchanges and kind == BotUttered.type_name:
            exchanges[-1].last = event
        elif exchanges and kind == ActionExecuted.type_name and event.action_name in rules.abstentions:
            exchanges[-1].abstained = True
    return exchanges


def _in_form_before(events: list[Event], in_form: bool) -> bool:
    """Whether a form was open before the first of ``events``: the first one that says so says how it was before."""
    for event in events:
        if event.type_name == ActiveLoop.type_name:
            return bool(event.name is None)
    return in_form


def _intent(said: UserUttered) -> str | None:
    parsed: dict[str, Any] = said.parse_data or {}
    return (parsed.get(INTENT) or {}).get(INTENT_NAME_KEY)


def _asks(said: BotUttered) -> bool:
    return (said.text or "").rstrip().endswith("?") or bool((said.data or {}).get("buttons"))
