"""The context package: what the agent gets, so that nobody joins blind (DESIGN section 5).

The published JSON Schema is ``docs/handoff.context-1.schema.json``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from handoff.domain.clean_text import scrub
from handoff.domain.masking import mask, mask_url
from handoff.domain.model import Evidence, HandoffRequest, Page, Sender, Trigger, TriggerKind, Turn, Visitor
from handoff.domain.routing import topic_of
from handoff.domain.rules import HandoffRules
from handoff.domain.subject import last_visitor_turn, subject
from handoff.domain.summary import summarise
from handoff.domain.triggers import find_trigger
from handoff.domain.urgency import urgency_of

SCHEMA = "handoff.context/1"
CONTACT = ("name", "email", "phone")


def build_package(
    request: HandoffRequest, rules: HandoffRules, *, handoff_id: str, now: datetime, desk_url: str
) -> dict[str, Any]:
    """Build the package of a new handoff: a JSON-ready dict that is valid against ``handoff.context/1``.

    Args:
        request: the conversation and what is known of it.
        rules: triggers, topics, urgency.
        handoff_id: identity of the handoff.
        now: time of the request, timezone-aware.
        desk_url: address of the desk, without trailing slash.
    """
    request = _storable(request)
    turns = request.turns
    trigger = find_trigger(turns, rules, request.trigger, request.because)
    about = subject(turns) or last_visitor_turn(turns)
    topic = topic_of(turns, rules)
    urgency = urgency_of(turns, trigger, request.visitor.previous_handoffs, rules)
    fields = request.fields
    summary = summarise(turns, trigger, request.visitor, fields, rules)
    return {
        "schema": SCHEMA,
        "handoff_id": handoff_id,
        "conversation_id": request.conversation_id,
        "channel": request.channel,
        "created_at": iso(now),
        "trigger": {
            "kind": trigger.kind.value,
            "evidence": [_fact(item) for item in trigger.evidence],
        },
        "topic": topic.name,
        "intent": {
            "name": about.intent if about else None,
            "confidence": round(about.confidence, 4) if about and about.confidence is not None else None,
        },
        "queue": topic.queue,
        "urgency": {"level": urgency.level.value, "reasons": list(urgency.reasons)},
        "summary": {
            "headline": summary.headline,
            "text": summary.text,
            "open_question": summary.open_question,
            "already_answered": list(summary.already_answered),
            "source": summary.source,
        },
        "visitor": {
            "name": request.visitor.name,
            "email": request.visitor.email,
            "phone": request.visitor.phone,
            "locale": request.visitor.locale,
            "timezone": request.visitor.timezone,
            "returning": request.visitor.previous_handoffs > 0,
            "previous_handoffs": request.visitor.previous_handoffs,
        },
        "page": {"url": request.page.url, "title": request.page.title, "referrer": request.page.referrer},
        "fields": fields,
        "transcript": [_line(turn) for turn in turns],
        "links": {"desk": f"{desk_url}/desk/handoffs/{handoff_id}"},
    }


def with_details(package: dict[str, Any], details: Mapping[str, str], rules: HandoffRules) -> dict[str, Any]:
    """``package`` with contact details and fields that became known later, in its summary too.

    Args:
        package: a ``handoff.context/1``; it is not changed.
        details: slot name to value.
        rules: for writing the summary anew.
    """
    known = {name: mask(value) for name, value in details.items()}
    contact = {name: value for name, value in known.items() if name in CONTACT}
    fields = package["fields"] | {name: value for name, value in known.items() if name not in CONTACT}
    visitor = package["visitor"] | contact
    if (visitor, fields) == (package["visitor"], package["fields"]):
        return package
    turns = [_turn(line) for line in package["transcript"]]
    trigger = Trigger(TriggerKind(package["trigger"]["kind"]), ())
    person = Visitor(**{name: visitor[name] for name in CONTACT})
    summary = summarise(turns, trigger, person, fields, rules)
    fresh = package["summary"] | {"headline": summary.headline, "text": summary.text}
    return package | {"visitor": visitor, "fields": fields, "summary": fresh}


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, for example ``2026-11-23T20:15:00.000Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _storable(request: HandoffRequest) -> HandoffRequest:
    """``request`` with nothing in it that cannot be stored or must not be, whatever channel it came from."""
    page, visitor = request.page, request.visitor
    return replace(
        request,
        turns=tuple(replace(turn, text=mask(scrub(turn.text))) for turn in request.turns),
        visitor=replace(
            visitor,
            name=_scrubbed(visitor.name),
            email=_scrubbed(visitor.email),
            phone=_scrubbed(visitor.phone),
            locale=_scrubbed(visitor.locale),
            timezone=_scrubbed(visitor.timezone),
        ),
        page=clean_page(page),
        fields={name: mask(scrub(value)) for name, value in request.fields.items() if value},
    )


def clean_page(page: Page) -> Page:
    """``page`` as it may be stored: without secrets and without what no database takes."""
    return Page(
        url=mask_url(scrub(page.url)) if page.url else None,
        title=mask(scrub(page.title)) if page.title else None,
        referrer=mask_url(scrub(page.referrer)) if page.referrer else None,
    )


def _scrubbed(value: str | None) -> str | None:
    return scrub(value) if value is not None else None


def _fact(evidence: Evidence) -> dict[str, Any]:
    """``evidence`` as JSON, without what is not known of it."""
    known = {key: value for key, value in asdict(evidence).items() if value is not None and key != "signals"}
    return known | ({"signals": list(evidence.signals)} if evidence.signals else {})


def _line(turn: Turn) -> dict[str, Any]:
    line: dict[str, Any] = {"at": iso(turn.at), "from": turn.sender.value, "text": turn.text}
    if turn.intent is not None:
        line["intent"] = turn.intent
    if turn.confidence is not None:
        line["confidence"] = round(turn.confidence, 4)
    if turn.frustration:  # the mood must survive when the summary is written anew; a calm line needs no number
        line["frustration"] = round(turn.frustration, 4)
    return line


def _turn(line: Mapping[str, Any]) -> Turn:
    return Turn(
        sender=Sender(line["from"]),
        text=line["text"],
        at=datetime.fromisoformat(line["at"]),
        intent=line.get("intent"),
        confidence=line.get("confidence"),
        frustration=line.get("frustration"),
    )
