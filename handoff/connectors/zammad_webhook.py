"""Webhooks of Zammad: who sent it, and which ticket it is about."""

from __future__ import annotations

import hmac
import json

from pydantic import SecretStr

from handoff.connectors.base import WebhookRefused, WebhookRequest
from handoff.connectors.zammad_events import OURS

SIGNATURE = "x-hub-signature"
DELIVERY = "x-zammad-delivery"


def checked(request: WebhookRequest, token: SecretStr | None, name: str) -> None:
    """Let a webhook pass only when Zammad signed it: ``sha1=`` + hex(HMAC-SHA1(token, body)).

    Zammad sends no time with it, and signs no header. A copy can therefore be sent again at any time under another
    ``X-Zammad-Delivery``; since a webhook only rings, all that brings is one more look into the ticket.

    Raises:
        WebhookRefused: it did not, or no token is set here.
    """
    if token is None:
        raise WebhookRefused(f"{name}: `webhook_token` is not set, so no webhook can be trusted.")
    expected = "sha1=" + hmac.new(token.get_secret_value().encode(), request.body, "sha1").hexdigest()
    # bytes: compare_digest refuses strings with other than ASCII
    if not hmac.compare_digest(expected.encode(), request.headers.get(SIGNATURE, "").encode()):
        raise WebhookRefused(f"{name}: the signature is wrong.")


def ticket_in(body: bytes) -> str | None:
    """The id of the ticket in a checked body; None when there is none, or when we wrote the article ourselves."""
    try:
        said = json.loads(body)
    except ValueError:
        return None
    ticket = said.get("ticket") if isinstance(said, dict) else None
    if not isinstance(ticket, dict) or not isinstance(ticket.get("id"), int):
        return None
    article = said.get("article")
    if isinstance(article, dict) and str(article.get("message_id") or "").startswith(OURS):
        return None
    return str(ticket["id"])
