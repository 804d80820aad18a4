"""REST routes of a conversation: start, write, read, keep."""

from __future__ import annotations

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from handoff.rasa.web.attention import AttentionFace
from handoff.rasa.web.conversation import ConversationFace
from handoff.rasa.web.rest import NO_STORE, authorise, body_of, json_answer
from handoff.rasa.web.session_limit import SessionLimit, address_of
from handoff.rasa.web.transcript import TranscriptFace
from handoff.service.visitor_view import message_json

AS_FILE = {
    **NO_STORE,
    "Content-Disposition": 'attachment; filename="conversation.txt"',
    "X-Content-Type-Options": "nosniff",
}


def add_conversation_routes(
    web: Blueprint, face: ConversationFace, attention: AttentionFace, transcript: TranscriptFace
) -> None:
    """Add them to ``web``."""
    sessions = SessionLimit()

    @web.post("/sessions")
    async def start(request: Request) -> HTTPResponse:
        sessions.check(address_of(request))
        return json_answer(await face.start(body_of(request, optional=True)), status=201)

    @web.post("/messages")
    async def say(request: Request) -> HTTPResponse:
        conversation_id = authorise(face, request)
        body = body_of(request)
        await attention.noticed(conversation_id)
        result = await face.say(conversation_id, body)
        replies = [message_json(message) for message in result.replies]
        return json_answer({"messages": replies, "state": face.state_of(result)})

    @web.get("/messages")
    async def read(request: Request) -> HTTPResponse:
        conversation_id = authorise(face, request)
        await attention.noticed(conversation_id)
        return json_answer(await face.history(conversation_id, request.args.get("after")))

    @web.get("/transcript")
    async def keep(request: Request) -> HTTPResponse:
        text = await transcript.text(authorise(face, request))
        return response.text(text, headers=AS_FILE)

    @web.post("/transcript")
    async def send(request: Request) -> HTTPResponse:
        conversation_id = authorise(face, request)
        return json_answer(await transcript.send(conversation_id, address_of(request), body_of(request)))
