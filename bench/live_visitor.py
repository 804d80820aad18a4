"""Visitors of the live benchmark: each speaks to the channel over Socket.IO as the widget does."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable
from time import perf_counter
from typing import Any, TypeVar

import aiohttp
import socketio

from bench.live_scenario import Pace
from bench.live_times import CARD, EVENT, MESSAGE, REPLY, ROW, Times

T = TypeVar("T")

CHANNEL = "webhooks/web"
WAIT_SECONDS = 60.0  # for anything to arrive: far more than the budgets, and than an agent takes for five visitors
PAGE = {"url": "https://fernway.example/order.html", "title": "Your order - Fernway", "referrer": ""}
QUESTION = "how long does delivery take?"
TRIGGER = "let me talk to a human"


class Visitor:
    """One visitor with the widget open."""

    def __init__(self, server: str, http: aiohttp.ClientSession, times: Times, pace: Pace) -> None:
        """Not connected yet."""
        self._server = server
        self._http = http
        self._times = times
        self._pace = pace
        self._socket = socketio.AsyncClient(reconnection=False)
        self._socket.on("message", self._on_message)
        self._socket.on("state", self._on_state)
        self._from_agent: asyncio.Queue[tuple[float, dict[str, Any]]] = asyncio.Queue()
        self._known: set[str] = set()
        self._with_assistant = asyncio.Event()
        self.conversation_id = ""

    async def arrive(self) -> None:
        """Open the widget and ask the assistant something."""
        body = {"locale": "en-GB", "timezone": "Europe/Amsterdam"}
        async with self._http.post(f"{self._server}/{CHANNEL}/sessions", json=body) as response:
            if not response.ok:
                raise RuntimeError(f"POST /sessions answered {response.status}: {(await response.text())[:200]}")
            started = await response.json()
        self.conversation_id = started["conversation_id"]
        try:
            await self._socket.connect(
                self._server,
                socketio_path=f"{CHANNEL}/socket.io",
                auth={"token": started["token"]},
                transports=["websocket"],
                wait_timeout=WAIT_SECONDS,
            )
        except socketio.exceptions.SocketIOError as error:
            raise RuntimeError(f"{self.conversation_id} could not connect: {error}") from error
        await self._emit("sync", {"after": 0})
        await self._say(QUESTION)

    async def talk_to_a_person(self, exchanges: int) -> None:
        """Ask for a person, answer each of their replies, and see them leave."""
        self._times.start(self.conversation_id, EVENT, ROW, CARD)
        await self._say(TRIGGER)
        for _ in range(exchanges):
            arrived, reply = await self._next(self._from_agent.get(), "a reply of the agent")
            self._times.end(REPLY, self.conversation_id, arrived)
            await self._emit("seen", {"seq": reply["seq"]})
            await self._emit("typing", {"on": True})
            await asyncio.sleep(self._pace.visitor())
            self._with_assistant.clear()
            self._times.start(self.conversation_id, MESSAGE)
            await self._say("Thank you. And what about my other desk?")
        await self._next(self._with_assistant.wait(), "the end of the handoff")

    async def leave(self) -> None:
        """Close the widget."""
        await self._socket.disconnect()

    async def _on_message(self, message: dict[str, Any]) -> None:
        # a delivery that was not confirmed is made again; the widget knows messages by their id, too
        if message["from"] == "agent" and message["id"] not in self._known:
            self._known.add(message["id"])
            self._from_agent.put_nowait((perf_counter(), message))

    async def _on_state(self, state: dict[str, Any]) -> None:
        if state["owner"] == "assistant":
            self._with_assistant.set()

    async def _say(self, text: str) -> None:
        await self._emit("message", {"text": text, "client_message_id": uuid.uuid4().hex, "page": PAGE})

    async def _emit(self, event: str, data: dict[str, Any]) -> None:
        try:
            answer = await self._socket.call(event, data, timeout=WAIT_SECONDS)
        except socketio.exceptions.SocketIOError as error:
            raise RuntimeError(f"'{event}' of {self.conversation_id} was not confirmed: {error!r}") from error
        if not isinstance(answer, dict) or answer.get("ok") is False:
            raise RuntimeError(f"'{event}' of {self.conversation_id} was refused: {answer}")

    async def _next(self, awaited: Awaitable[T], what: str) -> T:
        try:
            return await asyncio.wait_for(awaited, WAIT_SECONDS)
        except TimeoutError as error:
            raise RuntimeError(f"{what} did not reach {self.conversation_id} within {WAIT_SECONDS:.0f} s") from error
