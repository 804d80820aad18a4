"""What a tracker tells about the mood, from hand-made conversations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    ConversationResumed,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from handoff.nlu.mood_context import ContextRules, context_signals
from handoff.nlu.mood_history import MOST_EVENTS, History, HistoryRules, Question, question_in, read_history
from handoff.nlu.mood_tokens import mood_tokens

RULES = HistoryRules(
    handoff_action="action_handoff",
    abstentions=frozenset({"action_low_confidence"}),
    no_questions=frozenset({"greet", "deny"}),
    lookback=3,
)
WEIGHTS = {
    "repeated_question": 0.4,
    "repeated_question_after_abstention": 0.1,
    "repeated_fallback": 0.3,
    "angry_reply": 0.2,
}
CONTEXT = ContextRules(repeat_threshold=0.9, fallbacks=2, weights=WEIGHTS)
QUESTION = np.array([1, 0], dtype=np.float32)


def said(text: str, intent: str = "track_order") -> UserUttered:
    return UserUttered(text, {"name": intent, "confidence": 0.9})


def answer(text: str = "Five days.") -> list[Event]:
    return [ActionExecuted("utter_answer"), BotUttered(text), ActionExecuted("action_listen")]


ABSTAINED = [ActionExecuted("action_low_confidence"), BotUttered("Do you mean one of these?")]


def history(*events: Event) -> History:
    return read_history(DialogueStateTracker.from_events("visitor", list(events)), RULES)


def questions(*events: Event) -> list[str]:
    return [question.text for question in history(*events).questions]


def test_questions_are_known_with_whether_they_were_answered() -> None:
    found = history(
        *[said("where is it"), *answer(), said("how much is it"), *ABSTAINED],
        *[said("is it blue", "nlu_fallback"), BotUttered("Could you rephrase that?")],
    )
    assert found.questions == (
        Question("where is it", answered=True),
        Question("how much is it", answered=False),
        Question("is it blue", answered=False),
    )
    assert found.abstained == 2


def test_an_answer_ends_a_row_of_misunderstandings() -> None:
    assert history(said("how is it"), *ABSTAINED, said("where is it"), *answer()).abstained == 0


@pytest.mark.parametrize(
    "event",
    [
        ActionExecuted("action_handoff"),
        ConversationResumed(),
        Restarted(),
        SessionStarted(),
    ],
)
def test_what_was_said_before_a_new_beginning_is_settled(event: Event) -> None:
    assert history(said("where is it"), *ABSTAINED, event) == History()


def test_only_the_latest_messages_count() -> None:
    assert questions(*[said(f"question {number}") for number in range(9)]) == ["question 6", "question 7", "question 8"]
    many = [SlotSet("slot", number) for number in range(MOST_EVENTS)]
    assert questions(said("where is it"), *many) == []


def test_small_talk_buttons_commands_and_single_words_are_no_questions() -> None:
    asked = [said("good morning", "greet"), said("/faq{}"), said("order?")]
    assert questions(*asked) == []
    assert question_in("\u2060/restart", None, frozenset()) is None
    assert question_in(None, None, frozenset()) is None
    assert question_in("where  is\u200b it", None, frozenset()) == "where is it"


def test_answers_inside_a_form_are_no_questions() -> None:
    found = history(
        *[said("I need a quote"), ActiveLoop("quote_form"), BotUttered("How many desks?")],
        *[said("for ten people"), ActiveLoop(None), *answer()],
    )
    assert [question.text for question in found.questions] == ["I need a quote"]
    assert not found.in_form
    assert history(said("I need a quote"), ActiveLoop("quote_form"), BotUttered("How many?")).in_form


def test_a_form_that_began_before_the_latest_messages_is_still_one() -> None:
    begin = [said("I need a quote"), ActiveLoop("quote_form")]
    in_it = [event for number in range(3) for event in (said(f"for {number} people"), BotUttered("And?"))]
    assert questions(*begin, *in_it) == []
    assert questions(*begin, *in_it, ActiveLoop(None), *answer()) == []


def test_what_was_said_last() -> None:
    assert history(said("where is it"), *answer()).replied
    assert not history(said("where is it"), *answer()).asked
    assert history(said("where is it"), *answer("Which order?")).asked
    with_buttons = BotUttered("Choose.", {"buttons": [{"title": "A", "payload": "/a"}]})
    assert history(said("where is it"), with_buttons).asked
    assert not history(said("where is it"), *ABSTAINED).replied
    assert not history(said("where is it")).replied
    assert history(BotUttered("Hello!")) == History()


def test_nothing_is_read_into_a_talk_with_a_person() -> None:
    assert history(said("where is it"), *answer(), ConversationPaused()) == History()


def vectors(texts: Sequence[str]) -> np.ndarray:
    """Questions that begin with "same" point where ``QUESTION`` does, at another length; all others do not."""
    return np.array([[3, 0] if text.startswith("same") else [0, 1] for text in texts], dtype=np.float32)


def signals(text: str, before: History, *, question: bool = True) -> dict[str, float]:
    return context_signals(mood_tokens(text), QUESTION if question else None, before, CONTEXT, vectors)


def test_the_same_question_again() -> None:
    answered, unclear, other = Question("same 1", True), Question("same 2", False), Question("other", True)
    assert signals("x", History((other,))) == {}
    assert signals("x", History((answered, other))) == {"repeated_question": pytest.approx(0.4)}
    assert signals("x", History((unclear,))) == {"repeated_question": pytest.approx(0.1)}
    assert signals("x", History((answered, answered, unclear))) == {
        "repeated_question": pytest.approx(1 - 0.6 * 0.6 * 0.9)
    }
    assert signals("x", History((answered,)), question=False) == {}
    assert signals("x", History((answered,), in_form=True)) == {}


def test_misunderstood_again_and_again() -> None:
    assert signals("x", History(abstained=1)) == {}
    assert signals("x", History(abstained=2)) == {"repeated_fallback": 0.3}


def test_an_answer_turned_down() -> None:
    assert signals("wrong", History(replied=True)) == {"angry_reply": 0.2}
    assert signals("no", History(replied=True, asked=True)) == {}
    assert signals("wrong", History()) == {}
    assert signals("wrong", History(replied=True, in_form=True)) == {}
    assert signals("thanks", History(replied=True)) == {}
