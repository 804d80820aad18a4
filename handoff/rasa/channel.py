"""Rasa input channel `web`: the visitors' widget. Set in credentials.yml as ``handoff.rasa.channel.WebInput``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic import response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse
from socketio import AsyncServer

from handoff.bootstrap import Services, process_services
from handoff.domain.errors import HandoffError, InvalidInput, TooLong
from handoff.rasa.marks import CHANNEL_NAME
from handoff.rasa.web.conversation import ConversationFace, check_own
from handoff.rasa.web.output import WebOutput
from handoff.rasa.web.pages import Pages
from handoff.rasa.web.refusal import refusal
from handoff.rasa.web.session_limit import SessionLimit, address_of
from handoff.rasa.web.socket import LARGEST_PACKET, SocketBlueprint, open_socket_server, register_events
from handoff.rasa.web.stock_rest import StockRestDoor
from handoff.rasa.web.tokens import VisitorTokens, bearer
from handoff.rasa.web.turns import TurnHandler
from handoff.service.visitor_view import message_json

NO_STORE = {"Cache-Control": "no-store"}


class WebInput(InputChannel):
    """The channel; one per Rasa server."""

    def __init__(self, services: Services) -> None:
        """Create the channel on ``services``."""
        self._services = services
        self._sio: AsyncServer = open_socket_server(services.settings.allowed_origins)

    @classmethod
    def name(cls) -> str:
        """Name in URLs and on the tracker."""
        return CHANNEL_NAME

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Create the channel of this process; it has no keys of its own in credentials.yml."""
        return cls(process_services())

    def get_output_channel(self) -> OutputChannel:
        """Where Rasa shows what agents write."""
        return WebOutput(self._sio)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> SocketBlueprint:
        """Routes of the channel, under ``/webhooks/web``."""
        settings = self._services.settings
        web = SocketBlueprint(self._sio, StockRestDoor(self._services), "handoff_web", __name__)

        async def tracker_of(conversation_id: str) -> Any:
            # the model may be loaded after the routes are made, so the app is asked each time
            return await web.ctx.app.ctx.agent.tracker_store.retrieve_full_tracker(conversation_id)

        pages = Pages(settings.root / "widget")
        face = ConversationFace(
            self._services,
            VisitorTokens(settings.secret, settings.token_days, self._services.clock),
            TurnHandler(self._services, self._sio, on_new_message, tracker_of),
        )
        sessions = SessionLimit()
        register_events(self._sio, face, self._services.texts)

        @web.post("/sessions")
        async def start(request: Request) -> HTTPResponse:
            sessions.check(address_of(request))
            return _json(await face.start(_body(request, optional=True)), status=201)

        @web.post("/messages")
        async def say(request: Request) -> HTTPResponse:
            conversation_id = _authorise(face, request)
            result = await face.say(conversation_id, _body(request))
            replies = [message_json(message) for message in result.replies]
            return _json({"messages": replies, "state": face.state_of(result)})

        @web.get("/messages")
        async def read(request: Request) -> HTTPResponse:
            conversation_id = _authorise(face, request)
            return _json(await face.history(conversation_id, request.args.get("after")))

        @web.get("/widget.js")
        async def widget(request: Request) -> HTTPResponse:
            return pages.widget(request)

        @web.get("/")
        async def index(request: Request) -> HTTPResponse:
            if not request.path.endswith("/"):
                return response.redirect(f"{request.path}/")  # the pages' addresses are relative to the folder
            return pages.page(request, "")

        async def page(request: Request) -> HTTPResponse:
            return pages.page(request, request.path.removeprefix(f"/webhooks/{CHANNEL_NAME}/"))

        # one route a file: a catch-all would take the address of Socket.IO too
        for number, name in enumerate(pages.names()):
            web.add_route(page, f"/{name}", methods=["GET"], name=f"page_{number}")

        @web.exception(HandoffError)
        async def refuse(request: Request, error: HandoffError) -> HTTPResponse:
            told = refusal(error, self._services.texts)
            status = told.pop("status")
            return _json({"error": told}, status=status)

        return web


def _authorise(face: ConversationFace, request: Request) -> str:
    """The conversation of the request's token; a request that names another one is refused."""
    conversation_id = face.conversation_of(bearer(request.headers.get("authorization")))
    check_own(conversation_id, request.args.get("conversation_id"))
    return conversation_id


def _body(request: Request, *, optional: bool = False) -> Any:
    if optional and not request.body:
        return {}
    if len(request.body) > LARGEST_PACKET:
        raise TooLong(f"The request has {len(request.body)} bytes; {LARGEST_PACKET} is the limit.")
    try:
        return request.json
    except InvalidUsage as error:
        raise InvalidInput("The request is not valid JSON.") from error


def _json(body: dict[str, Any], status: int = 200) -> HTTPResponse:
    return response.json(body, status=status, headers=NO_STORE)
