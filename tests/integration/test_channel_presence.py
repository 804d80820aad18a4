"""Who is there: the visitor's page, the agent's typing, and news from the desk's process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlalchemy import select

from handoff.bootstrap import Services
from handoff.domain.model import Agent
from handoff.persistence.tables import conversations, signals
from handoff.rasa.web.attention import TYPING_AT_ONCE
from handoff.rasa.web.socket import LARGEST_PACKET
from tests.conftest import Clock
from tests.integration.test_channel_feedback import ONE_DATABASE, ask_for_person
from tests.support.web_channel import ANSWER, Channel, running_channel


@pytest.fixture
async def channel(services: Services) -> AsyncIterator[Channel]:
    async with running_channel(services) as running:
        yield running


def here_at(services: Services, conversation_id: str) -> datetime | None:
    with services.uow.read() as tx:
        return tx.conversations.screen(conversation_id).here_at


def told_to_desk(services: Services) -> list[tuple[str, dict[str, object]]]:
    with services.uow.read() as tx:
        rows = tx.connection.execute(select(signals.c.kind, signals.c.data).order_by(signals.c.id))
        return [(row.kind, row.data) for row in rows]


@pytest.mark.parametrize("sign", ["connect", "here", "message", "sync", "POST /messages", "GET /messages"])
async def test_every_sign_of_life_is_noticed(channel: Channel, services: Services, clock: Clock, sign: str) -> None:
    conversation_id, token = await channel.start()
    before = here_at(services, conversation_id)
    message = {"text": "hello", "client_message_id": "1"}
    if sign == "GET /messages":
        assert (await channel.request("GET", "/messages", token))[0] == 200
    elif sign == "POST /messages":
        assert (await channel.post("/messages", token, message))[0] == 200
    else:
        async with channel.page(token) as page:
            if sign != "connect":
                clock.advance(60)
                before = here_at(services, conversation_id)
                await page.ask(sign, {"message": message, "sync": {"after": 0}}.get(sign))
    at = here_at(services, conversation_id)
    assert at is not None
    assert at == clock()
    assert at != before


async def test_seen_marks_reach_the_desk_and_never_go_back(channel: Channel, services: Services) -> None:
    conversation_id, token = await channel.start()
    await channel.post("/messages", token, {"text": "hello", "client_message_id": "1"})
    ask_for_person(services, conversation_id)
    assert await channel.post("/seen", token, {"seq": 2}) == (200, {"ok": True})
    async with channel.page(token) as page:
        assert await page.ask("seen", {"seq": 1}) == {"ok": True}
    with services.uow.read() as tx:
        assert tx.conversations.screen(conversation_id).seen_seq == 2
    assert told_to_desk(services) == [("visitor_seen", {"seq": 2})]


async def test_typing_reaches_the_agent_in_moderation(channel: Channel, services: Services, sanne: Agent) -> None:
    conversation_id, token = await channel.start()
    services.claim(ask_for_person(services, conversation_id), sanne.id)
    async with channel.page(token) as page:
        for number in range(3 * TYPING_AT_ONCE):
            assert await page.ask("typing", {"on": number % 2 == 0}) == {"ok": True}
    told = told_to_desk(services)
    assert told[:2] == [("typing", {"on": True}), ("typing", {"on": False})]
    assert TYPING_AT_ONCE <= len(told) < 3 * TYPING_AT_ONCE


async def test_the_assistant_answers_on_both_transports(channel: Channel) -> None:
    _, token = await channel.start()
    async with channel.page(token) as page:
        answer = await page.ask("message", {"text": "how long?", "client_message_id": "1"})
        assert (answer["ok"], answer["message"]["seq"], answer["state"]["owner"]) == (True, 1, "assistant")
        assert [(await page.hears("message"))["text"] for _ in range(2)] == ["how long?", ANSWER]
        _, history, _ = await channel.request("GET", "/messages?after=1", token)
        assert [message["text"] for message in history["messages"]] == [ANSWER]
        assert (await page.ask("sync", {"after": 1})) == history


@ONE_DATABASE
async def test_the_desk_tells_pages_that_an_agent_types(channel: Channel, services: Services) -> None:
    conversation_id, token = await channel.start()
    _, other_token = await channel.start()
    secret = services.settings.rasa_auth_token
    typing = {"from": "agent", "on": True}
    async with channel.page(token) as page, channel.page(other_token) as other:
        body = {"conversation_ids": [conversation_id, "unknown"], "event": "typing", "data": typing}
        assert await channel.post("/signals", secret, body) == (200, {"told": 1})
        assert await page.hears("typing") == typing
        assert (await other.ask("here"))["ok"], "what was sent before this answer has arrived"
        assert other.told == []


async def test_the_desk_tells_pages_that_a_state_moved(channel: Channel, services: Services, sanne: Agent) -> None:
    conversation_id, token = await channel.start()
    handoff_id = ask_for_person(services, conversation_id)
    async with channel.page(token) as page:
        services.claim(handoff_id, sanne.id)
        body = {"conversation_ids": [conversation_id], "event": "state", "data": {}}
        assert await channel.post("/signals", services.settings.rasa_auth_token, body) == (200, {"told": 1})
        state = await page.hears("state")
    assert (state["status"], state["agent"]) == ("assigned", {"name": "Sanne de Vries"})


@ONE_DATABASE
async def test_nobody_but_the_desk_signals(channel: Channel, services: Services) -> None:
    conversation_id, token = await channel.start()
    secret = services.settings.rasa_auth_token
    body = {"conversation_ids": [conversation_id], "event": "state", "data": {}}
    async with channel.page(token) as page:
        for wrong in (None, "", "nonsense", token, secret[:-1], secret + "x"):
            status, answer = await channel.post("/signals", wrong, body)
            assert (status, answer["error"]["code"]) == (403, "forbidden"), wrong
        await page.ask("here")
        assert page.told == []
    assert (await channel.post("/signals", secret, body | {"event": "message"}))[0] == 400
    status, answer, _ = await channel.request("POST", "/signals", secret, data=b"[" + b" " * LARGEST_PACKET + b"]")
    assert (status, answer["error"]["code"]) == (413, "too_long")


async def test_a_token_for_no_conversation_changes_nothing(channel: Channel, services: Services) -> None:
    """After a conversation was erased, its visitor's page may still be open."""
    conversation_id, token = await channel.start()
    with services.uow.write() as tx:
        tx.connection.execute(conversations.delete().where(conversations.c.id == conversation_id))
    for act, body in {"here": {}, "seen": {"seq": 3}, "typing": {"on": True}, "cancel": {}}.items():
        status, _ = await channel.post(f"/{act}", token, body)
        assert status == 200, act
    with services.uow.read() as tx:
        assert tx.connection.execute(select(conversations.c.id)).all() == []
