"""The way back: what agents write goes to the visitor through Rasa's tracker-events API, whatever the channel."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter

from handoff.domain.model import Message, VisitorState
from handoff.rasa.marks import ASKING_FOR_EMAIL, CHANNEL_NAME, CONTACT_FORM, RECORDED, SLOTS_AFTERWARDS
from handoff.service.delivery import NotYet, Undeliverable
from handoff.service.visitor_view import message_json, state_json

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 2.0
READ_SECONDS = 10.0  # a conversation's lock may be held by a turn that waits for an action
HTTP_SERVER_ERROR = 500
SIGNAL_SECONDS = 2.0  # what is told later than that is not true any more
CONNECTIONS = 16  # more threads than that never talk to Rasa at once
SIGNALLED_AT_ONCE = 1000  # conversations; the other side takes 64 kB, and an id has 32 characters
RETRYABLE = frozenset({408, 409, 425, 429})


class RasaClient:
    """See :class:`handoff.service.couriers.RasaGateway`."""

    def __init__(self, base_url: str, auth_token: str) -> None:
        self._base_url = base_url
        self._token = auth_token
        self._session = requests.Session()
        self._session.mount(base_url, HTTPAdapter(pool_maxsize=CONNECTIONS))

    def show(
        self, message: Message, state: VisitorState, *, resume: bool, ask_email: bool, maybe_repeated: bool
    ) -> None:
        """Append a bot event to the conversation and have Rasa's output channel show it.

        Raises:
            NotYet: Rasa is not there or busy.
            Undeliverable: Rasa refuses the request.
        """
        if maybe_repeated and self._has_arrived(message):
            return
        events: list[dict[str, Any]] = [
            {
                "event": "bot",
                "text": message.text,
                "metadata": {RECORDED: {"message": message_json(message), "state": state_json(state)}},
            }
        ]
        if resume:
            # the assistant takes over again: nothing of the time before is open, and it listens
            events += [
                {"event": "resume"},
                {"event": "active_loop", "name": None},
                *_slots(SLOTS_AFTERWARDS),
            ]
        if ask_email:
            events += [{"event": "active_loop", "name": CONTACT_FORM}, *_slots(ASKING_FOR_EMAIL)]
        if resume or ask_email:
            events.append({"event": "action", "name": "action_listen"})
        self._call(
            "POST",
            f"/conversations/{quote(message.conversation_id, safe='')}/tracker/events",
            {"execute_side_effects": "true", "output_channel": "latest", "include_events": "NONE"},
            events,
        )

    def signal(self, conversation_ids: Sequence[str], event: str, data: dict[str, Any] | None = None) -> None:
        """Tell visitors' pages something that is worth knowing for seconds only; lost when Rasa does not answer.

        Args:
            conversation_ids: whose pages.
            event: ``typing`` with ``data``, or ``state``: each page gets the state of its conversation.
            data: of the event.
        """
        for first in range(0, len(conversation_ids), SIGNALLED_AT_ONCE):
            self._signal(conversation_ids[first : first + SIGNALLED_AT_ONCE], event, data)

    def _signal(self, conversation_ids: Sequence[str], event: str, data: dict[str, Any] | None) -> None:
        body = {"conversation_ids": list(conversation_ids), "event": event, "data": data or {}}
        try:
            response = self._session.post(
                f"{self._base_url}/webhooks/{CHANNEL_NAME}/signals",
                json=body,
                headers={"Authorization": f"Bearer {self._token}"},
                timeout=(CONNECT_SECONDS, SIGNAL_SECONDS),
            )
        except requests.RequestException as error:
            logger.warning("pages were not told '%s': Rasa did not answer (%s)", event, type(error).__name__)
            return
        if not response.ok:
            logger.warning("pages were not told '%s': Rasa answered %s", event, response.status_code)

    def _has_arrived(self, message: Message) -> bool:
        tracker = self._call(
            "GET", f"/conversations/{quote(message.conversation_id, safe='')}/tracker", {"include_events": "ALL"}, None
        )
        return any(
            ((event.get("metadata") or {}).get(RECORDED) or {}).get("message", {}).get("id") == message.id
            for event in tracker.get("events") or []
        )

    def _call(self, method: str, path: str, params: dict[str, str], body: Any) -> dict[str, Any]:
        try:
            response = self._session.request(
                method,
                self._base_url + path,
                params=params | {"token": self._token},
                json=body,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
            )
        except requests.RequestException as error:
            # the exception's text may hold the address with the token; its type says enough
            raise NotYet(f"Rasa at {self._base_url} did not answer ({type(error).__name__}).") from None
        if response.status_code >= HTTP_SERVER_ERROR or response.status_code in RETRYABLE:
            raise NotYet(f"Rasa at {self._base_url} answered {response.status_code}.")
        if not response.ok:
            raise Undeliverable(
                f"Rasa at {self._base_url} refused {method} {path}: {response.status_code}. "
                "Is RASA_AUTH_TOKEN the same for both processes?"
            )
        return response.json()


def _slots(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"event": "slot", "name": name, "value": value} for name, value in values.items()]
