"""What the fake Chatwoot answers about conversations and messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.support.live_chats.base import Answer, Request
from tests.support.live_chats.chatwoot_contract import (
    CONVERSATION,
    MESSAGE,
    Broken,
    Refused,
    answered,
    attributes,
    fields,
)
from tests.support.live_chats.chatwoot_state import State
from tests.support.live_chats.chatwoot_things import CHANNEL, INBOX, Conversation, Line, Person

PAGE = 100
LATEST = 20
LONGEST_CONTENT = 150_000
INBOX_IDENTIFIER = "kq3xV7inboxidentifier"
BOT = "bot"
STATUSES = ("open", "resolved", "pending", "snoozed")


class ConversationRoutes:
    """Bot tokens write here and read nothing."""

    def __init__(self, state: State, tokens: Mapping[str, Person | str], *, lock: bool, active_bot: bool) -> None:
        """``tokens`` leads to a person or to BOT; the inbox is locked to one conversation, or has an active bot."""
        self.state = state
        self.tokens = tokens
        self.lock = lock
        self.active_bot = active_bot
        self.member = True
        self.reopens = True
        self.takes_message = True
        self.inbox: dict[str, Any] = {
            "id": INBOX,
            "name": "Website",
            "channel_type": CHANNEL,
            "greeting_enabled": False,
            "lock_to_single_conversation": lock,
            "webhook_url": None,
            "inbox_identifier": INBOX_IDENTIFIER,
        }
        self.account_webhooks: list[dict[str, Any]] = []

    def about_conversations(self, request: Request, rest: list[str], body: dict[str, Any], who: Person | str) -> Answer:
        if request.method == "POST" and not rest:
            return self._create(body, who)
        found = self.state.conversations.get(int(rest[0])) if rest and rest[0].isdigit() else None
        if request.method == "GET":
            self.person(who)
            if found is None:
                raise Refused(404, {"error": "Resource could not be found"})
            if rest[1:] == []:
                return answered(200, self.state.conversation_json(found))
            if rest[1:] == ["messages"]:
                return self._messages(found, request.query)
        writes: dict[str, Callable[[Conversation, dict[str, Any], Person | str], Answer]] = {
            "messages": self._write,
            "toggle_status": self._toggle_status,
            "toggle_priority": self._toggle_priority,
            "custom_attributes": self._custom_attributes,
            "assignments": self._assign,
        }
        if request.method != "POST" or len(rest) != 2 or rest[1] not in writes:
            raise Broken(f"no such address: {request.method} {request.path}")
        if found is None:
            raise Refused(404, {"error": "Resource could not be found"})
        return writes[rest[1]](found, body, who)

    def _create(self, body: dict[str, Any], who: Person | str) -> Answer:
        fields(body, CONVERSATION, "source_id")
        contact = self.state.by_source.get(body["source_id"])
        if contact is None or body.get("inbox_id", INBOX) != INBOX or body.get("contact_id", contact.id) != contact.id:
            raise Refused(404, {"error": "Resource could not be found"})
        if body.get("status", "open") not in ("open", "resolved", "pending"):
            raise Broken(f"status {body['status']}")
        attributes(body)
        if "message" in body:
            self._check(body["message"])
        earlier = self.state.of_contact.get(contact.id)
        status = "pending" if self.active_bot else body.get("status", "open")
        made = earlier[0] if self.lock and earlier else self.state.add_conversation(contact, status, body)
        if "message" in body and self.takes_message:
            self._add(made, body["message"], who)  # in the same transaction, by the builder of all other messages
        return answered(200, self.state.conversation_json(made))

    def _messages(self, conversation: Conversation, query: Mapping[str, str]) -> Answer:
        if set(query) - {"after"}:
            raise Broken(f"messages?{query}")
        lines = self.state.lines_after(conversation, int(query.get("after", 0)))
        page = lines[:PAGE] if "after" in query else lines[-LATEST:]
        return answered(200, {"meta": {}, "payload": [line.json(conversation.id) for line in page]})

    def _write(self, conversation: Conversation, body: dict[str, Any], who: Person | str) -> Answer:
        self._check(body)
        return answered(200, self._add(conversation, body, who).json(conversation.id))

    def _check(self, body: dict[str, Any]) -> None:
        fields(body, MESSAGE, "content")
        kind, private = body.get("message_type", "outgoing"), body.get("private", False)
        if kind not in ("incoming", "outgoing") or (kind == "incoming" and private):
            raise Broken(f"a message that is {kind} and private: {private}")
        if not body["content"].strip():
            raise Broken("a message without content")
        if len(body["content"]) > LONGEST_CONTENT:
            raise Broken("a message that is too long")
        if self.inbox["channel_type"] != CHANNEL and kind == "incoming":
            raise Refused(422, {"error": "Incoming messages are only allowed in Api inboxes"})

    def _add(self, conversation: Conversation, body: dict[str, Any], who: Person | str) -> Line:
        kind, private = body.get("message_type", "outgoing"), body.get("private", False)
        bot = {"id": 1, "name": "Handoff", "type": "agent_bot"}
        sender = conversation.contact.sender() if kind == "incoming" else bot if isinstance(who, str) else who.sender()
        line = self.state.add_line(
            conversation, body["content"], kind, sender, private=private, attributes=body.get("content_attributes")
        )
        if kind == "incoming" and self.reopens and conversation.status in ("resolved", "snoozed"):
            self.state.set_status(conversation, "pending" if self.active_bot else "open", "the contact")
        return line

    def _toggle_status(self, conversation: Conversation, body: dict[str, Any], who: Person | str) -> Answer:
        fields(body, {"status": str, "snoozed_until": int}, "status")
        if body["status"] not in STATUSES:
            raise Broken(f"status {body['status']}")
        if who == BOT and conversation.status == "pending" and body["status"] == "open":
            conversation.bot_handoffs += 1
        self.state.set_status(conversation, body["status"], who if isinstance(who, str) else who.name)
        if isinstance(who, Person) and who.role == "agent" and conversation.status == "open":
            self.state.set_assignee(conversation, who, who.name)
        known = {"success": True, "conversation_id": conversation.id, "current_status": conversation.status}
        return answered(200, {"meta": {}, "payload": known | {"snoozed_until": None}})

    def _toggle_priority(self, conversation: Conversation, body: dict[str, Any], who: Person | str) -> Answer:
        if set(body) != {"priority"} or body["priority"] not in ("low", "medium", "high", "urgent", None):
            raise Broken(f"priority {body}")
        conversation.priority = body["priority"]
        return answered(200)

    def _custom_attributes(self, conversation: Conversation, body: dict[str, Any], who: Person | str) -> Answer:
        fields(body, {"custom_attributes": dict}, "custom_attributes")
        attributes(body)
        conversation.custom_attributes = body["custom_attributes"]
        return answered(200, {"custom_attributes": conversation.custom_attributes})

    def _assign(self, conversation: Conversation, body: dict[str, Any], who: Person | str) -> Answer:
        if set(body) not in ({"assignee_id"}, {"team_id"}):
            raise Broken(f"assignments {body}")
        fields({name: value for name, value in body.items() if value is not None}, {"assignee_id": int, "team_id": int})
        by = who if isinstance(who, str) else who.name
        if "assignee_id" in body:
            people = [*self.state.people.values(), *(one for one in self.tokens.values() if isinstance(one, Person))]
            person = next((one for one in people if one.id == body["assignee_id"]), None)
            self.state.set_assignee(conversation, person, by)
            return answered(200, person.agent() if person else None)
        team = body["team_id"] if body["team_id"] in self.state.teams else None
        self.state.set_team(conversation, team, by)
        return answered(200, {"id": team, "name": self.state.teams[team]} if team else None)

    @staticmethod
    def person(who: Person | str) -> Person:
        if isinstance(who, str):
            raise Refused(401, {"error": "Access to this endpoint is not authorized for bots"})
        return who
