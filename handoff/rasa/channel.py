"""Rasa input channel `web`: the visitors' widget. Set in credentials.yml as ``handoff.rasa.channel.WebInput``."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from sanic.request import Request
from sanic.response import HTTPResponse
from socketio import AsyncServer

from handoff.bootstrap import Services, process_services
from handoff.domain.errors import HandoffError
from handoff.rasa.marks import CHANNEL_NAME
from handoff.rasa.web.acts import visitor_acts
from handoff.rasa.web.attention import AttentionFace
from handoff.rasa.web.conversation import ConversationFace
from handoff.rasa.web.conversion_face import ConversionFace
from handoff.rasa.web.handoff_face import HandoffFace
from handoff.rasa.web.output import WebOutput
from handoff.rasa.web.pages import Pages
from handoff.rasa.web.refusal import refusal
from handoff.rasa.web.rest import json_answer
from handoff.rasa.web.room import Rooms
from handoff.rasa.web.routes_acts import add_act_routes, add_signal_route
from handoff.rasa.web.routes_conversation import add_conversation_routes
from handoff.rasa.web.routes_conversions import add_conversion_route
from handoff.rasa.web.routes_pages import add_page_routes
from handoff.rasa.web.slots import SlotWriter
from handoff.rasa.web.socket import SocketBlueprint, open_socket_server, register_events
from handoff.rasa.web.stock_rest import StockRestDoor
from handoff.rasa.web.tokens import VisitorTokens
from handoff.rasa.web.transcript import TranscriptFace
from handoff.rasa.web.turns import TurnHandler


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
        """Routes of the channel, under ``/webhooks/web``, and the events of its Socket.IO server."""
        services, settings = self._services, self._services.settings
        web = SocketBlueprint(self._sio, StockRestDoor(services), "handoff_web", __name__)

        def agent_of() -> Any:
            # the model may be loaded after the routes are made, so the app is asked each time
            return getattr(web.ctx.app.ctx, "agent", None)

        async def tracker_of(conversation_id: str) -> Any:
            return await agent_of().tracker_store.retrieve_full_tracker(conversation_id)

        rooms, slots = Rooms(services, self._sio), SlotWriter(agent_of)
        face = ConversationFace(
            services,
            VisitorTokens(settings.secret, settings.token_days, services.clock),
            TurnHandler(services, self._sio, on_new_message, tracker_of),
            slots,
        )
        attention, conversions = AttentionFace(services, rooms), ConversionFace(services)
        acts = visitor_acts(HandoffFace(services, rooms, slots), attention, conversions)
        register_events(self._sio, face, attention, acts, services.texts)
        add_conversation_routes(web, face, attention, TranscriptFace(services))
        add_act_routes(web, face, acts)
        add_signal_route(web, rooms, settings.rasa_auth_token)
        add_conversion_route(web, conversions)
        add_page_routes(web, Pages(settings.root / "widget"))

        @web.exception(HandoffError)
        async def refuse(request: Request, error: HandoffError) -> HTTPResponse:
            told = refusal(error, services.texts)
            status = told.pop("status")
            return json_answer({"error": told}, status=status)

        return web
