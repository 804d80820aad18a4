"""Webhook: signed JSON to an address of yours and back, for live chats that have no connector of their own.

The receiver gets each thing at least once and in order within a handoff; what comes again has the same id.
``docs/connectors-webhook.md`` explains it to whoever writes one; ``docs/handoff.webhook-1.schema.json`` has every key.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

from pydantic import SecretStr, field_validator

from handoff.connectors.base import (
    Attempt,
    Capabilities,
    Connector,
    Event,
    Finding,
    Link,
    NotYet,
    Options,
    Undeliverable,
    WebhookRequest,
)
from handoff.connectors.http import LiveChatHttp
from handoff.connectors.webhook_address import checked_address, split_address
from handoff.connectors.webhook_events import LONGEST_ID, read_event
from handoff.connectors.webhook_signature import signed_headers, verify
from handoff.domain.context import iso
from handoff.domain.model import Message

SHORTEST_SECRET = 16  # characters: half of what `openssl rand -hex 16` makes; less can be guessed
IDS = uuid.UUID("5b0c1a57-33f4-4a3c-9a5e-9f6f5d0f3f6e")  # any will do, but never another: ids must not change
OPENING = "opening"
"""Key in the link's data: which opening of the handoff this is."""
REMEDIES = {
    401: "Is the secret the same on both sides?",
    403: "Is the secret the same on both sides?",
    404: "Is the address right, and is the receiver running there?",
    405: "The receiver must accept POST at this address.",
    410: "The receiver says that this address is not used any more.",
    413: "The receiver must accept bodies of a megabyte.",
    415: "The receiver must accept application/json.",
}
MOVED = "The receiver sends elsewhere, and a signed message follows no redirection: set the final address."
REFUSED = "The receiver refuses the message; its own log says why."


class WebhookOptions(Options):
    """Keys in endpoints.yml.

    Attributes:
        url: where everything is posted to; a secret too, since automation services put their keys in it.
        secret: signs both directions.
        typing: whether the receiver is told that the visitor types; each time is a call.
    """

    url: SecretStr
    secret: SecretStr
    typing: bool = True

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: SecretStr) -> SecretStr:
        return SecretStr(checked_address(url.get_secret_value()))

    @field_validator("secret")
    @classmethod
    def _is_long(cls, secret: SecretStr) -> SecretStr:
        if len(secret.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"must have at least {SHORTEST_SECRET} characters: openssl rand -hex 32 makes one")
        return secret


class WebhookConnector(Connector):
    """See the module."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        two_way=True, live=True, pulls=False, attachments=True, priority=True, queues=True, typing=True
    )
    options: ClassVar[type[Options]] = WebhookOptions

    def __init__(self, name: str, options: WebhookOptions) -> None:
        super().__init__(name)
        base, self._path = split_address(options.url.get_secret_value())
        self._http = LiveChatHttp(base, what=name)
        self._secret = options.secret
        self._tells_typing = options.typing

    @classmethod
    def create(cls, name: str, options: WebhookOptions, desk_url: str) -> Self:
        """See the base; the link to the desk is in the package."""
        return cls(name, options)

    def open(self, package: dict[str, Any], attempt: Attempt) -> None:
        """Post ``handoff.opened``; the reference is what the receiver answers, else the handoff's id."""
        if attempt.link.reference is not None:
            return  # the receiver has answered, and the answer is stored
        if OPENING not in attempt.link.data:
            # the same handoff may come here again after it was closed or elsewhere: that is no repetition
            attempt.remember(**{OPENING: uuid.uuid4().hex})
        link = attempt.link
        answer = self._post(_told("opened", link, package["created_at"], package=package))
        attempt.remember(reference=_reference_in(answer) or link.handoff_id)

    def send(self, message: Message, attempt: Attempt) -> None:
        """Post ``handoff.message``."""
        line = {"id": message.id, "from": message.sender.value, "text": message.text, "at": iso(message.at)}
        line |= {"name": message.name} if message.name else {}
        self._post(_told("message", attempt.link, iso(message.at), message.id, message=line))

    def typing(self, link: Link, on: bool) -> None:
        """Post ``handoff.typing``."""
        if self._tells_typing:
            self._post(_told("typing", link, _now(), uuid.uuid4().hex, typing=on))

    def close(self, reason: str, attempt: Attempt) -> None:
        """Post ``handoff.closed``."""
        self._post(_told("closed", attempt.link, _now(), reason=reason))

    def receive(self, request: WebhookRequest) -> Sequence[Event]:
        """One event of an agent.

        Raises:
            WebhookRefused: the signature or the time is wrong.
            InvalidInput: the JSON is not what the schema asks for.
        """
        return [self._read(request)[1]]

    def delivery_id(self, request: WebhookRequest) -> str | None:
        """The ``id`` in the body: a header is not signed, so that whoever repeats a webhook could change it."""
        return self._read(request)[0]

    def check(self) -> list[Finding]:
        """Post ``handoff.ping``, to which a receiver answers 2xx and does nothing."""
        what = "The receiver accepts signed messages"
        ping = {"type": "handoff.ping", "id": str(uuid.uuid4()), "at": _now()}
        try:
            self._post(ping)
        except NotYet as error:
            return [Finding(what, False, f"{error} Is the receiver running, and can it be reached from here?")]
        except Undeliverable as error:
            return [Finding(what, False, str(error))]
        return [Finding(what, True)]

    def _read(self, request: WebhookRequest) -> tuple[str, Event]:
        verify(self._secret.get_secret_value(), request.headers, request.body, request.at)
        return read_event(request.body)

    def _post(self, told: dict[str, Any]) -> bytes:
        body = json.dumps(told).encode()
        headers = signed_headers(self._secret.get_secret_value(), told["id"], body, datetime.now(UTC))
        try:
            return self._http.raw("POST", self._path, data=body, headers=headers)
        except Undeliverable as error:
            status = error.status or 0
            remedy = MOVED if 300 <= status < 400 else REMEDIES.get(status, REFUSED)
            # not what the receiver said: it may have repeated the address or a header
            raise Undeliverable(f"{status} from {self.name}. {remedy}", status) from None


def _told(kind: str, link: Link, at: str, which: str = "", **more: Any) -> dict[str, Any]:
    """The JSON of one message; its id depends on what it is about alone, so that a repetition has the same."""
    about = f"{link.handoff_id}/{link.data.get(OPENING, '')}/{kind}/{which}"
    return {
        "type": f"handoff.{kind}",
        "id": str(uuid.uuid5(IDS, about)),
        "at": at,
        "handoff_id": link.handoff_id,
        "conversation_id": link.conversation_id,
        **({"reference": link.reference} if link.reference else {}),
        **more,
    }


def _reference_in(answer: bytes) -> str | None:
    """The reference in a receiver's answer; one that answers something else has none, and that is fine."""
    try:
        said = json.loads(answer)
    except ValueError:
        return None
    reference = said.get("reference") if isinstance(said, dict) else None
    if isinstance(reference, int) and not isinstance(reference, bool):
        return str(reference)  # many systems count their conversations
    return reference if isinstance(reference, str) and 0 < len(reference) <= LONGEST_ID else None


def _now() -> str:
    return iso(datetime.now(UTC))
