"""Socket.IO of the channel: the same as REST, pushed instead of polled."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from sanic import Blueprint, Sanic
from socketio import AsyncServer
from socketio.exceptions import ConnectionRefusedError as SocketRefused

from handoff.domain.errors import HandoffError
from handoff.rasa.web.acts import Act
from handoff.rasa.web.attention import AttentionFace
from handoff.rasa.web.conversation import ConversationFace
from handoff.rasa.web.refusal import refusal
from handoff.rasa.web.sanic_websocket import use_working_websockets
from handoff.rasa.web.stock_rest import StockRestDoor
from handoff.service.ports import Texts
from handoff.service.visitor_view import message_json

logger = logging.getLogger(__name__)

SOCKET_PATH = "/webhooks/web/socket.io"
LARGEST_PACKET = 64 * 1024  # bytes; the longest allowed text in JSON is below 25 kB


def open_socket_server(allowed_origins: tuple[str, ...]) -> AsyncServer:
    """A Socket.IO server that browsers may reach from the same site and from ``allowed_origins``."""

    def allowed(origin: str, environ: dict[str, Any]) -> bool:
        return origin in allowed_origins or _is_same_site(origin, environ.get("HTTP_HOST"))

    sio = AsyncServer(async_mode="sanic", cors_allowed_origins=allowed, max_http_buffer_size=LARGEST_PACKET)
    use_working_websockets(sio)
    return sio


class SocketBlueprint(Blueprint):
    """A blueprint that also brings the Socket.IO server, and a look at each request, to the app it is registered on."""

    def __init__(self, sio: AsyncServer, door: StockRestDoor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ctx.sio = sio
        self.ctx.door = door

    def register(self, app: Sanic, options: dict[str, Any]) -> None:
        """Rasa calls this when it sets up its channels."""
        self.ctx.app = app
        self.ctx.sio.attach(app, SOCKET_PATH)
        app.register_middleware(self.ctx.door, "request")
        super().register(app, options)


def register_events(
    sio: AsyncServer, face: ConversationFace, attention: AttentionFace, acts: dict[str, Act], texts: Texts
) -> None:
    """Answer the widget's events on ``sio``: `message`, `sync` and each of ``acts``."""

    async def connect(sid: str, environ: dict[str, Any], auth: Any) -> None:
        token = auth.get("token") if isinstance(auth, dict) else None
        try:
            conversation_id = face.conversation_of(token if isinstance(token, str) else None)
        except HandoffError as error:
            raise SocketRefused(error.code) from error
        await sio.save_session(sid, {"conversation_id": conversation_id})
        await sio.enter_room(sid, conversation_id)
        await attention.noticed(conversation_id)

    async def message(conversation_id: str, data: Any) -> dict[str, Any]:
        await attention.noticed(conversation_id)
        result = await face.say(conversation_id, data)
        return {"ok": True, "message": message_json(result.message), "state": face.state_of(result)}

    async def sync(conversation_id: str, data: Any) -> dict[str, Any]:
        await attention.noticed(conversation_id)
        return await face.history(conversation_id, data.get("after") if isinstance(data, dict) else data)

    def acknowledged(answer: Callable[[str, Any], Awaitable[dict[str, Any]]]) -> Callable[..., Any]:
        async def handle(sid: str, data: Any = None) -> dict[str, Any]:
            conversation_id = (await sio.get_session(sid))["conversation_id"]
            try:
                return await answer(conversation_id, data)
            except HandoffError as error:
                return {"ok": False, "error": refusal(error, texts)}

        return handle

    def act_of(act: Act) -> Act:
        async def answer(conversation_id: str, data: Any) -> dict[str, Any]:
            return {"ok": True} | await act(conversation_id, {} if data is None else data)

        return answer

    sio.on("connect", connect)
    sio.on("message", acknowledged(message))
    sio.on("sync", acknowledged(sync))
    for name, act in acts.items():
        sio.on(name, acknowledged(act_of(act)))


def _is_same_site(origin: str, host: str | None) -> bool:
    try:
        return urlsplit(origin).netloc == host
    except ValueError:
        return False  # no address at all, for example `http://[`
