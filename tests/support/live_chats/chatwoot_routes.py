"""The HTTP side of the fake Chatwoot: who may call what, which fields there are, and what is answered."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.support.live_chats.base import Answer, Request
from tests.support.live_chats.chatwoot_contract import CONTACT, Broken, Refused, answered, attributes, fields
from tests.support.live_chats.chatwoot_conversations import INBOX_IDENTIFIER, LATEST, ConversationRoutes
from tests.support.live_chats.chatwoot_things import ACCOUNT, INBOX, Person

PHONE = re.compile(r"\+[1-9]\d{1,14}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class Routes(ConversationRoutes):
    """Rights are those of facts (a): bot tokens reach writes to conversations only."""

    def answer(self, request: Request) -> Answer:
        """Raises Broken or Refused."""
        parts = request.path.strip("/").split("/")
        body = self._body(request)
        if parts[:4] == ["public", "api", "v1", "inboxes"]:
            return self._typing(request, parts[4:], body)
        who = self._who(request)
        if (request.method, parts) == ("GET", ["api", "v1", "profile"]):
            return self._profile(self.person(who))
        if parts[:3] != ["api", "v1", "accounts"] or len(parts) < 5:
            raise Broken(f"no such address: {request.path}")
        if parts[3] != str(ACCOUNT):
            raise Refused(401, {"error": "You are not authorized to access this account"})
        rest = parts[4:]
        if rest[0] == "conversations":
            return self.about_conversations(request, rest[1:], body, who)
        person = self.person(who)
        if rest[0] == "contacts":
            return self._contacts(request, rest[1:], body)
        return self._settings(request, rest, person)

    # who

    def _who(self, request: Request) -> Person | str:
        token = request.headers.get("api-access-token") or request.headers.get("api_access_token")
        if not token:
            raise Broken(f"{request.path} without a token")
        if token not in self.tokens:
            raise Refused(401, {"error": "Invalid Access Token"})
        return self.tokens[token]

    @staticmethod
    def _body(request: Request) -> dict[str, Any]:
        if request.method == "GET":
            if request.body:
                raise Broken("GET with a body")
            return {}
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            raise Broken(f"content type of {request.path}")
        try:
            body = json.loads(request.body)
        except ValueError:
            raise Broken(f"{request.path} without JSON") from None
        if not isinstance(body, dict):
            raise Broken(f"{request.path} needs an object")
        return body

    # contacts

    def _contacts(self, request: Request, rest: list[str], body: dict[str, Any]) -> Answer:
        state = self.state
        if (request.method, rest) == ("POST", []):
            return self._create_contact(body)
        if (request.method, rest) == ("GET", ["search"]):
            if set(request.query) != {"q"} or not request.query["q"].strip():
                raise Broken(f"search?{request.query}")
            wanted = request.query["q"].strip().lower()  # whole values only; the real one finds parts too
            found = {id(one): one for kind in ("identifier", "email") if (one := state.taken.get((kind, wanted)))}
            return answered(200, {"meta": {"count": len(found)}, "payload": [one.json() for one in found.values()]})
        contact = state.contacts.get(int(rest[0])) if rest and rest[0].isdigit() else None
        if contact is None:
            raise Refused(404, {"error": "Resource could not be found"})
        if (request.method, rest[1:]) == ("GET", ["conversations"]):
            latest = reversed(state.of_contact.get(contact.id, [])[-LATEST:])
            return answered(200, {"payload": [state.conversation_json(one) for one in latest]})
        if (request.method, rest[1:]) == ("POST", ["contact_inboxes"]):
            fields(body, {"inbox_id": int, "source_id": str}, "inbox_id")
            source = state.add_source(contact, body.get("source_id"))
            return answered(200, {"source_id": source, "inbox": {"id": INBOX}})
        raise Broken(f"no such address: {request.method} {request.path}")

    def _create_contact(self, body: dict[str, Any]) -> Answer:
        fields(body, CONTACT, "inbox_id")
        attributes(body)
        if body["inbox_id"] != INBOX:
            raise Refused(404, {"error": "Resource could not be found"})
        wrong = [
            name
            for name in ("identifier", "email", "phone_number")
            if (name, body.get(name, "").lower()) in self.state.taken
        ]
        wrong += [
            name
            for name, form in (("email", EMAIL), ("phone_number", PHONE))
            if name in body and not form.fullmatch(body[name])
        ]
        if wrong:
            raise Refused(422, {"message": f"{', '.join(wrong)} is taken or wrong", "attributes": wrong})
        contact = self.state.add_contact(body)
        source = self.state.add_source(contact, body.get("source_id"))
        place = {"inbox": {"id": INBOX, "name": "Website"}, "source_id": source}
        return answered(200, {"payload": {"contact": contact.json(), "contact_inbox": place}})

    # the rest

    def _settings(self, request: Request, rest: list[str], person: Person) -> Answer:
        if request.method == "GET" and rest == ["teams"]:
            return answered(200, [{"id": number, "name": name} for number, name in self.state.teams.items()])
        if request.method == "GET" and rest[0] == "inboxes" and len(rest) == 2:
            if rest[1] != str(INBOX):
                raise Refused(404, {"error": "Resource could not be found"})
            if not self.member and person.role != "administrator":
                raise Refused(401, {"error": "You are not authorized to do this action"})
            return answered(200, self.inbox)
        if request.method == "GET" and rest == ["webhooks"]:
            if person.role != "administrator":
                raise Refused(401, {"error": "You are not authorized to do this action"})
            return answered(200, {"payload": {"webhooks": self.account_webhooks}})
        raise Broken(f"no such address: {request.method} {request.path}")

    @staticmethod
    def _profile(person: Person) -> Answer:
        accounts = [{"id": ACCOUNT, "name": "Fernway", "role": person.role}]
        return answered(200, person.agent() | {"accounts": accounts, "type": "User"})

    def _typing(self, request: Request, rest: list[str], body: dict[str, Any]) -> Answer:
        if "api-access-token" in request.headers:
            raise Broken("a token to the visitors' side")
        match rest:
            case [identifier, "contacts", source, "conversations", number, "toggle_typing"] if request.method == "POST":
                contact = self.state.by_source.get(source)
                conversation = self.state.conversations.get(int(number))
                if identifier != INBOX_IDENTIFIER or conversation is None or conversation.contact is not contact:
                    raise Refused(404, {"error": "Resource could not be found"})
                if set(body) != {"typing_status"} or body["typing_status"] not in ("on", "off"):
                    raise Broken(f"typing {body}")
                conversation.typing.append(body["typing_status"])
                return answered(200)
        raise Broken(f"no such address: {request.method} {request.path}")
