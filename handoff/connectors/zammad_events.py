"""What happened to a ticket in Zammad: its articles since the last time, and what changed in the ticket itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from handoff.connectors.base import AgentJoined, AgentMessage, AgentOfLiveChat, Closed, Event, Link, Pulled, Transferred
from handoff.connectors.zammad_text import said_in

OURS = "<handoff."
"""How the ``message_id`` of an article begins that we wrote. Zammad keeps what it is given there, returns it with the
article and shows it nowhere (its source: ``creates_ticket_articles.rb``, ``ticket/article.rb``)."""
NOBODY = 1
"""``owner_id`` of a ticket that nobody has: Zammad's own user, shown as "-"."""
NOT_SAID = frozenset({"phone"})
"""Types of articles that tell of a call instead of talking to the visitor."""

Call = Callable[..., Any]
"""``call(method, path, params=...)`` of whoever may call Zammad."""


@dataclass(frozen=True)
class Cursor:
    """Where a pull begins; kept as JSON in :attr:`~handoff.connectors.base.Link.cursor`.

    Attributes:
        article: id of the last article that was read.
        owner: id of the agent who has the ticket.
        group: id of its group; None until it is known.
        over: it was closed then.
    """

    article: int = 0
    owner: int = NOBODY
    group: int | None = None
    over: bool = False


def mark(what: str) -> str:
    """The ``message_id`` of an article of ours; ``what`` is the same in repetitions."""
    return f"{OURS}{what}@handoff.invalid>"


def ticket_of(call: Call, reference: str) -> dict[str, Any]:
    """The ticket, with names beside the ids."""
    found: dict[str, Any] = call("GET", f"/api/v1/tickets/{reference}", params={"expand": "true"})
    return found


def articles_of(call: Call, reference: str) -> list[dict[str, Any]]:
    """All articles of a ticket, oldest first."""
    return sorted(call("GET", f"/api/v1/ticket_articles/by_ticket/{reference}"), key=lambda article: int(article["id"]))


def has_mark(call: Call, reference: str, what: str) -> bool:
    """Whether we wrote this already."""
    return any(article.get("message_id") == mark(what) for article in articles_of(call, reference))


def pull(call: Call, link: Link, closed_states: frozenset[str]) -> Pulled:
    """See :meth:`~handoff.connectors.base.Connector.pull`.

    The ticket is read before the articles: whoever answers and closes between the two calls is told in that order, the
    answer now and the rest the next time.
    """
    reference = str(link.reference)
    cursor = Cursor(**json.loads(link.cursor)) if link.cursor else Cursor(group=link.data.get("group"))
    ticket = ticket_of(call, reference)
    news = [article for article in articles_of(call, reference) if int(article["id"]) > cursor.article]
    people = _People(call)
    before, after, cursor = _changes(ticket, cursor, people, reference)
    words = [said for article in news if (said := _said(article, people, reference)) is not None]
    over = ticket["state"] in closed_states
    if over and not cursor.over:
        after.append(Closed(reference))
    last = max([cursor.article, *(int(article["id"]) for article in news)])
    cursor = replace(cursor, article=last, over=over)
    return Pulled([*before, *words, *after], json.dumps(asdict(cursor)))


def _changes(
    ticket: dict[str, Any], cursor: Cursor, people: _People, reference: str
) -> tuple[list[Event], list[Event], Cursor]:
    """Who took the ticket and where it went, as events before and after what was said, and the cursor that knows it."""
    owner, group = int(ticket["owner_id"] or NOBODY), int(ticket["group_id"])
    taken = people.agent(owner) if owner not in (cursor.owner, NOBODY) else None
    before: list[Event] = []
    after: list[Event] = []
    if cursor.group not in (None, group):
        after.append(Transferred(reference, str(ticket["group"]), taken))
    elif taken and cursor.owner == NOBODY:
        before.append(AgentJoined(reference, taken))
    elif taken:
        after.append(Transferred(reference, taken.name, taken))
    return before, after, replace(cursor, owner=owner, group=group)


class _People:
    """Names of agents, each asked for once in a pull."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._known: dict[int, AgentOfLiveChat] = {}

    def agent(self, id: int) -> AgentOfLiveChat:
        """The agent with this id."""
        if id not in self._known:
            user = self._call("GET", f"/api/v1/users/{id}")
            name = f"{user.get('firstname') or ''} {user.get('lastname') or ''}".strip()
            self._known[id] = AgentOfLiveChat(str(id), name or "Agent")
        return self._known[id]


def _said(article: dict[str, Any], people: _People, reference: str) -> AgentMessage | None:
    """What an agent said to the visitor, or None for notes, calls, customers and the system.

    Nothing of ours is among it: the visitor's words are a customer's, the rest is internal.
    """
    if article["internal"] or article["sender"] != "Agent" or article["type"] in NOT_SAID:
        return None
    text = said_in(article)
    # files can be opened by people with a login only
    if names := [str(file["filename"]) for file in article.get("attachments") or []]:
        text = f"{text}\n(Attached, but not shown in the chat: {', '.join(names)})".strip()
    if not text:
        return None
    agent = people.agent(int(article["created_by_id"]))
    return AgentMessage(reference, str(article["id"]), agent, text, datetime.fromisoformat(article["created_at"]))
