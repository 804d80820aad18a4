"""HTTP to live chats: time limits, no redirects, bounded answers, and errors told apart by whether to try again."""

from __future__ import annotations

import json as json_text
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from handoff.service.delivery import NotYet, Undeliverable

CONNECT_SECONDS = 3.0  # across the internet; a server that does not even accept within this is down
READ_SECONDS = 10.0  # together with CONNECT_SECONDS below the lease of 15 s (handoff/service/dispatch.py)
CONNECTIONS = 16  # as many threads call a connector at most: deliveries, questions, who types, a check
MOST_BYTES = 4 * 1024 * 1024  # an answer that is longer is not what was asked for
LONGEST_RETRY_AFTER = 3600.0  # seconds; a server that asks for more is asked again after an hour
PASSING = frozenset({408, 409, 423, 425, 429})
"""Statuses below 500 that pass by themselves (RFC 9110, RFC 6585, RFC 8470)."""
SHOWN_OF_ANSWER = 200  # characters of an error's text: enough to know what it says


class LiveChatHttp:
    """Calls one server. Errors name method and path, never the query, headers or secrets."""

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str] | None = None,
        *,
        what: str,
        pause_in: Callable[[bytes], float | None] = lambda body: None,
    ) -> None:
        """Prepare; nothing is called yet.

        Args:
            base_url: what every path is appended to.
            headers: sent each time, for example the token.
            what: the live chat's name in errors.
            pause_in: the seconds that the body of a refusal asks for, where there is no ``Retry-After`` header.
        """
        self._base_url = base_url.rstrip("/")
        self._what = what
        self._pause_in = pause_in
        self._session = requests.Session()
        self._session.trust_env = False  # no credentials from a .netrc
        self._session.headers.update({"Accept": "application/json", "User-Agent": "handoff", **(headers or {})})
        self._session.mount(f"{urlsplit(base_url).scheme}://", HTTPAdapter(pool_maxsize=CONNECTIONS))

    def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        data: bytes | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        read_seconds: float = READ_SECONDS,
    ) -> Any:
        """Make one call and return the parsed JSON of its answer, or None when that is empty.

        Raises:
            NotYet: no connection, no or half an answer in time, no JSON in it, 5xx, or a status that passes (408, 409,
                423, 425, 429).
            Undeliverable: any other status from 300 on; the message begins with the status.
        """
        body = self.raw(method, path, json, data, params, headers, read_seconds)
        if not body:
            return None
        try:
            return json_text.loads(body)
        except ValueError:
            # a proxy's page, or an answer that broke off: nobody knows whether it was done
            raise NotYet(f"{self._what}: {method} {path}".rstrip() + " was not answered in JSON.") from None

    def raw(
        self,
        method: str,
        path: str,
        json: Any = None,
        data: bytes | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        read_seconds: float = READ_SECONDS,
    ) -> bytes:
        """Like :meth:`call`, and return the bytes of the answer."""
        where = f"{self._what}: {method} {path}".rstrip()  # a webhook's address has no path that may be shown
        deadline = time.monotonic() + read_seconds
        try:
            response = self._session.request(
                method,
                self._base_url + path,
                json=json,
                data=data,
                params=params,
                headers=headers,
                timeout=(CONNECT_SECONDS, read_seconds),
                allow_redirects=False,
                stream=True,
            )
            with response:
                body = _read(response, deadline)
        except (requests.RequestException, OSError) as error:
            # the exception's text may hold an address with a secret in it; its type says enough
            raise NotYet(f"{where} got no answer ({type(error).__name__}).") from None
        _check(response, body, where, self._pause_in)
        return body


class KeptCalls:
    """The calls of one attempt: before each but the first it says that there is one more (``Attempt.keep``)."""

    def __init__(self, http: LiveChatHttp, keep: Callable[[], None]) -> None:
        self._http = http
        self._keep = keep
        self._first = True

    def call(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """See :meth:`LiveChatHttp.call`."""
        if not self._first:
            self._keep()
        self._first = False
        return self._http.call(method, path, json=json, params=params, headers=headers)


def _read(response: requests.Response, deadline: float) -> bytes:
    """The whole body; a server that drips for longer than allowed, or sends half, counts as one that did not answer."""
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_content(65536):
        size += len(chunk)
        if size > MOST_BYTES:
            raise requests.exceptions.ContentDecodingError("the answer is too long")
        if time.monotonic() > deadline:
            raise requests.exceptions.ReadTimeout("the answer took too long")
        chunks.append(chunk)
    return b"".join(chunks)


def _check(response: requests.Response, body: bytes, where: str, pause_in: Callable[[bytes], float | None]) -> None:
    status = response.status_code
    if status < 300:
        return
    if status >= 500 or status in PASSING:
        asked = retry_after(response.headers.get("Retry-After"))
        if asked is None and (said_in_body := pause_in(body)) is not None:
            asked = min(max(0.0, said_in_body), LONGEST_RETRY_AFTER)
        raise NotYet(f"{where} was answered {status}.", asked)
    said = body[:SHOWN_OF_ANSWER].decode("utf-8", "replace").strip()
    raise Undeliverable(f"{status} from {where}. {said}".strip(), status)


def retry_after(value: str | None) -> float | None:
    """Seconds that a ``Retry-After`` header asks for (RFC 9110 10.2.3: a number, or a date), at most an hour."""
    if value is None:
        return None
    text = value.strip()
    if text.isdigit():
        return min(float(text), LONGEST_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), LONGEST_RETRY_AFTER)
