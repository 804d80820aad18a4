"""What all REST routes of the channel share: who asks, what was sent, and how it is answered."""

from __future__ import annotations

from typing import Any

from sanic import response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse

from handoff.domain.errors import InvalidInput, TooLong
from handoff.rasa.web.conversation import ConversationFace, check_own
from handoff.rasa.web.fields import CONVERSATION_ID
from handoff.rasa.web.socket import LARGEST_PACKET
from handoff.rasa.web.tokens import bearer

NO_STORE = {"Cache-Control": "no-store"}


def authorise(face: ConversationFace, request: Request) -> str:
    """The conversation of the request's token; a request that names another one is refused."""
    conversation_id = face.conversation_of(bearer(request.headers.get("authorization")))
    check_own(conversation_id, request.args.get(CONVERSATION_ID))
    return conversation_id


def body_of(request: Request, *, optional: bool = False) -> Any:
    """The request's JSON; an empty request is ``{}`` where it is ``optional``.

    Raises:
        InvalidInput: it is no JSON.
        TooLong: it has more than :data:`LARGEST_PACKET` bytes.
    """
    if optional and not request.body:
        return {}
    if len(request.body) > LARGEST_PACKET:
        raise TooLong(f"The request has {len(request.body)} bytes; {LARGEST_PACKET} is the limit.")
    try:
        return request.json
    except InvalidUsage as error:
        raise InvalidInput("The request is not valid JSON.") from error


def json_answer(body: dict[str, Any], status: int = 200) -> HTTPResponse:
    """``body`` as JSON that nobody keeps."""
    return response.json(body, status=status, headers=NO_STORE)
