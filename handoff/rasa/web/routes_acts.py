"""REST routes of the visitor's acts, and of the desk's process."""

from __future__ import annotations

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from handoff.rasa.web.acts import Act
from handoff.rasa.web.conversation import ConversationFace
from handoff.rasa.web.rest import authorise, body_of, json_answer
from handoff.rasa.web.room import Rooms
from handoff.rasa.web.signals import check_token, parse_signal, pass_on
from handoff.rasa.web.tokens import bearer


def add_act_routes(web: Blueprint, face: ConversationFace, acts: dict[str, Act]) -> None:
    """``POST /<act>`` for each of ``acts``."""

    def handler(act: Act) -> object:
        async def handle(request: Request) -> HTTPResponse:
            conversation_id = authorise(face, request)
            return json_answer(await act(conversation_id, body_of(request, optional=True)))

        return handle

    for name, act in acts.items():
        web.add_route(handler(act), f"/{name}", methods=["POST"], name=f"act_{name}")


def add_signal_route(web: Blueprint, rooms: Rooms, token: str) -> None:
    """The way of the desk's process to visitors' pages; ``token`` is the secret that both processes have."""

    @web.post("/signals")
    async def signal(request: Request) -> HTTPResponse:
        check_token(bearer(request.headers.get("authorization")), token)
        return json_answer({"told": await pass_on(parse_signal(body_of(request)), rooms)})
