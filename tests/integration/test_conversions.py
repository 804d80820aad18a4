"""Conversions: from the shop's server with a signature, from the visitor's page with its token, and what they count
for; over real HTTP, on real databases."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Row, select

from handoff.bootstrap import Services
from handoff.clock import utc_now
from handoff.connectors.webhook_signature import SIGNATURE, TIMESTAMP, signed_headers
from handoff.domain.context import iso
from handoff.domain.conversion import Conversion, Source
from handoff.domain.errors import InvalidInput, NotFound
from handoff.persistence.tables import conversions, visits
from handoff.rasa.web.conversion_face import LARGEST_BODY, TRACKS_AT_ONCE
from tests.conftest import ROOT, Clock
from tests.integration.test_visits import DELIVERY, GAP, ONE_DATABASE, Visitor
from tests.support.web_channel import Channel, running_channel

SECRET = "shared with the shop's server"
ORDER: dict[str, Any] = {"name": "order", "reference": "1001", "value": 549.0, "currency": "EUR"}
DAY = 24 * 60 * 60


@pytest.fixture
async def channel(services: Services) -> AsyncIterator[Channel]:
    services.settings = replace(services.settings, conversions_secret=SECRET)
    async with running_channel(services) as running:
        yield running


@pytest.fixture
def anna(services: Services, clock: Clock) -> Visitor:
    return Visitor(services, clock)


def stored(services: Services) -> list[Row[Any]]:
    with services.uow.read() as tx:
        return list(tx.connection.execute(select(conversions).order_by(conversions.c.id)))


def visit_ids(services: Services) -> list[int]:
    with services.uow.read() as tx:
        return list(tx.connection.execute(select(visits.c.id).order_by(visits.c.id)).scalars())


def converted(services: Services, reference: str = "1001", **more: Any) -> bool:
    facts: dict[str, Any] = {"at": services.clock(), "source": Source.SERVER}
    return services.convert(Conversion("c1", "order", reference, **(facts | more)))


async def told(
    channel: Channel, services: Services, body: Any, *, secret: str = SECRET, late: float = 0, **headers: str
) -> tuple[int, Any]:
    """(status, answer) of the shop's server telling ``body``, signed ``late`` seconds ago."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = signed_headers(secret, "d", raw, services.clock() - timedelta(seconds=late))
    status, answer, _ = await channel.request("POST", "/conversions", data=raw, headers=signed | headers)
    return status, answer


# ---- what it counts for


def test_it_counts_for_the_latest_visit_before_it(services: Services, anna: Visitor) -> None:
    anna.says(DELIVERY)
    anna.clock.advance(2 * GAP)
    began = anna.clock()
    anna.says(DELIVERY)
    anna.clock.advance(DAY)
    converted(services)
    converted(services, "1002", at=began)
    converted(services, "1003", at=began - timedelta(seconds=1))
    converted(services, "1004", at=began - timedelta(days=1))
    first, second = visit_ids(services)
    assert [row.visit_id for row in stored(services)] == [second, second, first, None]


def test_a_late_one_counts_for_no_visit_and_is_kept(services: Services, anna: Visitor) -> None:
    began = anna.clock()
    anna.says(DELIVERY)
    anna.clock.advance(8 * DAY)
    converted(services, at=began + timedelta(days=7))
    converted(services, "1002", at=began + timedelta(days=7, seconds=1))
    assert [row.visit_id for row in stored(services)] == [*visit_ids(services), None]


def test_a_repeat_is_recognised_by_its_reference(services: Services, anna: Visitor) -> None:
    anna.says(DELIVERY)
    assert converted(services, value=10.0, currency="EUR")
    assert not converted(services, value=99.0, currency="EUR")
    assert converted(services, "1002")
    assert services.convert(Conversion("c1", "demo_booked", "1001", anna.clock(), Source.SERVER))
    assert [(row.name, row.reference, row.value) for row in stored(services)] == [
        ("order", "1001", 10.0),
        ("order", "1002", None),
        ("demo_booked", "1001", None),
    ]


def test_the_servers_word_replaces_the_pages_and_never_the_other_way_round(services: Services, anna: Visitor) -> None:
    anna.says(DELIVERY)
    assert converted(services, source=Source.WIDGET, value=1_000_000.0, currency="EUR")
    assert not converted(services, value=10.0, currency="EUR")
    assert not converted(services, source=Source.WIDGET, value=5.0, currency="EUR")
    (row,) = stored(services)
    assert (row.source, row.value, row.visit_id) == ("server", 10.0, *visit_ids(services))


@ONE_DATABASE
def test_what_cannot_have_happened_is_refused(services: Services, anna: Visitor) -> None:
    with pytest.raises(NotFound, match="There is no conversation 'c1'"):
        converted(services)
    anna.says(DELIVERY)
    assert converted(services, at=anna.clock() + timedelta(minutes=4)), "clocks differ"
    with pytest.raises(InvalidInput, match="'at' lies in the future"):
        converted(services, "1002", at=anna.clock() + timedelta(minutes=6))


# ---- from the shop's server


async def test_the_shops_server_tells_an_order(channel: Channel, services: Services, clock: Clock) -> None:
    conversation_id, _ = await channel.start()
    Visitor(services, clock, conversation_id).says(DELIVERY)
    earlier = iso(clock())
    clock.advance(60)
    order = ORDER | {"conversation_id": conversation_id, "at": earlier}
    assert await told(channel, services, order) == (201, {"new": True})
    assert await told(channel, services, order) == (200, {"new": False}), "a repeat changes nothing"
    (row,) = stored(services)
    assert (row.conversation_id, row.name, row.reference) == (conversation_id, "order", "1001")
    assert (row.value, row.currency, row.source, iso(row.at)) == (549.0, "EUR", "server", earlier)
    assert row.visit_id == visit_ids(services)[0]


@ONE_DATABASE
async def test_the_example_of_the_docs_works(channel: Channel, services: Services) -> None:
    services.clock = utc_now  # as the example does
    conversation_id, _ = await channel.start()
    page = (ROOT / "docs" / "conversions.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names = {"SECRET": SECRET, "order": SimpleNamespace(conversation_id=conversation_id)}
    code = example.replace("https://chat.example", channel.address)
    assert code != example
    await asyncio.to_thread(exec, code, names)
    (row,) = stored(services)
    assert (row.name, row.reference, row.value, row.currency) == ("order", "1001", 549.0, "EUR")


@ONE_DATABASE
async def test_only_who_has_the_secret_can_tell(channel: Channel, services: Services) -> None:
    conversation_id, token = await channel.start()
    order = ORDER | {"conversation_id": conversation_id}
    for refused in (
        await told(channel, services, order, secret="another secret of that length"),
        await told(channel, services, order, late=301),
        await told(channel, services, order, late=-301),
        await told(channel, services, order, **{SIGNATURE: "sha256=" + "0" * 64}),
        await told(channel, services, order, **{TIMESTAMP: "soon"}),
        await channel.post("/conversions", token, order),
    ):
        assert (refused[0], refused[1]["error"]["code"]) == (401, "webhook_refused")
    assert stored(services) == []


@ONE_DATABASE
async def test_without_a_secret_it_is_said_how_to_turn_it_on(channel: Channel, services: Services) -> None:
    services.settings = replace(services.settings, conversions_secret=None)
    status, answer = await told(channel, services, ORDER)
    assert (status, answer["error"]["code"]) == (404, "not_set_up")
    assert "HANDOFF_CONVERSIONS_SECRET" in answer["error"]["message"]


@ONE_DATABASE
async def test_what_is_wrong_is_named(channel: Channel, services: Services) -> None:
    conversation_id, _ = await channel.start()
    order = ORDER | {"conversation_id": conversation_id}
    status, answer = await told(channel, services, order | {"price": 5})
    assert (status, answer["error"]["code"]) == (400, "invalid_input")
    assert "Unknown field: price" in answer["error"]["message"]
    assert (await told(channel, services, b"{"))[0] == 400
    assert (await told(channel, services, b" " * (LARGEST_BODY + 1)))[0] == 413
    status, answer = await told(channel, services, order | {"conversation_id": "nobody's"})
    assert (status, answer["error"]["code"]) == (404, "not_found")


# ---- from the visitor's page


async def test_a_page_tells_what_its_visitor_did(channel: Channel, services: Services, clock: Clock) -> None:
    conversation_id, token = await channel.start()
    Visitor(services, clock, conversation_id).says(DELIVERY)
    assert await channel.post("/track", token, ORDER) == (200, {"new": True})
    async with channel.page(token) as page:
        assert await page.ask("track", ORDER) == {"ok": True, "new": False}
        assert (await page.ask("track", {"name": "demo_booked", "reference": "d1"}))["new"] is True
    assert [(row.source, row.name, row.at) for row in stored(services)] == [
        ("widget", "order", clock()),
        ("widget", "demo_booked", clock()),
    ]


@ONE_DATABASE
async def test_a_page_cannot_tell_without_end(channel: Channel) -> None:
    _, token = await channel.start()
    for number in range(TRACKS_AT_ONCE):
        assert (await channel.post("/track", token, ORDER | {"reference": str(number)}))[0] == 200
    status, answer = await channel.post("/track", token, ORDER)
    assert (status, answer["error"]["code"]) == (429, "too_often")
    _, other = await channel.start()
    assert (await channel.post("/track", other, ORDER))[0] == 200
