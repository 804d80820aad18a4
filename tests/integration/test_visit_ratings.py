"""How it was with the assistant alone: asked after a thanks or a goodbye, once a visit, never while somebody waits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import Row

from handoff.bootstrap import Services
from handoff.domain.errors import AlreadyRated, InvalidInput, NotFound
from handoff.domain.model import Agent, OpenRating, OpenVisitRating
from tests.conftest import Clock
from tests.integration.test_visits import DELIVERY, GAP, ONE_DATABASE, Visitor, stay, stays
from tests.support.web_channel import Channel, running_channel

DAY = 24 * 60 * 60


@pytest.fixture
async def channel(services: Services) -> AsyncIterator[Channel]:
    async with running_channel(services) as running:
        yield running


@pytest.fixture
def anna(services: Services, clock: Clock) -> Visitor:
    return Visitor(services, clock)


def asked(services: Services) -> Any:
    return services.visitor_state("c1").rating


def rating(row: Row[Any]) -> tuple[Any, Any, Any]:
    return row.score, row.comment, row.rated_at


@ONE_DATABASE
@pytest.mark.parametrize("last_word", ["thank", "goodbye"])
def test_it_is_asked_when_the_visitor_takes_leave(services: Services, anna: Visitor, last_word: str) -> None:
    anna.says(DELIVERY)
    assert asked(services) is None
    anna.says(last_word)
    assert asked(services) == OpenVisitRating(stay(services).id)
    anna.says(DELIVERY)
    assert asked(services) is None, "they have gone on to something else"
    anna.says(last_word)
    assert asked(services) is not None


@ONE_DATABASE
def test_there_must_have_been_an_answer(services: Services, anna: Visitor) -> None:
    assert asked(services) is None
    for intent in ("greet", "nlu_fallback", "thank"):
        anna.says(intent)
    assert asked(services) is None


@ONE_DATABASE
def test_a_thanks_to_a_form_is_no_leave(services: Services, anna: Visitor) -> None:
    anna.says("track_order")
    anna.says("thank", in_form=True)
    assert asked(services) is None


@ONE_DATABASE
def test_it_is_never_asked_while_a_handoff_is_open_nor_after_one(
    services: Services, anna: Visitor, sanne: Agent
) -> None:
    anna.says(DELIVERY)
    anna.says("thank")
    visit_id = stay(services).id
    handoff_id = anna.asks_for_a_person()
    anna.says("thank", answered=False)
    assert asked(services) is None
    services.claim(handoff_id, sanne.id)
    services.hand_back(handoff_id, sanne.id)
    anna.says("thank")
    assert asked(services) is None, "somebody was brought in, so the assistant was not alone"
    with pytest.raises(NotFound):
        services.rate_visit("c1", visit_id, 5)


def test_a_person_who_was_there_comes_first(services: Services, anna: Visitor, sanne: Agent) -> None:
    handoff_id = anna.asks_for_a_person()
    services.claim(handoff_id, sanne.id)
    services.reply(handoff_id, sanne.id, "Tomorrow.", "r1")
    services.resolve(handoff_id, sanne.id)
    anna.clock.advance(GAP + 1)
    anna.says(DELIVERY)
    anna.says("thank")
    assert asked(services) == OpenRating(handoff_id, "Sanne de Vries")
    services.rate("c1", handoff_id, None)
    assert asked(services) == OpenVisitRating(stays(services)[-1].id)


def test_it_is_stored_once_with_the_visit(services: Services, anna: Visitor) -> None:
    anna.says(DELIVERY)
    anna.says("thank")
    visit_id = stay(services).id
    for score in (0, 6):
        with pytest.raises(InvalidInput):
            services.rate_visit("c1", visit_id, score)
    services.rate_visit("c1", visit_id, 4, " fine, my card is 4111 1111 1111 1111 ")
    assert rating(stay(services)) == (4, "fine, my card is [card number removed]", anna.clock())
    assert asked(services) is None
    anna.says("goodbye")
    assert asked(services) is None
    with pytest.raises(AlreadyRated):
        services.rate_visit("c1", visit_id, 1)
    assert stay(services).score == 4


@ONE_DATABASE
def test_it_can_be_skipped_for_good(services: Services, anna: Visitor) -> None:
    anna.says(DELIVERY)
    anna.says("thank")
    services.rate_visit("c1", stay(services).id, None)
    assert rating(stay(services)) == (None, None, anna.clock())
    assert asked(services) is None


def test_each_visit_is_asked_about_anew_and_not_for_ever(services: Services, anna: Visitor) -> None:
    for _ in range(2):
        anna.says(DELIVERY)
        anna.says("thank")
        anna.clock.advance(GAP + 1)
    first, second = (row.id for row in stays(services))
    assert asked(services) == OpenVisitRating(second)
    services.rate_visit("c1", first, 3)
    anna.clock.advance(7 * DAY)
    assert asked(services) is None
    with pytest.raises(NotFound, match="is over"):
        services.rate_visit("c1", second, 3)


async def test_a_visitor_rates_over_the_channel(channel: Channel, services: Services, clock: Clock) -> None:
    conversation_id, token = await channel.start()
    anna = Visitor(services, clock, conversation_id)
    anna.says(DELIVERY)
    anna.says("thank")
    visit_id = stay(services).id
    _, here = await channel.post("/here", token)
    assert here["state"]["rating"] == {"visit_id": visit_id}
    _, stranger = await channel.start()
    body = {"visit_id": visit_id, "score": 5, "comment": "quick"}
    assert (await channel.post("/rating", stranger, body))[0] == 404
    async with channel.page(token) as page:
        status, answer = await channel.post("/rating", token, body)
        assert (status, answer["state"]["rating"]) == (200, None)
        assert (await page.hears("state"))["rating"] is None, "the other tab stops asking too"
        again = await page.ask("rating", {"visit_id": visit_id, "skip": True})
    assert (again["error"]["code"], again["error"]["status"]) == ("already_rated", 409)
    assert rating(stay(services)) == (5, "quick", clock())
