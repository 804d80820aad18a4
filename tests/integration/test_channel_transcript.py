"""The conversation to keep."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from handoff.bootstrap import Services
from handoff.persistence.tables import outbox
from handoff.rasa.web.transcript import EMAILS_AT_ONCE
from handoff.service.visitor_side import MOST_TRANSCRIPTS
from tests.integration.test_channel_feedback import ONE_DATABASE
from tests.support.web_channel import ANSWER, Channel, running_channel

EMAIL = "anna@example.com"


@pytest.fixture
async def channel(services: Services) -> AsyncIterator[Channel]:
    async with running_channel(services) as running:
        yield running


@pytest.fixture
def sends_email(services: Services) -> None:
    """As if endpoints.yml named a mail server; nothing connects to it here."""
    services.__dict__["email"] = object()


def waiting_mail(services: Services) -> list[dict[str, Any]]:
    with services.uow.read() as tx:
        return [row.payload for row in tx.connection.execute(select(outbox.c.payload).order_by(outbox.c.id))]


async def test_a_file_with_what_was_said(channel: Channel) -> None:
    _, token = await channel.start(timezone="Europe/Amsterdam")
    await channel.post("/messages", token, {"text": "how long? <b>now</b>", "client_message_id": "1"})
    status, text, response = await channel.request("GET", "/transcript", token)
    assert status == 200
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="conversation.txt"'
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert text.index("how long? <b>now</b>") < text.index(ANSWER)


@ONE_DATABASE
async def test_only_the_visitor_gets_it(channel: Channel) -> None:
    conversation_id, _ = await channel.start()
    _, other = await channel.start()
    body = {"email": EMAIL}
    for method in ("GET", "POST"):
        assert (await channel.request(method, "/transcript", None, json=body))[0] == 401
        named = f"/transcript?conversation_id={conversation_id}"
        assert (await channel.request(method, named, other, json=body))[0] == 403


@pytest.mark.usefixtures("sends_email")
async def test_a_conversation_is_sent_a_few_times_only(channel: Channel, services: Services) -> None:
    conversation_id, token = await channel.start()
    for _ in range(MOST_TRANSCRIPTS):
        services.clock.advance(1)  # type: ignore[attr-defined]
        assert await channel.post("/transcript", token, {"email": EMAIL}) == (200, {"ok": True})
    status, answer = await channel.post("/transcript", token, {"email": EMAIL})
    assert (status, answer["error"]["code"]) == (429, "too_often")
    assert [mail["to"] for mail in waiting_mail(services)] == [EMAIL] * MOST_TRANSCRIPTS
    assert (await channel.request("GET", "/transcript", token))[0] == 200, "it can still be downloaded"


@ONE_DATABASE
@pytest.mark.usefixtures("sends_email")
async def test_one_address_on_the_internet_sends_few_of_them(channel: Channel, services: Services) -> None:
    statuses = []
    for _ in range(EMAILS_AT_ONCE + 1):
        _, token = await channel.start()
        statuses.append((await channel.post("/transcript", token, {"email": EMAIL}))[0])
    assert statuses == [200] * EMAILS_AT_ONCE + [429]
    assert len(waiting_mail(services)) == EMAILS_AT_ONCE


@ONE_DATABASE
async def test_it_is_said_when_no_email_can_be_sent(channel: Channel, services: Services) -> None:
    services.__dict__["email"] = None
    _, token = await channel.start()
    status, answer = await channel.post("/transcript", token, {"email": EMAIL})
    assert status == 400
    assert "ownload" in answer["error"]["message"]
    assert waiting_mail(services) == []


@ONE_DATABASE
@pytest.mark.usefixtures("sends_email")
async def test_nothing_is_sent_to_what_is_no_address(channel: Channel, services: Services) -> None:
    _, token = await channel.start()
    bodies: list[Any] = [{}, {"email": "anna"}, {"email": EMAIL, "text": "buy this"}, {"email": [EMAIL]}, []]
    for body in bodies:
        assert (await channel.request("POST", "/transcript", token, json=body))[0] == 400, body
    assert waiting_mail(services) == []
