"""Every outcome of a request has its own honest words."""

from __future__ import annotations

from typing import Any

import pytest

from actions.handoff_words import asks_for_email, what_to_say
from handoff.domain.lifecycle import Status
from handoff.domain.model import HandoffOutcome, TriggerKind, Wait
from handoff.service.waiting_line import SOME_DAY

TOMORROW = "tomorrow at 09:00 your time"


def outcome(**changes: Any) -> HandoffOutcome:
    """A fresh request in an open queue with somebody online, but for ``changes``."""
    fresh: dict[str, Any] = {
        "handoff_id": "h",
        "topic": "support",
        "queue": "support",
        "created": True,
        "agents_online": True,
        "trigger": TriggerKind.EXPLICIT_REQUEST,
        "team": "our support team",
    }
    return HandoffOutcome(**(fresh | changes))


def responses(result: HandoffOutcome, *, channel: str = "web", email_known: bool = False) -> list[str]:
    return [said.response for said in what_to_say(result, channel, email_known=email_known)]


SCHEDULED = {"status": Status.SCHEDULED, "opens_words": TOMORROW, "agents_online": False}
AGAIN = {"created": False}


@pytest.mark.parametrize(
    ("changes", "unknown", "known"),
    [
        ({}, "utter_handoff_support", "utter_handoff_support"),
        ({"trigger": TriggerKind.SALES_INTENT, "topic": "sales"}, "utter_handoff_sales", "utter_handoff_sales"),
        ({"trigger": TriggerKind.FRUSTRATION}, "utter_handoff_frustration", "utter_handoff_frustration"),
        ({"trigger": TriggerKind.LOW_CONFIDENCE}, "utter_handoff_low_confidence", "utter_handoff_low_confidence"),
        ({"trigger": TriggerKind.SENSITIVE_TOPIC}, "utter_handoff_sensitive", "utter_handoff_sensitive"),
        ({"agents_online": False}, "utter_handoff_nobody_online", "utter_handoff_nobody_online_known"),
        (SCHEDULED, "utter_handoff_scheduled", "utter_handoff_scheduled_known"),
        (
            SCHEDULED | {"closed_because": "King's Day"},
            "utter_handoff_scheduled_holiday",
            "utter_handoff_scheduled_holiday_known",
        ),
        (SCHEDULED | {"opens_words": SOME_DAY}, "utter_handoff_saved", "utter_handoff_saved"),
        (SCHEDULED | AGAIN | {"opens_words": ""}, "utter_handoff_saved", "utter_handoff_saved"),
        (SCHEDULED | AGAIN, "utter_handoff_already_scheduled", "utter_handoff_already_scheduled"),
        (AGAIN, "utter_handoff_already", "utter_handoff_already"),
        (AGAIN | {"status": Status.ASSIGNED, "agents_online": False}, "utter_handoff_already", "utter_handoff_already"),
        (
            AGAIN | {"agents_online": False},
            "utter_handoff_already_nobody_online",
            "utter_handoff_already_nobody_online",
        ),
        (AGAIN | {"reopened": True}, "utter_handoff_back_in_line", "utter_handoff_back_in_line"),
        (
            AGAIN | {"reopened": True, "agents_online": False},
            "utter_handoff_nobody_online",
            "utter_handoff_nobody_online_known",
        ),
        (AGAIN | {"status": Status.MISSED}, "utter_handoff_already_missed", "utter_handoff_already_follow_up"),
        (AGAIN | {"status": Status.FOLLOW_UP}, "utter_handoff_already_missed", "utter_handoff_already_follow_up"),
    ],
)
def test_the_words_fit_the_outcome(changes: dict[str, Any], unknown: str, known: str) -> None:
    assert responses(outcome(**changes)) == [unknown]
    assert responses(outcome(**changes), email_known=True) == [known]


def test_the_values_of_a_text() -> None:
    (said,) = what_to_say(outcome(**SCHEDULED, closed_because="King's Day"), "web", email_known=False)
    assert said.values == {"team": "our support team", "opens_at": TOMORROW, "closed_because": "King's Day"}


@pytest.mark.parametrize(
    ("changes", "channel", "expected"),
    [
        ({"wait": Wait(2, 4)}, "web", "utter_wait_estimate"),
        ({"wait": Wait(2, 4), "created": False, "reopened": True}, "web", "utter_wait_estimate"),
        ({"wait": Wait(1, 1)}, "web", "utter_wait_estimate_minute"),
        ({"wait": Wait(1, None)}, "web", None),
        ({"wait": Wait(1, 4, late=True)}, "web", None),
        ({"wait": Wait(1, 4), "agents_online": False}, "web", None),
        ({"wait": Wait(1, 4), "created": False}, "web", None),
        ({"wait": Wait(1, 4)}, "rest", None),
        (SCHEDULED, "web", None),
    ],
)
def test_an_expected_wait_is_said_only_where_it_is_honest(
    changes: dict[str, Any], channel: str, expected: str | None
) -> None:
    assert responses(outcome(**changes), channel=channel)[1:] == ([expected] if expected else [])


def test_the_number_of_minutes_is_said() -> None:
    estimate = what_to_say(outcome(wait=Wait(2, 4)), "web", email_known=False)[1]
    assert estimate.values == {"minutes": "4"}


@pytest.mark.parametrize(
    ("changes", "asks"),
    [({}, False), ({"agents_online": False}, True), (SCHEDULED, True), (SCHEDULED | {"agents_online": True}, True)],
)
def test_an_address_is_asked_for_when_nobody_can_take_over_now(changes: dict[str, Any], asks: bool) -> None:
    assert asks_for_email(outcome(**changes)) is asks
