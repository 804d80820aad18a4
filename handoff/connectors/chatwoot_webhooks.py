"""Webhooks of Chatwoot: whether they are genuine, and which conversation they ring for.

Headers, as Chatwoot's PR #13573 describes them: ``X-Chatwoot-Timestamp`` in Unix seconds,
``X-Chatwoot-Signature: sha256=<hex HMAC-SHA256(secret, "{timestamp}.{body}")>``, ``X-Chatwoot-Delivery``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from handoff.connectors.base import Ring, WebhookRefused, WebhookRequest
from handoff.connectors.chatwoot_messages import mark_of

WINDOW = 300  # seconds either way; what Chatwoot advises (PR #13573)
LONGEST_TIMESTAMP = 12  # digits; a longer one is no time
NEWS = frozenset({"assignee_id", "team_id"})
"""What of ``conversation_updated`` matters; a change of the status has an event of its own."""


def verify(request: WebhookRequest, secret: str | None, *, unsigned: bool) -> None:
    """Refuse what does not prove that it comes from Chatwoot.

    Raises:
        WebhookRefused: says what is wrong, never what would be right.
    """
    if secret is None:
        raise WebhookRefused("This connector takes no webhooks: it has no webhook_secret.")
    if unsigned:
        if not hmac.compare_digest(request.query.get("token", "").encode(), secret.encode()):
            raise WebhookRefused("The token in the webhook's address is missing or wrong.")
        return
    signature = request.headers.get("x-chatwoot-signature", "")
    timestamp = request.headers.get("x-chatwoot-timestamp", "")
    signed = timestamp.encode() + b"." + request.body
    expected = "sha256=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(signature.encode(), expected.encode()):
        raise WebhookRefused("The webhook's signature is missing or wrong.")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= LONGEST_TIMESTAMP):
        raise WebhookRefused("The webhook has no time.")
    if abs(request.at.timestamp() - int(timestamp)) > WINDOW:
        raise WebhookRefused(f"The webhook is more than {WINDOW // 60} minutes old, or one of the clocks is wrong.")


def ring_of(body: bytes, account: int, inbox: int) -> Ring | None:
    """What a genuine webhook is about; None where it is nothing new to the visitor, or of another inbox.

    Raises:
        WebhookRefused: it is no JSON object.
    """
    try:
        payload = json.loads(body)
    except ValueError:
        raise WebhookRefused("The webhook is not JSON.") from None
    if not isinstance(payload, dict):
        raise WebhookRefused("The webhook is not a JSON object.")
    event = payload.get("event")
    conversation = payload.get("conversation") if event == "message_created" else payload
    if not isinstance(conversation, dict) or not isinstance(conversation.get("id"), int):
        return None
    if conversation.get("inbox_id") != inbox or _id(payload.get("account"), account) != account:
        return None
    return Ring(str(conversation["id"])) if _matters(event, payload) else None


def _matters(event: Any, payload: Mapping[str, Any]) -> bool:
    if event == "message_created":
        sender = payload.get("sender")
        return (
            payload.get("message_type") == "outgoing"
            and not payload.get("private")
            and isinstance(sender, dict)
            and sender.get("type") == "user"
            and not mark_of(payload)
        )
    if event == "conversation_updated":
        changed = payload.get("changed_attributes")
        if not isinstance(changed, list):  # versions that do not say what: better to look
            return True
        return any(isinstance(one, dict) and NEWS & one.keys() for one in changed)
    return event == "conversation_status_changed"


def _id(holder: Any, otherwise: int) -> Any:
    return holder.get("id", otherwise) if isinstance(holder, dict) else otherwise
