"""Addresses of webhooks: often a secret in themselves, so no error says more than what is wrong with them."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def checked_address(url: str) -> str:
    """Return ``url`` when something may be posted there: https, or plain http to this machine.

    Raises:
        ValueError: it is not; the message does not repeat it.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
    if host is None or any(letter.isspace() for letter in url):
        raise ValueError("is not an address: copy it whole, from https:// to its end")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_here(host)):
        raise ValueError("must begin with https://, since visitors' words travel there")
    return url


def split_address(url: str) -> tuple[str, str]:
    """Return (base, path) for :class:`~handoff.connectors.http.LiveChatHttp`: together they are ``url`` to the letter.

    Errors name the path, and the path of a webhook is its secret: it stays in the base, and the path holds no more than
    the slashes at the end, which the client would take off.
    """
    base = url.rstrip("/")
    return base, url[len(base) :]


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
