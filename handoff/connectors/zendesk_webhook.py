"""Webhooks of Zendesk: who sent it, when, and which ticket it is about."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import datetime, timedelta

from pydantic import SecretStr

from handoff.connectors.base import WebhookRefused, WebhookRequest

SIGNATURE = "x-zendesk-webhook-signature"
TIMESTAMP = "x-zendesk-webhook-signature-timestamp"
OLDEST = timedelta(minutes=5)
"""Difference of clocks and time on the way; Zendesk's documentation names no window of its own."""


def checked(request: WebhookRequest, secret: SecretStr | None, name: str) -> None:
    """Let a webhook pass only when Zendesk signed it, recently: base64(HMAC-SHA256(secret, timestamp + body)).

    Raises:
        WebhookRefused: it did not, or not within :data:`OLDEST`, or no secret is set here.
    """
    if secret is None:
        raise WebhookRefused(f"{name}: `webhook_secret` is not set, so no webhook can be trusted.")
    timestamp = request.headers.get(TIMESTAMP, "")
    mac = hmac.new(secret.get_secret_value().encode(), timestamp.encode() + request.body, "sha256")
    expected = base64.b64encode(mac.digest())
    # bytes: compare_digest refuses strings with other than ASCII
    if not hmac.compare_digest(expected, request.headers.get(SIGNATURE, "").encode()):
        raise WebhookRefused(f"{name}: the signature is wrong.")
    try:
        signed_at = datetime.fromisoformat(timestamp)
    except ValueError:
        raise WebhookRefused(f"{name}: the timestamp is not a time.") from None
    if signed_at.tzinfo is None or abs(request.at - signed_at) > OLDEST:
        raise WebhookRefused(f"{name}: the webhook is too old, or a clock is wrong.")


def ticket_in(body: bytes) -> str | None:
    """The id of the ticket in a checked body, or None when it is about something else.

    Two shapes: ``{"ticket_id": "12"}`` as docs/connectors-zendesk.md has it typed into a trigger, and Zendesk's own
    events (``zen:event-type:ticket...``), which have it in ``detail.id``.
    """
    try:
        said = json.loads(body)
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    found = said.get("ticket_id")
    if found is None and str(said.get("type", "")).startswith("zen:event-type:ticket"):
        detail = said.get("detail")
        found = detail.get("id") if isinstance(detail, dict) else None
    return str(found) if isinstance(found, int | str) and str(found).isascii() and str(found).isdigit() else None
