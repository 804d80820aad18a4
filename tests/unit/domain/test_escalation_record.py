from __future__ import annotations

import json

import pytest

from handoff.domain.escalation import Decision, Step
from handoff.domain.escalation_record import Reason, as_record, reason_in
from handoff.domain.model import TriggerKind
from tests.unit.domain.talk import assistant, visitor

ANGRY = visitor("useless", "nlu_fallback", frustration=0.812345, signals=("negative_wording",))
YES, LATER = visitor("yes", "affirm"), visitor("and now?", "nlu_fallback")
BECAUSE = Reason(TriggerKind.FRUSTRATION, ("m-useless",))


def record(step: Step) -> dict:
    return as_record(Decision(step, TriggerKind.FRUSTRATION, (ANGRY,), 0.8123), ANGRY.message_id)


def test_it_is_json_and_holds_no_words_of_the_visitor() -> None:
    written = json.loads(json.dumps(record(Step.OFFER)))
    assert written == {
        "step": "offer",
        "trigger": "frustration",
        "repetition": False,
        "level": 0.8123,
        "message_id": "m-useless",
        "evidence": [{"message_id": "m-useless", "score": 0.8123, "signals": ["negative_wording"]}],
    }


@pytest.mark.parametrize(
    ("step", "turns", "reason"),
    [
        (Step.HAND_OFF, (ANGRY,), BECAUSE),
        (Step.HAND_OFF, (ANGRY, YES), None),
        (Step.OFFER, (ANGRY, assistant("Shall I bring in a colleague?"), YES), BECAUSE),
        (Step.OFFER, (ANGRY, YES, LATER), None),
    ],
)
def test_it_explains_only_the_handoff_that_it_led_to(step: Step, turns: tuple, reason: Reason | None) -> None:
    assert reason_in(record(step), turns) == reason


def test_without_a_decision_there_is_no_reason() -> None:
    assert reason_in(None, (ANGRY,)) is None
