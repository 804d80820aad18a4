"""Signatures of the generic webhook, the same in both directions."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from handoff.connectors.base import WebhookRefused

TIMESTAMP = "X-Handoff-Timestamp"
SIGNATURE = "X-Handoff-Signature"
DELIVERY = "X-Handoff-Delivery"
SCHEME = "sha256="
WINDOW_SECONDS = 300  # clocks differ by seconds, queues delay by a minute or two; replays within it meet the id
LONGEST_TIMESTAMP = 12  # digits: until the year 33658


def signature_of(secret: str, timestamp: str, body: bytes) -> str:
    """``sha256=`` and the hex HMAC-SHA256 of ``{timestamp}.{body}``."""
    return SCHEME + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def signed_headers(secret: str, delivery: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers of a webhook that leaves now; ``delivery`` is the same in repetitions."""
    timestamp = str(int(now.timestamp()))
    return {
        "Content-Type": "application/json",
        TIMESTAMP: timestamp,
        SIGNATURE: signature_of(secret, timestamp, body),
        DELIVERY: delivery,
        "Idempotency-Key": delivery,
    }


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Check where a webhook comes from; ``headers`` by lower-case name, ``body`` untouched.

    Raises:
        WebhookRefused: a header is missing or malformed, the signature is not ours, or it is older or newer than five
            minutes.
    """
    timestamp, signature = headers.get(TIMESTAMP.lower(), ""), headers.get(SIGNATURE.lower(), "")
    if not timestamp or not signature:
        raise WebhookRefused(f"The headers {TIMESTAMP} and {SIGNATURE} are needed.")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= LONGEST_TIMESTAMP):
        raise WebhookRefused(f"{TIMESTAMP} must be a Unix time in whole seconds.")
    # bytes: compare_digest takes no text beyond ASCII, and a header may hold any
    if not hmac.compare_digest(signature_of(secret, timestamp, body).encode(), signature.encode("utf-8", "replace")):
        raise WebhookRefused(
            f"{SIGNATURE} is not the HMAC of the time, a dot and the body with the shared secret. Is the secret the "
            "same on both sides, and is the body signed as it is sent?"
        )
    if abs(now.timestamp() - int(timestamp)) > WINDOW_SECONDS:
        raise WebhookRefused(f"{TIMESTAMP} is more than five minutes off. Sign each attempt anew; is the clock right?")
