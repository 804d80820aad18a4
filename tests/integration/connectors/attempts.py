"""What calls a connector in tests, in place of the dispatcher: it remembers links and repeats calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from handoff.connectors.base import Attempt, Event, Link, Pulled
from handoff.domain.context import build_package
from handoff.domain.model import HandoffRequest, Message, Page, Sender, TriggerKind, Turn, Visitor
from handoff.domain.rules import HandoffRules

HANDOFF_ID = "7d0f6c1e-2a54-4a0e-9d57-3a5d1f0c9b11"
CONVERSATION_ID = "b4b7a3f2c1d04e5f8a9b0c1d2e3f4a5b"
DESK_URL = "https://desk.fernway.example"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class _Saving(Attempt):
    """However an attempt ends, what was noted is stored then; here it is stored at once."""

    def note(self, reference: str | None = None, **data: Any) -> None:
        super().note(reference, **data)
        self.save()


@dataclass
class Book:
    """The links of a test, as the database would keep them."""

    link: Link = field(default_factory=lambda: Link(HANDOFF_ID, CONVERSATION_ID))
    kept: int = 0

    def attempt(self, *, repeated: bool = False) -> Attempt:
        """One try, which writes down what the connector remembers even when it fails later."""
        return _Saving(self.link, repeated=repeated, keep=self._keep, save=self._save)

    def pulled(self, pull: Callable[[Link], Pulled]) -> list[Event]:
        """Events since the last time."""
        found = pull(self.link)
        self.link = replace(self.link, cursor=found.cursor)
        return list(found.events)

    def _keep(self) -> None:
        self.kept += 1

    def _save(self, link: Link) -> None:
        self.link = link


def message(text: str, id: str = "m-1", seq: int = 9, sender: Sender = Sender.VISITOR) -> Message:
    """A line as the dispatcher hands it over."""
    return Message(id=id, conversation_id=CONVERSATION_ID, seq=seq, sender=sender, text=text, at=NOON)


def package(rules: HandoffRules, **changes: Any) -> dict[str, Any]:
    """A whole ``handoff.context/1``, made by the product's own code; ``changes`` replace keys of it."""
    turns = (
        Turn(Sender.VISITOR, "How long does a refund take?", NOON, "t1", "faq/refund_time", 0.91),
        Turn(Sender.ASSISTANT, "A refund takes five working days.", NOON),
        Turn(
            Sender.VISITOR,
            "I returned my desk <b>three weeks</b> ago and want my money back! This is ridiculous & unfair.",
            NOON,
            "t2",
            "request_refund",
            0.87,
            frustration=0.72,
        ),
    )
    request = HandoffRequest(
        conversation_id=CONVERSATION_ID,
        channel="web",
        turns=turns,
        trigger=TriggerKind.SENSITIVE_TOPIC,
        visitor=Visitor(
            name="Lena Fischer",
            email="lena@example.org",
            phone="+49 30 1234567",
            locale="de-DE",
            timezone="Europe/Berlin",
            previous_handoffs=1,
        ),
        page=Page("https://fernway.example/returns", "Returns", "https://fernway.example/"),
        fields={"order_number": "FW-104233"},
    )
    made = build_package(request, rules, handoff_id=HANDOFF_ID, now=NOON, desk_url=DESK_URL)
    return made | changes
