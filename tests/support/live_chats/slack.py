"""Slack's incoming webhooks: takes the messages that Slack would take, and shows what the channel shows."""

from __future__ import annotations

import json
import re
from typing import Any, ClassVar

from tests.support.live_chats.base import Answer, FakeLiveChat, Request, Seen

PATH = "/services/T01FERNWAY/B02ALERTS/a1b2c3d4e5f6g7h8i9j0k1l2"
KEYS = {"text", "blocks"}
MOST_BLOCKS, HEADER, SECTION, ALTOGETHER = 50, 150, 3000, 9600
"""The last is what was accepted (slackapi/bolt-js#2867); more may be refused."""
LINK = re.compile(r"<(https?://[^|<>\s]+)\|([^|<>]+)>")
BARE = re.compile(r"[<>]|&(?!(?:amp|lt|gt);)")


class FakeSlack(FakeLiveChat):
    """Each accepted message is a counterpart of its own: Slack knows nothing of handoffs."""

    type_name: ClassVar[str] = "slack"
    once: ClassVar[bool] = False
    """No idempotency key, nothing to look up: a message whose answer was lost is posted again."""

    def __init__(self) -> None:
        super().__init__()
        self.posted: list[dict[str, Any]] = []
        self.refusal: tuple[int, str] | None = None
        """What a webhook answers that is not well, for example (410, "channel_is_archived")."""

    def options(self) -> dict[str, Any]:
        return {"url": self.url + PATH}

    def bad_options(self) -> dict[str, Any]:
        """A webhook that does not exist."""
        return {"url": f"{self.url}{PATH[:-4]}zzzz"}

    def references(self) -> list[str]:
        with self.lock:
            return [str(number) for number in range(len(self.posted))]

    def seen_by_agents(self, reference: str) -> list[Seen]:
        with self.lock:
            blocks = self.posted[int(reference)]["blocks"]
        return [Seen("package", shown(block["text"])) for block in blocks if "text" in block]

    def agent_says(self, reference: str, text: str, agent: str = "Maya Okafor") -> str:
        raise NotImplementedError("nothing comes back from Slack")

    def agent_closes(self, reference: str, agent: str = "Maya Okafor") -> None:
        raise NotImplementedError("nothing comes back from Slack")

    def handle(self, request: Request) -> Answer:
        if request.method != "POST":
            return self.refuse(405, "method_not_allowed", f"{request.method} instead of POST")
        if request.path != PATH or request.query:
            return text(404, "no_service")
        if self.refusal is not None:
            return text(*self.refusal)
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return self.refuse(400, "invalid_payload", "not sent as application/json")
        try:
            body = json.loads(request.body)
        except ValueError:
            return self.refuse(400, "invalid_payload", "not JSON")
        if not isinstance(body, dict) or not set(body) <= KEYS:
            return self.refuse(400, "invalid_payload", f"keys beyond {sorted(KEYS)}")
        if body == {"text": ""}:
            return text(400, "no_text")  # how the check asks; nothing is posted
        wrong = next(filter(None, [mistake_in_text(body), *mistakes_in(body.get("blocks", []))]), None)
        if wrong is not None:
            return self.refuse(400, "invalid_blocks", wrong)
        self.posted.append(body)
        return text(200, "ok")

    def refuse(self, status: int, word: str, why: str) -> Answer:
        self.complaints.append(why)
        return text(status, word)


def text(status: int, body: str) -> Answer:
    return Answer(status, body.encode(), {"Content-Type": "text/html"})


def shown(text_object: dict[str, Any]) -> str:
    """What a person reads: entities are replaced, links show words and lead to their address."""
    raw = text_object["text"]
    if text_object["type"] == "mrkdwn":
        raw = LINK.sub(r"\2 \1", raw)
    return raw.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def mistake_in_text(body: dict[str, Any]) -> str | None:
    """``text`` is what notifications show; without it, they are empty."""
    said = body.get("text")
    if not isinstance(said, str) or not said.strip():
        return "no text for notifications"
    return "text is not escaped" if BARE.search(said) else None


def mistakes_in(blocks: Any) -> list[str | None]:
    if not isinstance(blocks, list) or not 0 < len(blocks) <= MOST_BLOCKS:
        return ["1 to 50 blocks"]
    whole = sum(len(block["text"]["text"]) for block in blocks if "text" in block)
    return [mistake_in(block) for block in blocks] + (["all blocks are too long"] if whole > ALTOGETHER else [])


def mistake_in(block: dict[str, Any]) -> str | None:
    """What Slack's reference of block kit does not allow, and what it advises against."""
    if block == {"type": "divider"}:
        return None
    if block.get("type") not in ("header", "section") or set(block) != {"type", "text"}:
        return f"a block {block}"
    said = block["text"]
    most = HEADER if block["type"] == "header" else SECTION
    if not isinstance(said.get("text"), str) or not 0 < len(said["text"]) <= most:
        return f"a {block['type']} of {len(said.get('text', ''))} characters"
    if said.get("type") == "plain_text" and set(said) == {"type", "text", "emoji"}:
        return "plain_text that is not escaped" if BARE.search(said["text"]) else None
    if said.get("type") == "mrkdwn" and set(said) == {"type", "text"} and block["type"] == "section":
        return "mrkdwn with more than links" if BARE.search(LINK.sub("", said["text"])) else None
    return f"a text object {said}"
