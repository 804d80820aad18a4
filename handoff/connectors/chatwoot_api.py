"""Calls to a Chatwoot server; see ``docs/connectors-chatwoot.md`` for which token makes which.

Paths, fields and rights are those of Chatwoot's own source (``app/controllers/api/v1/accounts``, ``config/routes.rb``).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Self

from handoff.connectors.base import Attempt, NotYet, Undeliverable
from handoff.connectors.chatwoot_messages import PAGE, mark_of, marked, next_page_after
from handoff.connectors.chatwoot_options import ChatwootOptions
from handoff.connectors.http import LiveChatHttp

HEADER = "Api-Access-Token"  # the same as api_access_token, which a proxy may drop for its underscores
REFUSED = frozenset({401, 403})
PERSON_REMEDY = (
    "`token` must be the access token of a person (Chatwoot: Profile settings), agent or administrator of this account "
    "and a member of the inbox; the token of an agent bot can neither make contacts nor read."
)
BOT_REMEDY = "`bot_token` must be the token of an agent bot that is connected to this inbox."


class ChatwootApi:
    """One account and inbox. Every call raises as :meth:`LiveChatHttp.call` does; a refused token gets its remedy."""

    def __init__(self, what: str, options: ChatwootOptions) -> None:
        """``what`` is the connector's name, for errors."""
        self._what = what
        self._person = LiveChatHttp(options.url, {HEADER: options.token.get_secret_value()}, what=what)
        bot = options.bot_token
        self._bot = LiveChatHttp(options.url, {HEADER: bot.get_secret_value()}, what=what) if bot else None
        self._public = LiveChatHttp(options.url, what=what)  # the visitors' side of the API, which takes no token
        self._account_id = options.account_id
        self._account = f"/api/v1/accounts/{options.account_id}"
        self._inbox = options.inbox_id
        self._before: Callable[[], None] = lambda: None

    @property
    def writes_as_bot(self) -> bool:
        """Whether notes and messages are written with the token of an agent bot."""
        return self._bot is not None

    def during(self, attempt: Attempt) -> Self:
        """The same, renewing the lease before each call but the first."""
        paced = copy.copy(self)
        calls = 0

        def before() -> None:
            nonlocal calls
            if calls:
                attempt.keep()
            calls += 1

        paced._before = before
        return paced

    # contacts

    def create_contact(self, fields: Mapping[str, Any]) -> tuple[int, str]:
        """Make a contact in the inbox; returns its id and its source id. 422 where something of it is taken."""
        answer = self._as_person("POST", "/contacts", {"inbox_id": self._inbox, **fields})
        payload = self._field(answer, "payload", dict)
        source = self._field(self._field(payload, "contact_inbox", dict), "source_id", str)
        return self._field(self._field(payload, "contact", dict), "id", int), source

    def find_contact(self, identifier: str) -> tuple[int, str | None] | None:
        """The contact with this identifier: its id, and its source id in the inbox, if it is in it."""
        found = self._listed(self._as_person("GET", "/contacts/search", params={"q": identifier}))
        for contact in found:
            if contact.get("identifier") == identifier:
                inboxes = contact.get("contact_inboxes") or []
                sources = [one.get("source_id") for one in inboxes if (one.get("inbox") or {}).get("id") == self._inbox]
                return self._field(contact, "id", int), sources[0] if sources else None
        return None

    def join_inbox(self, contact: int) -> str:
        """Put a contact into the inbox; returns its source id there."""
        answer = self._as_person("POST", f"/contacts/{contact}/contact_inboxes", {"inbox_id": self._inbox})
        return self._field(answer, "source_id", str)

    def conversations_of(self, contact: int) -> Sequence[dict[str, Any]]:
        """The latest conversations of a contact (20), newest first."""
        return self._listed(self._as_person("GET", f"/contacts/{contact}/conversations"))

    # conversations

    def create_conversation(self, contact: int, source: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Make a conversation, or get the one that exists where the inbox is locked to a single one.

        ``fields`` may hold a ``message``, see :func:`message_of`, which is written in the same transaction.
        """
        body = {"source_id": source, "inbox_id": self._inbox, "contact_id": contact, **fields}
        return self._object(self._as_writer("POST", "/conversations", body))

    def conversation(self, reference: str) -> dict[str, Any]:
        """Status, assignee, team, attributes and last message of a conversation."""
        return self._object(self._as_person("GET", f"/conversations/{reference}"))

    def set_attributes(self, reference: str, attributes: Mapping[str, Any]) -> None:
        """Replace all custom attributes."""
        self._as_writer("POST", f"/conversations/{reference}/custom_attributes", {"custom_attributes": attributes})

    def set_team(self, reference: str, team: int) -> None:
        """Give it to a team."""
        self._as_writer("POST", f"/conversations/{reference}/assignments", {"team_id": team})

    def set_assignee(self, reference: str, agent: int | None) -> None:
        """Give it to an agent, or to nobody."""
        self._as_writer("POST", f"/conversations/{reference}/assignments", {"assignee_id": agent})

    def set_priority(self, reference: str, priority: str) -> None:
        """Set it to ``low``, ``medium``, ``high`` or ``urgent``."""
        self._as_writer("POST", f"/conversations/{reference}/toggle_priority", {"priority": priority})

    def set_status(self, reference: str, status: str) -> None:
        """Set it to ``open`` or ``resolved``; setting what it is changes nothing."""
        self._as_writer("POST", f"/conversations/{reference}/toggle_status", {"status": status})

    # messages

    def write(self, reference: str, mark: str, content: str, *, private: bool) -> None:
        """Write a note (``private``) or a message of the visitor, marked with our id."""
        self._as_writer("POST", f"/conversations/{reference}/messages", message_of(mark, content, private=private))

    def messages(self, reference: str, after: int, *, thorough: bool = False) -> Iterator[dict[str, Any]]:
        """Messages with an id above ``after``, oldest first, each once; ``thorough`` trusts no page to be the last."""
        seen: set[int] = set()
        while True:
            answer = self._as_person("GET", f"/conversations/{reference}/messages", params={"after": str(after)})
            page = self._listed(answer)
            for message in page:
                self._field(message, "id", int)
                self._field(message, "created_at", int)
            fresh = [message for message in page if message["id"] not in seen]
            yield from fresh
            seen.update(message["id"] for message in fresh)
            if not fresh or (len(page) < PAGE and not thorough):
                return
            after = next_page_after(page, after)

    def marks(self, reference: str, after: int, wanted: set[str]) -> set[str]:
        """Which of our ids ``wanted`` stand at messages of a conversation; reads until all are found or it ends."""
        found: set[str] = set()
        for message in self.messages(reference, after, thorough=True):
            found |= {mark_of(message)} & wanted
            if found == wanted:
                break
        return found

    def typing(self, inbox_identifier: str, source: str, reference: str, on: bool) -> None:
        """Say that the contact types, or stopped: the visitors' side of the API, or it would seem to be an agent."""
        path = f"/public/api/v1/inboxes/{inbox_identifier}/contacts/{source}/conversations/{reference}/toggle_typing"
        self._before()
        self._public.call("POST", path, json={"typing_status": "on" if on else "off"})

    # settings and rights

    def profile(self) -> dict[str, Any]:
        """Whose token it is, with the role in each account."""
        self._before()
        return self._object(self._named(self._person, "GET", "/api/v1/profile", PERSON_REMEDY))

    def role(self, profile: Mapping[str, Any]) -> str | None:
        """``agent`` or ``administrator``; None for a stranger to the account."""
        roles = [one.get("role") for one in profile.get("accounts") or [] if one.get("id") == self._account_id]
        return str(roles[0]) if roles else None

    def inbox(self) -> dict[str, Any]:
        """The inbox and its settings."""
        return self._object(self._as_person("GET", f"/inboxes/{self._inbox}"))

    def teams(self) -> Mapping[int, str]:
        """Names of the teams by number."""
        answer = self._as_person("GET", "/teams")
        return {self._field(team, "id", int): str(team.get("name")) for team in self._listed({"payload": answer})}

    def webhooks(self) -> Sequence[dict[str, Any]]:
        """Webhooks of the account; administrators only."""
        return self._listed(self._as_person("GET", "/webhooks"), "webhooks")

    def knock(self) -> None:
        """Make a call as the bot that changes nothing: conversation 0 never exists, so 404 is the good answer."""
        self.set_priority("0", "low")

    # how

    def _as_person(self, method: str, path: str, body: Any = None, params: Mapping[str, str] | None = None) -> Any:
        self._before()
        return self._named(self._person, method, self._account + path, PERSON_REMEDY, body, params)

    def _as_writer(self, method: str, path: str, body: Any) -> Any:
        self._before()
        remedy = BOT_REMEDY if self._bot else PERSON_REMEDY
        return self._named(self._bot or self._person, method, self._account + path, remedy, body)

    @staticmethod
    def _named(
        http: LiveChatHttp,
        method: str,
        path: str,
        remedy: str,
        body: Any = None,
        params: Mapping[str, str] | None = None,
    ) -> Any:
        """The answer; a refused token is named together with its remedy."""
        try:
            return http.call(method, path, json=body, params=params)
        except Undeliverable as refusal:
            if refusal.status in REFUSED:
                raise Undeliverable(f"{refusal} {remedy}", refusal.status) from None
            raise

    def _object(self, answer: Any) -> dict[str, Any]:
        if not isinstance(answer, dict):
            raise self._not_understood("an object")
        return answer

    def _listed(self, answer: Any, key: str | None = None) -> list[dict[str, Any]]:
        payload = self._object(answer).get("payload")
        listed = payload.get(key) if key and isinstance(payload, dict) else payload
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            raise self._not_understood("a list")
        return listed

    def _field(self, holder: Any, name: str, kind: type[Any]) -> Any:
        value = self._object(holder).get(name)
        if not isinstance(value, kind):
            raise self._not_understood(f"`{name}`")
        return value

    def _not_understood(self, missing: str) -> NotYet:
        return NotYet(f"{self._what}: an answer has no {missing} where Chatwoot has one. Is a proxy in between?")


def message_of(mark: str, content: str, *, private: bool) -> dict[str, Any]:
    """A note (``private``) or a message of the visitor, marked with our id."""
    kind = "outgoing" if private else "incoming"
    return {"content": content, "message_type": kind, "private": private, "content_attributes": marked(mark)}
