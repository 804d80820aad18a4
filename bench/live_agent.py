"""Agents of the live benchmark: each does to the desk what its page does in a browser, over HTTP."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from http import HTTPStatus
from time import perf_counter
from typing import Any

import aiohttp

from bench.live_product import Account
from bench.live_scenario import Pace
from bench.live_times import CARD, EVENT, MESSAGE, REPLY, ROW, StreamParser, Times

CONNECTIONS = 6  # that a browser opens to one server; the event stream takes one
TIMEOUT_SECONDS = 15.0  # as in the desk's page
LONGEST_LINE = 2**20  # bytes of one line of the stream; events have a few hundred

Spawn = Callable[[Coroutine[Any, Any, None]], object]
"""Runs something beside, in a group that ends with the first error."""


@dataclass
class Served:
    """A handoff that an agent has taken."""

    conversation_id: str
    claimed: bool = False
    replies: int = 0


class Team:
    """Who takes a new handoff: the agents in turn, as everybody sees it at the same time."""

    def __init__(self, agents: int, times: Times, pace: Pace, exchanges: int) -> None:
        """A team of so many ``agents``, who write at this ``pace`` and end a handoff after ``exchanges`` replies."""
        self.times = times
        self.pace = pace
        self.exchanges = exchanges
        self._agents = agents
        self._takers: dict[str, int] = {}

    def taker(self, handoff_id: str) -> int:
        """Number of the agent who takes it; always the same one."""
        return self._takers.setdefault(handoff_id, len(self._takers) % self._agents)


class Refresh:
    """Fetches when asked; what is asked meanwhile makes one more fetch after it, as in the desk's page."""

    def __init__(self, fetch: Callable[[], Awaitable[None]], spawn: Spawn) -> None:
        self._fetch = fetch
        self._spawn = spawn
        self._busy = False
        self._again = False

    def ask(self) -> None:
        """Something has changed."""
        if self._busy:
            self._again = True
        else:
            self._busy = True
            self._spawn(self._run())

    async def _run(self) -> None:
        self._again = True
        while self._again:
            self._again = False
            await self._fetch()
        self._busy = False


class Agent:
    """One agent with the desk open."""

    def __init__(self, desk: str, number: int, account: Account, team: Team, spawn: Spawn) -> None:
        """Not logged in yet; ``number`` is the agent's place in ``team``."""
        self._desk = desk
        self._number = number
        self._account = account
        self._team = team
        self._spawn = spawn
        self._http = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True),  # unsafe: takes cookies from an address without a name
            connector=aiohttp.TCPConnector(limit_per_host=CONNECTIONS),
            read_bufsize=LONGEST_LINE,
        )
        self._headers: dict[str, str] = {}
        self._list = Refresh(self._fetch_list, spawn)
        self._open = Refresh(self._fetch_open, spawn)
        self._open_id: str | None = None
        self._awaited_rows: dict[str, asyncio.Future[float]] = {}
        self._mine: dict[str, Served] = {}
        self._waiting: asyncio.Queue[str] = asyncio.Queue()
        self.live = asyncio.Event()

    async def log_in(self) -> None:
        """Open the desk."""
        login = {"username": self._account.username, "password": self._account.password}
        self._headers = {"X-CSRF-Token": (await self._request("POST", "/login", login))["csrf"]}
        await self._fetch_list()

    async def close(self) -> None:
        """Close the desk."""
        await self._http.close()

    async def listen(self) -> None:
        """Follow the event stream; :attr:`live` is set once it is open."""
        parser = StreamParser()
        timeout = aiohttp.ClientTimeout(total=None, sock_read=2 * TIMEOUT_SECONDS)
        async with self._http.get(f"{self._desk}/api/stream", timeout=timeout) as response:
            await _check(response)
            self.live.set()
            async for line in response.content:
                event = parser.feed(line.decode().rstrip("\r\n"))
                if event is not None:
                    self._on_event(event.name, json.loads(event.data))
        raise RuntimeError(f"the event stream of {self._account.username} ended")

    async def work(self) -> None:
        """Serve whoever waits for this agent, one after the other."""
        while True:
            await self._serve(await self._waiting.get())

    def _on_event(self, name: str, data: dict[str, Any]) -> None:
        now = perf_counter()
        if name == "queue":
            self._list.ask()
        elif name == "handoff":
            self._on_handoff(data["id"], data["kind"], now)

    def _on_handoff(self, handoff_id: str, kind: str, now: float) -> None:
        if kind == "created" and self._team.taker(handoff_id) == self._number:
            self._awaited_rows[handoff_id] = asyncio.get_running_loop().create_future()
            self._spawn(self._take(handoff_id, now, self._awaited_rows[handoff_id]))
        elif kind == "message" and handoff_id in self._mine:
            self._team.times.end(MESSAGE, self._mine[handoff_id].conversation_id, now)
            self._waiting.put_nowait(handoff_id)
        if handoff_id == self._open_id:
            self._open.ask()

    async def _take(self, handoff_id: str, event_at: float, row_at: asyncio.Future[float]) -> None:
        """The first look at a new handoff: its card, while the list is on its way too."""
        detail = await self._detail(handoff_id)
        conversation_id = detail["handoff"]["conversation_id"]
        self._team.times.end(CARD, conversation_id)
        self._team.times.end(EVENT, conversation_id, event_at)
        self._mine[handoff_id] = Served(conversation_id)
        self._waiting.put_nowait(handoff_id)
        self._team.times.end(ROW, conversation_id, await row_at)

    async def _serve(self, handoff_id: str) -> None:
        served = self._mine[handoff_id]
        self._open_id = handoff_id
        if not served.claimed:
            await self._act(handoff_id, "claim")
            served.claimed = True
            self._list.ask()
        detail = await self._detail(handoff_id)
        seen = max(message["seq"] for message in detail["messages"] if message["from"] == "visitor")
        await self._act(handoff_id, "seen", seq=seen)
        if served.replies == self._team.exchanges:
            await self._act(handoff_id, "resolve")
            return
        await self._act(handoff_id, "typing", on=True)
        await asyncio.sleep(self._team.pace.agent())
        served.replies += 1
        self._team.times.start(served.conversation_id, REPLY)
        text = f"This is answer {served.replies} of your agent."
        await self._act(handoff_id, "reply", text=text, client_message_id=uuid.uuid4().hex)
        self._open.ask()
        await self._act(handoff_id, "typing", on=False)

    async def _fetch_list(self) -> None:
        async with self._http.get(f"{self._desk}/api/handoffs", params={"status": "open"}) as response:
            await _check(response)
            body = await response.read()
        now = perf_counter()
        # looking for the id spares this process from reading megabytes of JSON while it should look at the clock
        for handoff_id in [one for one in self._awaited_rows if one.encode() in body]:
            self._awaited_rows.pop(handoff_id).set_result(now)

    async def _fetch_open(self) -> None:
        if self._open_id is not None:
            await self._detail(self._open_id)

    async def _detail(self, handoff_id: str) -> dict[str, Any]:
        return await self._request("GET", f"/handoffs/{handoff_id}")

    async def _act(self, handoff_id: str, action: str, **body: Any) -> None:
        await self._request("POST", f"/handoffs/{handoff_id}/{action}", body)

    async def _request(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        async with self._http.request(
            method, f"{self._desk}/api{path}", json=body, headers=self._headers, timeout=timeout
        ) as response:
            await _check(response)
            answer: dict[str, Any] = await response.json() if response.status != HTTPStatus.NO_CONTENT else {}
            return answer


async def _check(response: aiohttp.ClientResponse) -> None:
    if not response.ok:
        text = (await response.text())[:200]
        raise RuntimeError(f"{response.method} {response.url.path} answered {response.status}: {text}")
