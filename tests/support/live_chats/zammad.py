"""A Zammad server as far as a connector sees it: tickets with articles, people, and who would get an e-mail."""

from __future__ import annotations

import hmac
import html
import json
import uuid
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from tests.support.live_chats.base import Answer, FakeLiveChat, Request, Seen, Webhook, now

TOKEN = "zammad-token"
WEBHOOK_TOKEN = "zammad-signature-token"
ME = 3
NOBODY = 1
GROUPS = {"Users": 1, "Billing": 2, "Sales": 3}
STATES = {"new": 1, "open": 2, "pending reminder": 3, "closed": 4, "merged": 5, "pending close": 7}
PRIORITIES = {"1 low": 1, "2 normal": 2, "3 high": 3}
JSON = {"Content-Type": "application/json; charset=utf-8"}
TICKET_FIELDS = {
    "title": str,
    "group": str,
    "group_id": int,
    "customer": dict,
    "customer_id": str,
    "priority": str,
    "note": str,
    "tags": str,
    "article": dict,
}
ARTICLE_FIELDS = {
    "body": str,
    "content_type": str,
    "type": str,
    "internal": bool,
    "sender": str,
    "message_id": str,
    "subject": str,
}
ANSWERED_BY_TRIGGERS = ("email", "phone", "web")
"""Types of a customer's articles that the triggers of a new installation confirm by e-mail (db/seeds/triggers.rb)."""


class FakeZammad(FakeLiveChat):
    """See the module. ``mails``: (to, text) of what would be sent."""

    type_name = "zammad"

    def __init__(self) -> None:
        super().__init__()
        self.users: dict[int, dict[str, Any]] = {
            NOBODY: {"id": NOBODY, "firstname": "-", "lastname": "", "email": "", "login": "-", "role": "Agent"},
            ME: {"id": ME, "firstname": "Handoff", "lastname": "", "email": "handoff@fernway.example", "login": "bot"},
        }
        self.users[ME]["role"] = "Agent"
        self.rights: dict[str, list[str]] = {name: ["full"] for name in GROUPS}
        self.may: set[str] = {"ticket.agent"}
        self.tickets: dict[int, dict[str, Any]] = {}
        self.articles: dict[int, list[dict[str, Any]]] = {}
        self.mails: list[tuple[str, str]] = []
        self.must_fill_in = False
        """Closing needs a field that only agents fill in."""
        self._last = 100

    def options(self) -> dict[str, Any]:
        return {
            "url": self.url,
            "token": TOKEN,
            "webhook_token": WEBHOOK_TOKEN,
            "group": "Users",
            "groups": {"billing": "Billing", "sales": GROUPS["Sales"]},
        }

    def references(self) -> list[str]:
        return [str(id) for id in sorted(self.tickets)]

    def seen_by_agents(self, reference: str) -> list[Seen]:
        seen: list[Seen] = []
        for article in self.articles[int(reference)]:
            if article["sender"] == "Customer":
                kind = "visitor"
            elif article["created_by_id"] == ME:
                kind = "system" if seen else "package"
            else:
                kind = "agent"
            # what is text/plain is shown as it is; a connector must not send text/html
            text = article["body"] if article["content_type"] == "text/plain" else f"[markup: {article['body']}]"
            seen.append(Seen(kind, text))
        return seen

    # what agents do

    def agent(self, name: str) -> int:
        """The id of an agent, who is hired on first use."""
        first, _, last = name.partition(" ")
        for user in self.users.values():
            if (user["firstname"], user["lastname"], user["role"]) == (first, last, "Agent"):
                return int(user["id"])
        return self._user(firstname=first, lastname=last, role="Agent")

    def agent_says(self, reference: str, text: str, agent: str = "Maya Okafor") -> str:
        return str(self.agent_writes(reference, html.escape(text).replace("\n", "<br>"), agent)["id"])

    def agent_notes(self, reference: str, text: str, agent: str = "Maya Okafor") -> None:
        self.agent_writes(reference, html.escape(text), agent, internal=True)

    def agent_writes(self, reference: str, body: str, agent: str = "Maya Okafor", **changes: Any) -> dict[str, Any]:
        """An article as the browser sends it: HTML, a public note unless told otherwise. The first takes the ticket."""
        with self.lock:
            author = self.agent(agent)
            article = self._article(int(reference), author, {"body": body, "content_type": "text/html"} | changes)
            ticket = self.tickets[int(reference)]
            if not article["internal"] and ticket["owner_id"] == NOBODY:
                ticket["owner_id"] = author
            self._ring(int(reference), article)
            return article

    def agent_closes(self, reference: str, agent: str = "Maya Okafor") -> None:
        self.agent_sets(reference, state="closed")

    def agent_sets(self, reference: str, **changes: Any) -> None:
        """Fields of the ticket are changed."""
        with self.lock:
            self.tickets[int(reference)] |= changes
            self._ring(int(reference), None)

    def webhook(self, body: Any, token: str = WEBHOOK_TOKEN) -> Webhook:
        """A signed webhook."""
        raw = json.dumps(body).encode()
        headers = {
            "X-Zammad-Trigger": "Handoff",
            "X-Zammad-Delivery": str(uuid.uuid4()),
            "X-Hub-Signature": "sha1=" + hmac.new(token.encode(), raw, "sha1").hexdigest(),
        }
        return Webhook({**JSON, **headers}, raw)

    # what the API does

    def handle(self, request: Request) -> Answer:
        if request.headers.get("authorization") != f"Token token={TOKEN}":
            return self._answer(401, {"error": "Invalid BasicAuth credentials"})
        if request.headers.get("accept") != "application/json":
            return self.complain(f"Accept: {request.headers.get('accept')}", 406)
        body: Any = None
        if request.method in ("POST", "PUT"):
            if request.headers.get("content-type") != "application/json":
                return self.complain(f"Content-Type: {request.headers.get('content-type')}", 415)
            body = json.loads(request.body)
        elif request.body:
            return self.complain("a GET with a body", 400)
        parts = request.path.removeprefix("/api/v1/").split("/")
        if parts != ["users", "me"] and "ticket.agent" not in self.may:
            return self._answer(403, {"error": "Not authorized (token)!"})
        match request.method, *parts:
            case "GET", "users", "me":
                ids = {str(GROUPS[name]): rights for name, rights in self.rights.items()}
                return self._answer(200, self.users[ME] | {"groups": self.rights, "group_ids": ids})
            case "GET", "users", id:
                found = self.users.get(int(id))
                return self._answer(200, found) if found else self._missing("User", id)
            case "GET", "ticket_recent":
                return self._answer(200, {"assets": {}, "ticket_ids_recent_viewed": []})
            case "GET", "ticket_priorities":
                return self._answer(200, [{"id": id, "name": name} for name, id in PRIORITIES.items()])
            case "GET", "ticket_states":
                return self._answer(200, [{"id": id, "name": name} for name, id in STATES.items()])
            case "POST", "tickets":
                return self._create(body)
            case "POST", "tickets", "search":
                return self._search(body)
            case "POST", "ticket_articles":
                return self._add(body)
            case (_, "tickets", id) | (_, "ticket_articles", "by_ticket", id) if int(id) not in self.tickets:
                return self._missing("Ticket", id)
            case "GET", "tickets", id:
                if request.query != {"expand": "true"}:
                    return self.complain(f"a ticket without names: {request.query}", 400)
                return self._answer(200, self._expanded(int(id)))
            case "PUT", "tickets", id:
                return self._put(int(id), body)
            case "GET", "ticket_articles", "by_ticket", id:
                return self._answer(200, self.articles[int(id)])
        return self.complain(f"{request.method} {request.path}", 404)

    def _create(self, ticket: Any) -> Answer:
        if wrong := self._wrong(ticket, TICKET_FIELDS, {"title", "priority", "note", "article"}):
            return wrong
        if ("group" in ticket) == ("group_id" in ticket) or ("customer" in ticket) == ("customer_id" in ticket):
            return self.complain("either group or group_id, and either customer or customer_id")
        if len(ticket["title"]) > 250 or len(ticket["note"]) > 250 or ticket["priority"] not in PRIORITIES:
            return self.complain("title or note too long, or no such priority")
        group = ticket.get("group_id") or GROUPS.get(ticket["group"])
        if group not in GROUPS.values():
            return self._answer(422, {"error": f"No value found for 'group' with id '{ticket.get('group')}'"})
        customer = self._customer(ticket)
        if isinstance(customer, Answer):
            return customer
        if wrong := self._wrong(ticket["article"], ARTICLE_FIELDS, {"body"}):
            return wrong
        id = self._id()
        self.tickets[id] = {
            "id": id,
            "number": f"22{id}",
            "title": ticket["title"],
            "group_id": group,
            "customer_id": customer,
            "owner_id": NOBODY,
            "state": "new",
            "priority_id": PRIORITIES[ticket["priority"]],
            "note": ticket["note"],
            "tags": ticket.get("tags", "").split(","),
        }
        self.articles[id] = []
        self._ring(id, self._article(id, ME, ticket["article"]))
        return self._answer(201, self._flat(id))

    def _put(self, id: int, changes: Any) -> Answer:
        if wrong := self._wrong(changes, {"state": str, "article": dict}, {"state", "article"}):
            return wrong
        if wrong := self._wrong(changes["article"], ARTICLE_FIELDS, {"body"}):
            return wrong
        if changes["state"] not in STATES:
            return self.complain(f"No value found for 'state' with id {changes['state']!r}")
        if changes["state"] == "closed" and self.must_fill_in:
            return self._answer(422, {"error": "Missing required value for field 'product'!"})
        self.tickets[id]["state"] = changes["state"]
        self._ring(id, self._article(id, ME, changes["article"]))
        return self._answer(200, self._flat(id))

    def _add(self, article: Any) -> Answer:
        if wrong := self._wrong(article, ARTICLE_FIELDS | {"ticket_id": int}, {"ticket_id", "body"}):
            return wrong
        if article["ticket_id"] not in self.tickets:
            return self._missing("Ticket", article["ticket_id"])
        made = self._article(article["ticket_id"], ME, article)
        self._ring(article["ticket_id"], made)
        return self._answer(201, made)

    def _search(self, search: Any) -> Answer:
        condition = search.get("condition") if isinstance(search, dict) else None
        if not isinstance(condition, dict) or set(search) != {"condition", "expand", "limit"} or not search["expand"]:
            return self.complain(f"search {search}")
        if set(condition) != {"ticket.note"} or condition["ticket.note"].get("operator") != "is":
            return self.complain(f"condition {condition}")
        wanted = condition["ticket.note"]["value"]
        found = [id for id, ticket in self.tickets.items() if ticket["note"] == wanted]
        return self._answer(200, [self._expanded(id) for id in found])

    def _customer(self, ticket: dict[str, Any]) -> int | Answer:
        if "customer_id" in ticket:
            kind, _, address = ticket["customer_id"].partition(":")
            if kind != "guess" or "@" not in address:
                return self.complain(f"customer_id {ticket['customer_id']}")
            wanted = {"email": address}
        else:
            wanted = ticket["customer"]
            if not set(wanted) <= {"firstname", "lastname", "email", "login"} or not (set(wanted) & {"email", "login"}):
                return self.complain(f"customer {wanted}")
        for user in self.users.values():
            for name in ("email", "login"):
                if wanted.get(name) and user[name] == wanted[name].lower():
                    return int(user["id"])
        return self._user(**wanted)

    def _wrong(self, given: Any, fields: dict[str, type], needed: set[str]) -> Answer | None:
        if not isinstance(given, dict) or (missing := needed - set(given)):
            return self.complain(f"missing: {missing}" if isinstance(given, dict) else f"no object: {given!r}")
        for name, value in given.items():
            if name not in fields or type(value) is not fields[name]:
                return self.complain(f"{name} = {value!r}")
        return None

    def _article(self, ticket: int, author: int, given: dict[str, Any]) -> dict[str, Any]:
        sender = given.get("sender", "Agent")
        customer = self.users[self.tickets[ticket]["customer_id"]]
        article = {
            "id": self._id(),
            "ticket_id": ticket,
            "type": given.get("type", "note"),
            "sender": sender,
            "internal": given.get("internal", False),
            "content_type": given.get("content_type", "text/plain"),
            "body": given["body"],
            "message_id": given.get("message_id"),
            "attachments": given.get("attachments", []),
            "created_by_id": author,
            "origin_by_id": customer["id"] if sender == "Customer" else None,
            "created_at": datetime.fromtimestamp(now(), UTC).isoformat().replace("+00:00", "Z"),
        }
        self.articles[ticket].append(article)
        by_agent = sender == "Agent" and article["type"] == "email"
        by_trigger = sender == "Customer" and article["type"] in ANSWERED_BY_TRIGGERS
        if customer["email"] and (by_agent or by_trigger):
            self.mails.append((customer["email"], given["body"]))
        return article

    def _ring(self, ticket: int, article: dict[str, Any] | None) -> None:
        self.webhooks.append(self.webhook({"ticket": self._expanded(ticket), "article": article or {}}))

    def _flat(self, id: int) -> dict[str, Any]:
        ticket = dict(self.tickets[id])
        return ticket | {"state_id": STATES[ticket.pop("state")], "article_ids": [a["id"] for a in self.articles[id]]}

    def _expanded(self, id: int) -> dict[str, Any]:
        ticket = self.tickets[id]
        group = next(name for name, known in GROUPS.items() if known == ticket["group_id"])
        return self._flat(id) | {
            "state": ticket["state"],
            "group": group,
            "owner": self.users[ticket["owner_id"]]["login"],
        }

    def _user(
        self, firstname: str = "", lastname: str = "", email: str = "", login: str = "", role: str = "Customer"
    ) -> int:
        id = self._id()
        login = (login or email or f"auto-{id}").lower()
        user = {"id": id, "firstname": firstname, "lastname": lastname, "email": email, "login": login, "role": role}
        self.users[id] = user
        return id

    def _id(self) -> int:
        self._last += 1
        return self._last

    def _missing(self, what: str, id: Any) -> Answer:
        return self._answer(404, {"error": f"Couldn't find {what} with 'id'={id}"})

    def _answer(self, status: int, body: Any) -> Answer:
        return Answer(status, json.dumps(deepcopy(body)).encode(), JSON)
