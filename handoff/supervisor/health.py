"""Is a process ready? Asked over HTTP, on the machine itself."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field

REQUEST_SECONDS = 5.0  # a process that loads a model may hold up a request for a moment
OK = 200


class NeverReady(Exception):
    """A process runs and will not become ready by itself; the text says why and what to do."""


@dataclass(frozen=True)
class Check:
    """One request that answers 200 once the process is ready.

    Attributes:
        label: what to call it when the path holds a secret.
        fatal: statuses that waiting does not mend, with what to say then.
    """

    path: str
    label: str = ""
    fatal: Mapping[int, str] = field(default_factory=dict)


def pending(host: str, port: int, checks: tuple[Check, ...]) -> str | None:
    """What is still missing, in words, or None when the process is ready.

    Raises:
        NeverReady: it will not become ready.
    """
    for check in checks:
        status = _status(host, port, check.path)
        if status == OK:
            continue
        label = check.label or check.path
        if status is None:
            return f"nothing answers on port {port} yet"
        if status in check.fatal:
            raise NeverReady(check.fatal[status])
        return f"{label} answers {status}"
    return None


def _status(host: str, port: int, path: str) -> int | None:
    """HTTP status of a GET, or None while nobody answers. Proxies are not used."""
    connection = http.client.HTTPConnection(host, port, timeout=REQUEST_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
