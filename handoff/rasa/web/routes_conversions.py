"""REST route of the shop's server for conversions; the page's ``POST /track`` is one of the visitor's acts."""

from __future__ import annotations

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse

from handoff.rasa.web.conversion_face import ConversionFace
from handoff.rasa.web.rest import body_of, json_answer


def add_conversion_route(web: Blueprint, face: ConversionFace) -> None:
    """``POST /conversions``."""

    @web.post("/conversions")
    async def convert(request: Request) -> HTTPResponse:
        face.check({name.lower(): value for name, value in request.headers.items()}, request.body)
        new = await face.store(body_of(request))
        return json_answer({"new": new}, status=201 if new else 200)
