"""What happened to a ticket in Zendesk, read from its audits: one list, in order, of comments and of changes.

An audit is one update of a ticket (Zendesk's "Ticket Audits"); its ``events`` are the comment and the changed fields.
The list of comments alone would not tell who closed the ticket, nor whether that was before or after the last word.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from handoff.connectors.base import AgentJoined, AgentMessage, AgentOfLiveChat, Closed, Event, Link, Pulled, Transferred
from handoff.connectors.zendesk_text import said_in

MARK = "handoff"
"""Key of what we write into ``metadata.custom`` of our own updates; agents see it in the list of events only."""
PAGE = 100  # audits; the most that Zendesk gives at once
MOST_PAGES = 10  # of one pull; the cursor goes on from there the next time
OVER = frozenset({"solved", "closed"})
STAFF = frozenset({"agent", "admin"})

Call = Callable[..., Any]
"""``call(method, path, params=...)`` of whoever may call Zendesk."""


@dataclass(frozen=True)
class Cursor:
    """Where a pull begins; kept as JSON in :attr:`~handoff.connectors.base.Link.cursor`.

    Attributes:
        after: Zendesk's cursor of the last page that was full, None at first.
        last: id of the last audit that was read.
        agent: id of the agent who has the ticket.
        over: the ticket was solved or closed then.
    """

    after: str | None = None
    last: int = 0
    agent: int | None = None
    over: bool = False


def pull(call: Call, link: Link) -> Pulled:
    """See :meth:`~handoff.connectors.base.Connector.pull`."""
    reference = str(link.reference)
    cursor = Cursor(**json.loads(link.cursor)) if link.cursor else Cursor()
    audits: list[dict[str, Any]] = []
    after = cursor.after
    for page, further in pages(call, reference, after, MOST_PAGES):
        audits += [audit for audit in page if audit["id"] > cursor.last]
        after = further or after
    audits.sort(key=lambda audit: int(audit["id"]))
    people = _People(call, audits)
    requester = link.data.get("requester")
    events: list[Event] = []
    for audit in audits:
        found, cursor = _events(audit, cursor, people, reference, requester)
        events += found
    cursor = replace(cursor, after=after, last=max([cursor.last, *(audit["id"] for audit in audits)]))
    return Pulled(events, json.dumps(asdict(cursor)))


def has_mark(call: Call, reference: str, mark: str) -> bool:
    """Whether an update of ours with this mark is in the ticket."""
    return any(mark_of(audit) == mark for page, _ in pages(call, reference, None, None) for audit in page)


def mark_of(audit: dict[str, Any]) -> str | None:
    """The mark that we gave an update, None where it is not ours."""
    custom = (audit.get("metadata") or {}).get("custom") or {}
    mark = custom.get(MARK)
    return str(mark) if mark is not None else None


def pages(
    call: Call, reference: str, after: str | None, most: int | None
) -> Iterator[tuple[list[dict[str, Any]], str | None]]:
    """Yield at most ``most`` pages of audits, oldest first, each with the cursor behind it where more follow."""
    number = 0
    while True:
        params = {"page[size]": str(PAGE), **({"page[after]": after} if after else {})}
        answer = call("GET", f"/api/v2/tickets/{reference}/audits.json", params=params)
        more = bool(answer["meta"]["has_more"])
        after = str(answer["meta"]["after_cursor"]) if more else None
        yield answer["audits"], after
        number += 1
        if not more or number == most:
            return


class _People:
    """Names of the agents in some audits, asked for in one call, and only when there are any."""

    def __init__(self, call: Call, audits: Sequence[dict[str, Any]]) -> None:
        self._call = call
        self._wanted = sorted(id for id in {*_ids(audits)} if id > 0)
        self._known: dict[int, dict[str, Any]] | None = None

    def agent(self, id: int | None) -> AgentOfLiveChat | None:
        """The agent with this id; None for visitors, for rules and for Zendesk itself (-1)."""
        if id is None or id <= 0:
            return None
        user = self._users().get(id)
        if user is None:
            # deleted since: the words were an agent's all the same, for visitors can not be removed that way
            return AgentOfLiveChat(str(id), "Agent")
        if user.get("role") not in STAFF:
            return None
        # `alias` is the name that the agent wants visitors to see (Zendesk's "Users")
        return AgentOfLiveChat(str(id), str(user.get("alias") or user.get("name") or "Agent"))

    def group(self, id: int) -> str:
        """The name of a group."""
        return str(self._call("GET", f"/api/v2/groups/{id}.json")["group"]["name"])

    def _users(self) -> dict[int, dict[str, Any]]:
        if self._known is None:
            self._known = {}
            for start in range(0, len(self._wanted), PAGE):
                ids = ",".join(map(str, self._wanted[start : start + PAGE]))
                answer = self._call("GET", "/api/v2/users/show_many.json", params={"ids": ids})
                self._known |= {int(user["id"]): user for user in answer["users"]}
        return self._known


def _ids(audits: Iterable[dict[str, Any]]) -> Iterator[int]:
    for audit in audits:
        for event in audit["events"]:
            if event["type"] == "Comment":
                yield int(event.get("author_id") or audit["author_id"])
            if event.get("field_name") in ("assignee_id", "status"):
                yield int(audit["author_id"])
                if event["field_name"] == "assignee_id" and event.get("value"):
                    yield int(event["value"])


def _events(
    audit: dict[str, Any], cursor: Cursor, people: _People, reference: str, requester: int | None
) -> tuple[list[Event], Cursor]:
    """The events of one audit: who took it, what was said, to whom it went, whether it is over."""
    ours = mark_of(audit) is not None
    before: list[Event] = []
    words: list[Event] = []
    after: list[Event] = []
    group: str | None = None
    taken: AgentOfLiveChat | None = None
    for event in audit["events"]:
        # in an update of ours only what a trigger of the account made of it is news
        if ours and (event.get("via") or {}).get("channel") != "rule":
            continue
        if event["type"] == "Comment":
            words += _said(event, audit, people, reference, requester)
        elif event["type"] != "Change":
            continue
        elif event["field_name"] == "group_id" and event.get("previous_value") and event.get("value"):
            group = people.group(int(event["value"]))
        elif event["field_name"] == "assignee_id":
            now = int(event["value"]) if event.get("value") else None
            taken = people.agent(now)
            if taken and cursor.agent is None and group is None:
                before.append(AgentJoined(reference, taken))
            elif taken and group is None:
                after.append(Transferred(reference, taken.name, taken))
            cursor = replace(cursor, agent=now)
        elif event["field_name"] == "status":
            over = event.get("value") in OVER
            if over and not cursor.over:
                after.append(Closed(reference, people.agent(int(audit["author_id"]))))
            cursor = replace(cursor, over=over)
    if group is not None:
        # a move to another group and to somebody there is one transfer, whichever field came first
        before, after = [], [event for event in after if isinstance(event, Closed)]
        after.insert(0, Transferred(reference, group, taken))
    return before + words + after, cursor


def _said(
    event: dict[str, Any], audit: dict[str, Any], people: _People, reference: str, requester: int | None
) -> list[Event]:
    author = int(event.get("author_id") or audit["author_id"])
    if not event["public"] or author == requester:
        return []
    agent = people.agent(author)
    if agent is None:
        return []
    files = [str(file["content_url"]) for file in event.get("attachments") or []]
    text = said_in(event)
    if not text and not files:
        return []
    return [
        AgentMessage(
            reference,
            str(event["id"]),
            agent,
            text,
            datetime.fromisoformat(audit["created_at"]),
            tuple(file for file in files if file.startswith("https://")),
        )
    ]
