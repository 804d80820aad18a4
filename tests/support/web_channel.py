"""Channel `web` on a real sanic server with a real Socket.IO server; only the assistant behind it is played."""

from __future__ import annotations

import asyncio
import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

import aiohttp
import socketio
from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Sanic

from handoff.bootstrap import Services
from handoff.domain.model import Sender
from handoff.rasa.channel import WebInput
from handoff.rasa.marks import CHANNEL_NAME, CLIENT_MESSAGE_ID
from handoff.service.ports import NewMessage
from tests.conftest import ROOT

WAIT_SECONDS = 10.0
ANSWER = "3 to 5 working days."


@lru_cache(maxsize=1)
def project_domain() -> Domain:
    """The project's domain, read once: it takes a noticeable part of a second."""
    return Domain.load(str(ROOT / "domain.yml"))


class RestartableSanic(Sanic):
    """Sanic rewrites its own methods when it starts, and only in this mode can it do so twice in one process."""

    test_mode = True


class PlayedAgent:
    """Stands in for Rasa's agent: its stores are Rasa's own, in memory; what it says is always :data:`ANSWER`."""

    def __init__(self, services: Services) -> None:
        self.domain = project_domain()
        self.tracker_store = InMemoryTrackerStore(self.domain)
        self.lock_store = InMemoryLockStore()
        self.processor = self
        self.ready = True
        self._services = services

    def is_ready(self) -> bool:
        return self.ready

    async def fetch_tracker_with_initial_session(self, conversation_id: str) -> DialogueStateTracker:
        tracker = await self.tracker_store.get_or_create_tracker(conversation_id, append_action_listen=False)
        if not tracker.events:
            tracker.update(ActionExecuted("action_listen"), self.domain)
        return tracker

    async def answer(self, message: UserMessage) -> None:
        now, text = self._services.clock(), message.text or ""
        lines = [
            NewMessage(
                message.message_id,
                message.sender_id,
                Sender.VISITOR,
                text,
                now,
                client_message_id=(message.metadata or {})[CLIENT_MESSAGE_ID],
            )
        ]
        if self._services.state(message.sender_id).owner.value == "assistant":
            lines.append(
                NewMessage(
                    f"{message.message_id}:0",
                    message.sender_id,
                    Sender.ASSISTANT,
                    ANSWER,
                    now,
                    in_reply_to=message.message_id,
                )
            )
        await asyncio.to_thread(self._services.record, lines, CHANNEL_NAME)


class Page:
    """One open page of a visitor: its Socket.IO connection and all that it was told."""

    def __init__(self, address: str, token: str) -> None:
        self._address = address
        self._token = token
        self._client = socketio.AsyncClient(reconnection=False)
        self.told: list[tuple[str, Any]] = []
        self._news = asyncio.Condition()
        for event in ("message", "state", "typing"):
            self._client.on(event, self._noting(event))

    def _noting(self, event: str) -> Any:
        async def note(data: Any) -> None:
            async with self._news:
                self.told.append((event, data))
                self._news.notify_all()

        return note

    async def open(self) -> None:
        await self._client.connect(
            self._address,
            socketio_path="webhooks/web/socket.io",
            auth={"token": self._token},
            wait_timeout=WAIT_SECONDS,
        )

    async def ask(self, event: str, data: Any = None) -> dict[str, Any]:
        answer: dict[str, Any] = await self._client.call(event, data, timeout=WAIT_SECONDS)
        return answer

    async def hears(self, event: str) -> Any:
        """The next ``event`` that was not asked for yet."""
        async with self._news:
            await asyncio.wait_for(
                self._news.wait_for(lambda: any(name == event for name, _ in self.told)), WAIT_SECONDS
            )
            index = next(index for index, (name, _) in enumerate(self.told) if name == event)
            return self.told.pop(index)[1]

    async def close(self) -> None:
        await self._client.disconnect()


class Channel:
    """The running channel, and visitors' ways into it."""

    def __init__(self, address: str, http: aiohttp.ClientSession, agent: PlayedAgent) -> None:
        self.address = address
        self.agent = agent
        self._http = http

    async def request(
        self, method: str, path: str, token: str | None = None, *, headers: dict[str, str] | None = None, **options: Any
    ) -> tuple[int, Any, aiohttp.ClientResponse]:
        """(status, JSON or text, response)."""
        headers = (headers or {}) | ({"Authorization": f"Bearer {token}"} if token is not None else {})
        async with self._http.request(
            method, f"{self.address}/webhooks/web{path}", headers=headers, **options
        ) as response:
            is_json = response.content_type == "application/json"
            return response.status, await (response.json() if is_json else response.text()), response

    async def post(self, path: str, token: str | None = None, body: Any = None) -> tuple[int, Any]:
        """(status, JSON)."""
        status, answer, _ = await self.request("POST", path, token, json={} if body is None else body)
        return status, answer

    async def start(self, **fields: str) -> tuple[str, str]:
        """(conversation id, token) of a new conversation."""
        status, started = await self.post("/sessions", body=fields)
        assert status == 201, started
        return started["conversation_id"], started["token"]

    async def slots(self, conversation_id: str) -> dict[str, Any]:
        """What the assistant remembers of it."""
        tracker = await self.agent.tracker_store.retrieve(conversation_id)
        return tracker.current_slot_values() if tracker is not None else {}

    @asynccontextmanager
    async def page(self, token: str) -> AsyncIterator[Page]:
        """An open page."""
        page = Page(self.address, token)
        await page.open()
        try:
            yield page
        finally:
            await page.close()


@asynccontextmanager
async def running_channel(services: Services) -> AsyncIterator[Channel]:
    """The channel on a port of its own."""
    agent = PlayedAgent(services)
    app = RestartableSanic(f"channel_{uuid.uuid4().hex}", configure_logging=False)
    app.ctx.agent = agent
    channel = WebInput(services)
    app.blueprint(channel.blueprint(agent.answer), url_prefix="/webhooks/web")
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = await app.create_server(sock=listening, return_asyncio_server=True, access_log=False)
    await server.startup()
    await server.before_start()
    await server.after_start()
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        async with aiohttp.ClientSession() as http:
            yield Channel(address, http, agent)
    finally:
        await server.close()
