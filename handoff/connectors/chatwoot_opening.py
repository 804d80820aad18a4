"""Showing a new handoff in Chatwoot: contact, conversation, note, priority, the visitor's last words; each once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from handoff.connectors.base import Attempt, NotYet, Undeliverable
from handoff.connectors.chatwoot_api import ChatwootApi, message_of
from handoff.connectors.chatwoot_events import assignee_of, last_message_of
from handoff.connectors.chatwoot_messages import mark_of
from handoff.connectors.chatwoot_text import (
    PRIORITIES,
    attributes_of,
    contact_of,
    last_words,
    note_of,
    origin_of,
    visitor_text,
)

log = logging.getLogger(__name__)

UNPROCESSABLE = 422  # Chatwoot's status for a contact that exists, or has an e-mail or phone that exists


def note_mark(handoff_id: str) -> str:
    """Our id of the note with the package."""
    return f"{handoff_id}:package"


def words_mark(handoff_id: str) -> str:
    """Our id of the message with the visitor's last words."""
    return f"{handoff_id}:words"


class Opening:
    """One attempt at :meth:`Connector.open`. The link's ``data`` says how far it is:

    ``contact``, ``source`` (ids of the contact and of its place in the inbox), ``start`` (messages up to this id belong
    to an earlier handoff), ``team``, ``adopting`` (it was an earlier handoff's), ``noted`` (the note is there),
    ``shut`` (it was not open), ``said`` (the visitor's words are there, too), ``holder`` (who had it before the owner
    of the token opened it), ``opened``.
    """

    def __init__(self, api: ChatwootApi, package: Mapping[str, Any], attempt: Attempt, team: int | None) -> None:
        """``api`` paced by ``attempt``; ``team`` that the queue of ``package`` is mapped to."""
        self._api = api
        self._package = package
        self._attempt = attempt
        self._team = team
        self._handoff_id = attempt.link.handoff_id
        self._note = note_mark(self._handoff_id)

    def run(self) -> None:
        """Do what is not done yet."""
        reference = self._attempt.link.reference or self._conversation(*self._contact())
        if self._attempt.link.data.get("adopting"):
            self._adopt(reference)
        data = self._attempt.link.data
        if not data.get("said"):
            self._write(reference)
            if data.get("shut"):
                self._attempt.remember(said=True)  # what comes after it can take another attempt
        if data.get("shut") and not data.get("opened"):
            self._open(reference)

    def _contact(self) -> tuple[int, str]:
        """The contact of the conversation: ours by its identifier, never somebody's who has the same e-mail.

        An e-mail that a visitor typed proves nothing: whoever typed a customer's address would appear to be them.
        """
        fields = contact_of(self._package)
        try:
            contact, source = self._api.create_contact(fields)
        except Undeliverable as refusal:
            if refusal.status != UNPROCESSABLE:
                raise
            contact, source = self._known_contact(fields)
        return contact, source  # found again by its identifier, so it is written down along with the conversation

    def _known_contact(self, fields: Mapping[str, str]) -> tuple[int, str]:
        known = self._api.find_contact(fields["identifier"])
        if known is not None:  # an earlier handoff of this conversation, or an attempt whose answer was lost
            contact, source = known
            return contact, source or self._api.join_inbox(contact)
        sure = {name: fields[name] for name in ("identifier", "name")}
        unsure = {name: value for name, value in fields.items() if name not in sure}
        return self._api.create_contact(sure | {"custom_attributes": unsure})

    def _conversation(self, contact: int, source: str) -> str:
        """Make the conversation, or find the one of a lost answer, or get that of an inbox with a single one.

        The note is made together with the conversation, so that no agent sees one without the other; a repetition
        writes it apart, after it has looked whether it is there.
        """
        repeated = self._attempt.repeated
        found = find_conversation(self._api, contact, self._handoff_id) if repeated else None
        fields: dict[str, Any] = {
            "status": "open",
            "custom_attributes": attributes_of(self._package),
            "additional_attributes": origin_of(self._package),
        }
        if self._team is not None:
            fields["team_id"] = self._team
        if not repeated:
            fields["message"] = message_of(self._note, note_of(self._package), private=True)
        made = found or self._api.create_conversation(contact, source, fields)
        if not isinstance(made.get("id"), int):
            raise NotYet("Chatwoot's answer to a new conversation has no id.")
        reference = str(made["id"])
        attributes = made.get("custom_attributes")
        earlier = isinstance(attributes, dict) and attributes.get("handoff_id") != self._handoff_id
        self._attempt.note(  # a repetition finds it by the handoff's id, or in the inbox with a single one
            reference,
            contact=contact,
            source=source,
            start=self._start(reference, made) if earlier else 0,
            noted=self._is_noted(made),
            team=self._team,
            shut=made.get("status") != "open",
            adopting=earlier,
        )
        return reference

    def _start(self, reference: str, conversation: Mapping[str, Any]) -> int:
        """Where the earlier handoffs of a conversation end: before our note, where it is there."""
        last = last_message_of(conversation)
        if last and not self._attempt.repeated:
            return int(last["id"]) - int(self._is_noted(conversation))
        there = list(self._api.messages(reference, 0))
        ours = [one["id"] - 1 for one in there if mark_of(one) == self._note]
        return min(ours, default=max((one["id"] for one in there), default=0))

    def _is_noted(self, conversation: Mapping[str, Any]) -> bool:
        """Whether the answer to a new conversation shows our note: versions that do not know ``message`` skip it."""
        return mark_of(last_message_of(conversation)) == self._note

    def _adopt(self, reference: str) -> None:
        """Make an earlier conversation that of this handoff; what others wrote beside it stays."""
        there = self._api.conversation(reference)
        attributes = there.get("custom_attributes") or {}
        self._api.set_attributes(reference, {**attributes, **attributes_of(self._package)})
        team = self._team
        if team is not None:
            self._beside(lambda: self._api.set_team(reference, team))
        self._attempt.remember(adopting=False)

    def _write(self, reference: str) -> None:
        words = last_words(self._package)
        note, said = self._note, words_mark(self._handoff_id)
        missing = {said} if self._attempt.link.data.get("noted") else {note, said}
        if self._attempt.repeated:
            missing -= self._api.marks(reference, self._attempt.link.data.get("start", 0), missing)
        if note in missing:
            self._api.write(reference, note, note_of(self._package), private=True)
        self._beside(lambda: self._api.set_priority(reference, PRIORITIES[self._package["urgency"]["level"]]))
        if said in missing and words is not None:
            self._api.write(reference, said, visitor_text(words), private=False)

    def _open(self, reference: str) -> None:
        """Open what a bot of the inbox keeps pending, or what was resolved and the visitor's words did not reopen.

        Chatwoot assigns a conversation to the agent whose token opens it: take that back.
        """
        if "holder" not in self._attempt.link.data:
            there = self._api.conversation(reference)
            if there.get("status") == "open":
                self._attempt.remember(opened=True)
                return
            if not self._api.writes_as_bot and self._api.role(self._api.profile()) == "agent":
                before = assignee_of(there)
                self._attempt.remember(holder=int(before.id) if before else None)
        self._api.set_status(reference, "open")
        if "holder" in self._attempt.link.data:
            self._api.set_assignee(reference, self._attempt.link.data["holder"])
        self._attempt.remember(opened=True)

    def _beside(self, step: Callable[[], None]) -> None:
        """Do what is good to have: an agent without it is better than no agent."""
        try:
            step()
        except Undeliverable as refusal:
            log.warning("Handoff %s is in Chatwoot, with one thing missing: %s", self._handoff_id, refusal)


def find_conversation(api: ChatwootApi, contact: int, handoff_id: str) -> dict[str, Any] | None:
    """The conversation of a handoff among the latest of its contact."""
    for conversation in api.conversations_of(contact):
        if (conversation.get("custom_attributes") or {}).get("handoff_id") == handoff_id:
            return conversation
    return None
