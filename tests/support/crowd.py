"""Crowds of visits, written straight into the database: what statistics say is worth testing with hundreds only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import insert

from handoff.bootstrap import Services
from handoff.persistence.tables import conversations, handoffs, ratings, visits

_numbers = count(1)


def crowd(
    services: Services,
    at: datetime,
    number: int,
    handed: int = 0,
    *,
    variant: str | None = None,
    replies: Sequence[float] = (),
    scores: Sequence[int] = (),
) -> None:
    """Let ``number`` visitors come, a second apart, each asking one thing that is answered.

    Args:
        services: whose database.
        at: when the first comes.
        number: of visits, each of a conversation of its own.
        handed: how many of them, the first, are handed over and resolved.
        variant: ``experiment:variant``.
        replies: seconds until a person replied to those handed over, in order; the others got no reply.
        scores: how those rated it.
    """
    people, stays, passed_on, rated = [], [], [], []
    for place in range(number):
        who, came = f"crowd-{next(_numbers)}", at + timedelta(seconds=place)
        people.append({"id": who, "channel": "web", "owner": "assistant", "last_seq": 0, "created_at": came})
        is_handed = place < handed
        stays.append(_visit(who, came, variant, is_handed))
        if is_handed:
            reply = came + timedelta(seconds=replies[place]) if place < len(replies) else None
            passed_on.append(_handoff(who, came, reply))
            if place < len(scores):
                rated.append({"handoff_id": who, "conversation_id": who, "score": scores[place], "at": came})
    with services.uow.write() as tx:
        for table, rows in ((conversations, people), (handoffs, passed_on), (visits, stays), (ratings, rated)):
            if rows:
                tx.connection.execute(insert(table), rows)


def _visit(who: str, came: datetime, variant: str | None, handed: bool) -> dict[str, Any]:
    return {
        "conversation_id": who,
        "channel": "web",
        "page": "https://shop.example/",
        "variant": variant,
        "started_at": came,
        "last_at": came,
        "messages": 1,
        "answered": 1,
        **dict.fromkeys(("not_understood", "out_of_scope", "small_talk", "frustrated", "doubts"), 0),
        "topic": "support",
        "intent": "faq/delivery_time",
        "handoff_id": who if handed else None,
        "handoff_at": came if handed else None,
        "trigger": "explicit_request" if handed else None,
    }


def _handoff(who: str, came: datetime, reply: datetime | None) -> dict[str, Any]:
    return {
        "id": who,
        "conversation_id": who,
        "status": "resolved",
        "trigger": "explicit_request",
        "topic": "support",
        "queue": "support",
        "urgency": "normal",
        "package": {},
        "opened_seq": 1,
        "created_at": came,
        "queued_at": came,
        "first_reply_at": reply,
        "reply_open_seconds": int((reply - came).total_seconds()) if reply else None,
        "closed_at": reply,
    }
