"""A stand-in for the channel's server: it serves the real widget, and a test decides what it says and when."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import socketio
from aiohttp import web

from handoff.rasa.web.bundle import bundle

ROOT = Path(__file__).parents[3]
PREFIX = "/webhooks/web"
TOKEN = "token-of-the-visitor"
SECONDS = 10.0
SIGNALS = ("seen", "here", "typing")
ACTS = ("rating", "contact", "cancel", "transcript", "track")

QUIET: dict[str, Any] = {
    "owner": "assistant",
    "status": None,
    "topic": None,
    "team": None,
    "agent": None,
    "since": None,
    "handoff_id": None,
    "wait": None,
    "opens_at": None,
    "can_cancel": False,
    "email_known": False,
    "agent_online": None,
    "agent_seen": None,
    "rating": None,
}
"""The state while only the assistant is there."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def _for_other_sites(request: web.Request, handler: Handler) -> web.StreamResponse:
    if "socket.io" in request.path:
        return await handler(request)  # Socket.IO answers for itself
    answer = web.Response() if request.method == "OPTIONS" else await handler(request)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
    return answer


class FakeChannel:
    """One conversation; the shop that embeds the widget is on another port, so another site to a browser."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = dict(QUIET)
        self.messages: list[dict[str, Any]] = []
        self.told: list[tuple[str, dict[str, Any]]] = []
        """(name, body) of everything that the widget sent."""
        self.refuse: dict[str, tuple[int, dict[str, str]]] = {}
        """name -> (status, error) that the next requests of that name get."""
        self.reply: str | None = None
        """What the assistant answers to every message."""
        self.tag = "<handoff-chat name='Fernway'></handoff-chat>"
        self.sockets_allowed = True
        """Whether the shop's Content-Security-Policy lets the widget open a WebSocket."""
        self.language = "en"
        self.direction = "ltr"
        self._sio = socketio.AsyncServer(async_mode="aiohttp", cors_allowed_origins="*")
        self._told_more = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._runners: list[web.AppRunner] = []
        self._sids: set[str] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._scripts = bundle(ROOT / "widget")
        self.server = ""
        self.shop = ""

    def start(self) -> None:
        """Listen on two free ports."""
        self._thread.start()
        self._run(self._start())

    def stop(self) -> None:
        """Close both."""
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(SECONDS)
        self._loop.close()

    # ---- what a test does

    def set_state(self, **changes: Any) -> None:
        """A new state, pushed to every tab."""
        self.state = self.state | changes
        self._run(self._sio.emit("state", self.state))

    def say(self, sender: str, text: str, name: str | None = None, **more: Any) -> None:
        """A message from somebody, pushed to every tab."""
        self._run(self._sio.emit("message", self.add(sender, text, name, **more)))

    def typing(self, sender: str, on: bool) -> None:
        """Somebody types, or stops."""
        self._run(self._sio.emit("typing", {"from": sender, "on": on}))

    def drop_sockets(self) -> None:
        """End every WebSocket, as a failing network does."""

        async def drop() -> None:
            for sid in list(self._sids):
                await self._sio.disconnect(sid)

        self._run(drop())

    def bodies(self, name: str) -> list[dict[str, Any]]:
        """What the widget sent under ``name``."""
        return [body for told, body in self.told if told == name]

    def heard(self, name: str, count: int = 1) -> list[dict[str, Any]]:
        """:meth:`bodies`, once there are ``count``: for what the page sends after it showed what it does.

        Raises:
            AssertionError: when fewer came in time.
        """
        with self._told_more:
            came = self._told_more.wait_for(lambda: len(self.bodies(name)) >= count, SECONDS)
        assert came, f"the widget sent {len(self.bodies(name))} '{name}', not {count}"
        return self.bodies(name)

    def page(self) -> str:
        """The shop's page."""
        return (
            f"<!doctype html><html lang='{self.language}' dir='{self.direction}'><head><meta charset='utf-8'>"
            "<meta name='viewport' content='width=device-width, initial-scale=1'><title>Desk shop</title>"
            f"<link rel='icon' href='data:,'><script type='module' src='{self.server}/widget.js'></script></head>"
            f"<body><main><h1>Desks</h1><p>A desk for standing.</p></main>{self.tag}</body></html>"
        )

    # ---- the server

    async def _start(self) -> None:
        api = web.Application(middlewares=[_for_other_sites])
        api.router.add_get(f"{PREFIX}/{{name:.+\\.js}}", self._script)
        api.router.add_post(f"{PREFIX}/sessions", self._session)
        api.router.add_get(f"{PREFIX}/messages", self._history)
        api.router.add_post(f"{PREFIX}/messages", self._message)
        api.router.add_get(f"{PREFIX}/transcript", self._transcript)
        for name in SIGNALS + ACTS:
            api.router.add_post(f"{PREFIX}/{name}", self._act)
        self._sio.attach(api, f"{PREFIX}/socket.io")
        self._sio.on("connect", self._connect)
        self._sio.on("disconnect", self._disconnect)
        self._sio.on("message", self._socket_message)
        self._sio.on("sync", self._socket_sync)
        for name in SIGNALS:
            self._sio.on(name, self._socket_signal(name))
        self.server = f"{await self._serve(api)}{PREFIX}"
        shop = web.Application()
        shop.router.add_get("/", self._shop)
        self.shop = await self._serve(shop)

    async def _serve(self, app: web.Application) -> str:
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self._runners.append(runner)
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def _close(self) -> None:
        await self._sio.shutdown()
        for runner in self._runners:
            await runner.cleanup()

    def _run(self, work: Awaitable[Any]) -> Any:
        async def wrapped() -> Any:
            return await work

        future: Future[Any] = asyncio.run_coroutine_threadsafe(wrapped(), self._loop)
        return future.result(SECONDS)

    def add(self, sender: str, text: str, name: str | None = None, **more: Any) -> dict[str, Any]:
        seq = len(self.messages) + 1
        at = datetime.now(UTC).isoformat()
        message = {
            "id": f"m{seq}",
            "seq": seq,
            "from": sender,
            "text": text,
            "buttons": [],
            "name": name,
            "at": at,
            **more,
        }
        self.messages.append(message)
        return message

    def _tell(self, name: str, body: dict[str, Any]) -> None:
        with self._told_more:
            self.told.append((name, body))
            self._told_more.notify_all()

    def _taken(self, body: dict[str, Any]) -> dict[str, Any]:
        """Store a message of the visitor once, however often it is sent."""
        client_id = body["client_message_id"]
        known = [message for message in self.messages if message.get("client_message_id") == client_id]
        return known[0] if known else self.add("visitor", body.get("text", ""), client_message_id=client_id)

    async def _script(self, request: web.Request) -> web.Response:
        code = self._scripts.get(request.match_info["name"])
        return web.Response(text=code, content_type="text/javascript") if code else web.Response(status=404)

    async def _shop(self, request: web.Request) -> web.Response:
        origin = self.server.removesuffix(PREFIX)
        connect = f"{origin} {origin.replace('http', 'ws', 1)}" if self.sockets_allowed else origin
        policy = f"default-src 'none'; script-src {origin}; style-src 'self'; connect-src {connect}; img-src data:"
        return web.Response(text=self.page(), content_type="text/html", headers={"Content-Security-Policy": policy})

    async def _session(self, request: web.Request) -> web.Response:
        self._tell("sessions", await request.json())
        return web.json_response({"conversation_id": "c1", "token": TOKEN}, status=201)

    async def _history(self, request: web.Request) -> web.Response:
        return web.json_response(self._after(int(request.query["after"])))

    async def _message(self, request: web.Request) -> web.Response:
        body = await request.json()
        self._tell("messages", body)
        self._taken(body)
        return web.json_response({"messages": [], "state": self.state})

    async def _act(self, request: web.Request) -> web.Response:
        name = request.path.rpartition("/")[2]
        self._tell(name, await request.json())
        if name in self.refuse:
            status, error = self.refuse[name]
            return web.json_response({"error": error}, status=status)
        return web.json_response({"ok": True, "state": self.state, "messages": []})

    async def _transcript(self, request: web.Request) -> web.Response:
        return web.Response(text="Visitor: hello", headers={"Content-Disposition": "attachment"})

    def _after(self, seq: int) -> dict[str, Any]:
        return {"messages": self.messages[seq:], "state": self.state}

    async def _connect(self, sid: str, environ: dict[str, Any], auth: Any) -> None:
        if (auth or {}).get("token") != TOKEN:
            raise socketio.exceptions.ConnectionRefusedError("unauthorized")
        self._sids.add(sid)

    async def _disconnect(self, sid: str, *reason: str) -> None:
        self._sids.discard(sid)

    async def _socket_message(self, sid: str, body: dict[str, Any]) -> dict[str, Any]:
        self._tell("messages", body)
        message = self._taken(body)
        await self._sio.emit("message", message)
        if self.reply:
            await self._sio.emit("message", self.add("assistant", self.reply))
        return {"ok": True, "message": message, "state": self.state}

    async def _socket_sync(self, sid: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._after(body["after"])

    def _socket_signal(self, name: str) -> Callable[..., Awaitable[dict[str, Any]]]:
        async def taken(sid: str, body: dict[str, Any]) -> dict[str, Any]:
            self._tell(name, body)
            return {"ok": True, "state": self.state} if name == "here" else {"ok": True}

        return taken
