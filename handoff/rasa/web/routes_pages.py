"""REST routes of the widget's files and of the demo shop."""

from __future__ import annotations

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from handoff.rasa.marks import CHANNEL_NAME
from handoff.rasa.web.pages import Pages


def add_page_routes(web: Blueprint, pages: Pages) -> None:
    """One route a file: a catch-all would take the address of Socket.IO too."""

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

    for number, name in enumerate(pages.names()):
        web.add_route(page, f"/{name}", methods=["GET"], name=f"page_{number}")
