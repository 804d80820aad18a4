"""A Zendesk account as far as a connector sees it: tickets with audits, users, groups, and who would get an e-mail."""

from __future__ import annotations

import base64
import hmac
import json
from copy import deepcopy
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from tests.support.live_chats.base import Answer, FakeLiveChat, Request, Seen, Webhook, now

EMAIL = "handoff@fernway.example"
TOKEN = "zendesk-token"
SECRET = "zendesk-signing-secret"
ME = 9001
GROUPS = {"Support": 501, "Billing": 502, "Sales": 503}
JSON = {"Content-Type": "application/json; charset=utf-8"}
TICKET_FIELDS = {
    "subject": str,
    "comment": dict,
    "requester": dict,
    "requester_id": int,
    "priority": str,
    "external_id": str,
    "tags": list,
    "metadata": dict,
    "group_id": int,
    "status": str,
    "assignee_id": int,
}
COMMENT_FIELDS = {"html_body": str, "body": str, "public": bool, "author_id": int}
USER_FIELDS = {"name": str, "external_id": str, "role": str}
STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
PAGE = 3
"""Records that a page has at most, whatever was asked for: small, so that tests turn pages."""


class FakeZendesk(FakeLiveChat):
    """See the module. ``mails``: (to, text) of what the triggers of a new account would send."""

    type_name = "zendesk"

    def __init__(self) -> None:
        super().__init__()
        self.users: dict[int, dict[str, Any]] = {
            ME: {"id": ME, "name": "Handoff", "alias": "", "email": EMAIL, "role": "admin", "role_type": 4}
        }
        self.users[ME] |= {"ticket_restriction": None, "external_id": None}
        self.tickets: dict[int, dict[str, Any]] = {}
        self.audits: dict[int, list[dict[str, Any]]] = {}
        self.keys: dict[str, tuple[bytes, bytes]] = {}
        self.mails: list[tuple[str, str]] = []
        self.unlisted = False
        """Tickets cannot be found by external id yet."""
        self.must_fill_in = False
        """Solving needs a field that only agents fill in."""
        self._last = 100

    def options(self) -> dict[str, Any]:
        return {
            "url": self.url,
            "email": EMAIL,
            "api_token": TOKEN,
            "webhook_secret": SECRET,
            "groups": {"support": "Support", "billing": GROUPS["Billing"], "sales": "Sales"},
        }

    def references(self) -> list[str]:
        return [str(id) for id in sorted(self.tickets)]

    def seen_by_agents(self, reference: str) -> list[Seen]:
        ticket, seen = self.tickets[int(reference)], []
        for audit in self.audits[int(reference)]:
            for event in audit["events"]:
                if event["type"] != "Comment":
                    continue
                if event["author_id"] == ticket["requester_id"]:
                    kind = "visitor"
                elif event["author_id"] == ME:
                    kind = "system" if seen else "package"
                else:
                    kind = "agent"
                seen.append(Seen(kind, event["plain_body"]))
        return seen

    # what agents do

    def agent(self, name: str) -> int:
        """The id of an agent, who is hired on first use."""
        for user in self.users.values():
            if user["name"] == name and user["role"] == "agent":
                return int(user["id"])
        return self._user(name=name, role="agent")

    def agent_says(self, reference: str, text: str, agent: str = "Maya Okafor") -> str:
        with self.lock:
            events = [self._comment(text, True, self.agent(agent))]
            if self.tickets[int(reference)]["assignee_id"] is None:
                events.append(self._change(int(reference), "assignee_id", self.agent(agent)))
            self.update(reference, self.agent(agent), events)
            return str(events[0]["id"])

    def agent_notes(self, reference: str, text: str, agent: str = "Maya Okafor") -> None:
        with self.lock:
            self.update(reference, self.agent(agent), [self._comment(text, False, self.agent(agent))])

    def agent_closes(self, reference: str, agent: str = "Maya Okafor") -> None:
        self.agent_sets(reference, "status", "solved", agent)

    def agent_sets(
        self, reference: str, field: str, value: Any, agent: str = "Maya Okafor", rule: bool = False
    ) -> None:
        """A field of the ticket is changed, by an agent or by a trigger."""
        with self.lock:
            change = self._change(int(reference), field, value) | ({"via": {"channel": "rule"}} if rule else {})
            self.update(reference, -1 if rule else self.agent(agent), [change])

    def visitor_mails(self, reference: str, text: str) -> None:
        """The requester answers the e-mail that Zendesk sent."""
        with self.lock:
            requester = self.tickets[int(reference)]["requester_id"]
            self.update(reference, requester, [self._comment(text, True, requester)])

    def update(
        self, reference: str, author: int, events: list[dict[str, Any]], custom: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """One update: its audit, its e-mails, its webhook."""
        ticket = self.tickets[int(reference)]
        audit = {
            "id": self._id(),
            "ticket_id": ticket["id"],
            "created_at": self._time(),
            "author_id": author,
            "metadata": {"system": {"client": "handoff"}, "custom": custom or {}},
            "via": {"channel": "api" if author == ME else "web"},
            "events": events,
        }
        self.audits[ticket["id"]].append(audit)
        address = self.users[ticket["requester_id"]]["email"]
        for event in events:
            if event["type"] == "Comment" and event["public"] and address and author != ticket["requester_id"]:
                self.mails.append((address, event["plain_body"]))
        self.webhooks.append(self.webhook({"ticket_id": reference}))
        return audit

    def webhook(self, body: dict[str, Any], at: datetime | None = None, secret: str = SECRET) -> Webhook:
        """A signed webhook, now or at another time."""
        raw = json.dumps(body).encode()
        timestamp = (at or datetime.fromtimestamp(now(), UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
        mac = hmac.digest(secret.encode(), timestamp.encode() + raw, "sha256")
        headers = {
            "X-Zendesk-Webhook-Signature": base64.b64encode(mac).decode(),
            "X-Zendesk-Webhook-Signature-Timestamp": timestamp,
        }
        return Webhook({**JSON, **headers}, raw)

    # what the API does

    def handle(self, request: Request) -> Answer:
        expected = "Basic " + base64.b64encode(f"{EMAIL}/token:{TOKEN}".encode()).decode()
        if request.headers.get("authorization") != expected:
            return self._answer(401, {"error": "Couldn't authenticate you"})
        if request.headers.get("accept") != "application/json":
            return self.complain(f"Accept: {request.headers.get('accept')}", 406)
        body: Any = None
        if request.method in ("POST", "PUT"):
            if not request.headers.get("content-type", "").startswith("application/json"):
                return self.complain(f"Content-Type: {request.headers.get('content-type')}", 415)
            body = json.loads(request.body)
        elif request.body:
            return self.complain("a GET with a body", 400)
        parts = request.path.removeprefix("/api/v2/").removesuffix(".json").split("/")
        match request.method, *parts:
            case "GET", "users", "me":
                return self._answer(200, {"user": self.users[ME]})
            case "GET", "users", "show_many":
                ids = [int(id) for id in request.query["ids"].split(",")]
                if len(ids) > 100:
                    return self.complain("more than 100 ids", 400)
                return self._answer(200, {"users": [self.users[id] for id in ids if id in self.users]})
            case "POST", "users", "create_or_update":
                return self._upsert(body)
            case "GET", "groups":
                return self._page("groups", [{"id": id, "name": name} for name, id in GROUPS.items()], request)
            case "GET", "groups", id:
                name = next((name for name, known in GROUPS.items() if known == int(id)), None)
                return self._answer(200, {"group": {"id": int(id), "name": name}}) if name else self._missing()
            case "GET", "tickets":
                return self._find(request)
            case "POST", "tickets":
                return self._create(request, body)
            case _, "tickets", id, *_ if not id.isdigit() or int(id) not in self.tickets:
                return self._missing()
            case "GET", "tickets", id:
                return self._answer(200, {"ticket": self.tickets[int(id)]})
            case "PUT", "tickets", id:
                return self._put(int(id), body)
            case "GET", "tickets", id, "audits":
                return self._page("audits", self.audits[int(id)], request)
        return self.complain(f"{request.method} {request.path}", 404)

    def _create(self, request: Request, body: Any) -> Answer:
        key = request.headers.get("idempotency-key")
        if not key:
            return self.complain("a ticket without Idempotency-Key", 400)
        if key in self.keys:
            before, answer = self.keys[key]
            if before != request.body:
                return self.complain("the same Idempotency-Key with another body", 400)
            return Answer(201, answer, {**JSON, "x-idempotency-lookup": "hit"})
        if wrong := self._wrong(body, {"ticket"}, {"subject", "comment", "priority", "external_id", "tags"}):
            return wrong
        ticket = body["ticket"]
        if ("requester" in ticket) == ("requester_id" in ticket):
            return self.complain("either requester or requester_id")
        if "status" in ticket or "assignee_id" in ticket:
            return self.complain("a new ticket has neither status nor assignee here")
        requester = ticket.get("requester_id")
        if requester is None:
            given = ticket["requester"]
            if set(given) != {"name", "email"} or not given["name"] or "@" not in given["email"]:
                return self.complain(f"requester {given}")
            known = [user["id"] for user in self.users.values() if user["email"] == given["email"]]
            requester = known[0] if known else self._user(**given)
        elif requester not in self.users:
            return self.complain("no such requester")
        id = self._id()
        made = {"id": id, "status": "new", "assignee_id": None, "requester_id": requester, "group_id": None}
        self.tickets[id] = made | {
            name: value for name, value in ticket.items() if name not in ("comment", "requester", "metadata")
        }
        self.audits[id] = []
        events = [self._from(ticket["comment"], ME), {"id": self._id(), "type": "Create", "field_name": "status"}]
        self.update(str(id), ME, events, ticket.get("metadata"))
        answer = json.dumps({"ticket": self.tickets[id]}).encode()
        self.keys[key] = (request.body, answer)
        return Answer(201, answer, {**JSON, "x-idempotency-lookup": "miss"})

    def _put(self, id: int, body: Any) -> Answer:
        if wrong := self._wrong(body, {"ticket"}, {"comment"}):
            return wrong
        ticket, changes = self.tickets[id], body["ticket"]
        if ticket["status"] == "closed":
            return self._answer(422, {"error": "RecordInvalid", "description": "closed prevents ticket update"})
        if changes.get("status") == "solved":
            if ticket["assignee_id"] is None and "assignee_id" not in changes:
                return self.complain("Assignee: is required when solving a ticket")
            if self.must_fill_in:
                return self._answer(422, {"error": "RecordInvalid", "description": "Product: is required"})
        events = [self._from(changes["comment"], ME)]
        events += [self._change(id, name, changes[name]) for name in ("status", "assignee_id") if name in changes]
        audit = self.update(str(id), ME, events, changes.get("metadata"))
        return self._answer(200, {"ticket": ticket, "audit": audit})

    def _find(self, request: Request) -> Answer:
        if set(request.query) != {"external_id"}:
            return self.complain(f"tickets?{request.query}", 400)
        wanted = [] if self.unlisted else [request.query["external_id"]]
        found = [ticket for ticket in self.tickets.values() if ticket["external_id"] in wanted]
        return self._answer(200, {"tickets": found, "count": len(found), "next_page": None, "previous_page": None})

    def _upsert(self, body: Any) -> Answer:
        user = body.get("user") if isinstance(body, dict) else None
        if not isinstance(user, dict) or {name: type(value) for name, value in user.items()} != USER_FIELDS:
            return self.complain(f"user {user}")
        for known in self.users.values():
            if known["external_id"] == user["external_id"]:
                return self._answer(200, {"user": known | user})
        return self._answer(201, {"user": self.users[self._user(**user)]})

    def _wrong(self, body: Any, top: set[str], needed: set[str]) -> Answer | None:
        """What is wrong with the body of a ticket."""
        if not isinstance(body, dict) or set(body) != top or not isinstance(body["ticket"], dict):
            return self.complain("a ticket is sent as {ticket: {}}")
        ticket = body["ticket"]
        if missing := needed - set(ticket):
            return self.complain(f"missing: {sorted(missing)}")
        for name, value in ticket.items():
            if name not in TICKET_FIELDS or type(value) is not TICKET_FIELDS[name]:
                return self.complain(f"ticket.{name} = {value!r}")
        for name, value in ticket["comment"].items():
            if name not in COMMENT_FIELDS or type(value) is not COMMENT_FIELDS[name]:
                return self.complain(f"comment.{name} = {value!r}")
        if ("body" in ticket["comment"]) == ("html_body" in ticket["comment"]):
            return self.complain("either body or html_body")
        text = ticket["comment"].get("html_body") or ticket["comment"].get("body") or ""
        if not text or len(text.encode()) > 65535:
            return self.complain("the comment is empty or too long")
        if ticket.get("priority", "low") not in ("low", "normal", "high", "urgent"):
            return self.complain(f"priority {ticket['priority']}")
        if ticket.get("status", "open") not in STATUSES:
            return self.complain(f"status {ticket['status']}")
        if "author_id" in ticket["comment"] and ticket["comment"]["author_id"] not in self.users:
            return self.complain("no such author")
        if "group_id" in ticket and ticket["group_id"] not in GROUPS.values():
            return self.complain("no such group")
        return None

    def _page(self, name: str, rows: list[dict[str, Any]], request: Request) -> Answer:
        if not set(request.query) <= {"page[size]", "page[after]"} or not 1 <= int(request.query["page[size]"]) <= 100:
            return self.complain(f"{name}?{request.query}", 400)
        start = int(request.query.get("page[after]", "after-0").removeprefix("after-"))
        page = rows[start : start + PAGE]
        more = start + PAGE < len(rows)
        meta = {"has_more": more, "after_cursor": f"after-{start + len(page)}" if page else None}
        return self._answer(200, {name: page, "meta": meta, "links": {}})

    def _user(self, name: str, email: str | None = None, role: str = "end-user", external_id: str | None = None) -> int:
        id = self._id()
        self.users[id] = {"id": id, "name": name, "alias": "", "email": email, "role": role, "external_id": external_id}
        return id

    def _from(self, comment: dict[str, Any], author: int) -> dict[str, Any]:
        text = shown(comment["html_body"]) if "html_body" in comment else comment["body"]
        return self._comment(text, comment.get("public", True), comment.get("author_id", author))

    def _comment(self, text: str, public: bool, author: int) -> dict[str, Any]:
        event = {"id": self._id(), "type": "Comment", "body": text, "plain_body": text, "public": public}
        return event | {"author_id": author, "attachments": []}

    def _change(self, id: int, field: str, value: Any) -> dict[str, Any]:
        before, self.tickets[id][field] = self.tickets[id][field], value
        # audits have ids as text (Zendesk's "Ticket audit events reference")
        texts = [None if given is None else str(given) for given in (before, value)]
        return {
            "id": self._id(),
            "type": "Change",
            "field_name": field,
            "previous_value": texts[0],
            "value": texts[1],
        }

    def _id(self) -> int:
        self._last += 1
        return self._last

    def _time(self) -> str:
        return datetime.fromtimestamp(now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def _missing(self) -> Answer:
        return self._answer(404, {"error": "RecordNotFound", "description": "Not found"})

    def _answer(self, status: int, body: Any) -> Answer:
        return Answer(status, json.dumps(deepcopy(body)).encode(), JSON)


def shown(markup: str) -> str:
    """How HTML reads on a page; tags other than line breaks stay visible, so that tests see what was not escaped."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return "".join(reader.text)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.text.append("\n" if tag == "br" else f"[markup: {tag}]")

    def handle_data(self, data: str) -> None:
        self.text.append(data)
