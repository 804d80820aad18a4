"""Administrators see how deliveries are doing, and see to what was given up."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from handoff.bootstrap import Services
from handoff.domain.model import Agent
from handoff.service.delivery import NotYet, Undeliverable
from tests.integration.desk_api.client import error
from tests.integration.test_live_chats import Office
from tests.integration.test_live_chats import office as office_fixture
from tests.integration.test_service import said

office = office_fixture


@pytest.fixture
def services(office: Office) -> Services:
    """The product with live chats; see :class:`Office`."""
    return office.services


def deliveries(boss: TestClient) -> dict[str, Any]:
    answer = boss.get("/api/admin/deliveries")
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def connector(boss: TestClient, name: str) -> dict[str, Any]:
    (found,) = [one for one in deliveries(boss)["connectors"] if one["name"] == name]
    return dict(found)


def own(boss: TestClient, name: str) -> dict[str, Any]:
    (found,) = [one for one in deliveries(boss)["own"] if one["name"] == name]
    return dict(found)


def post(boss: TestClient, letter: dict[str, Any], action: str) -> Any:
    return boss.post(f"/api/admin/deliveries/{letter['id']}/{action}")


def steps(office: Office, handoff_id: str, kind: str) -> list[dict[str, Any]]:
    return [event.data for event in office.services.desk.get(handoff_id).events if event.kind == kind]


def hand_over_and_deliver(office: Office) -> str:
    handoff_id = office.hand_over()
    office.deliver()
    return handoff_id


def closing_fails(office: Office) -> str:
    """A dead letter that can be delivered later: that it is over was refused by the live chat."""
    handoff_id = hand_over_and_deliver(office)
    office["team"].failures = [Undeliverable("403: the token may not close", 403)]
    office.services.cancel("c1")
    office.deliver()
    assert office["team"].only().closed_because is None
    return handoff_id


def test_when_all_is_well(as_boss: TestClient, office: Office) -> None:
    hand_over_and_deliver(office)
    team = connector(as_boss, "team")
    assert (team["state"], team["failures"], team["waiting"], team["next_try_seconds"]) == ("ok", 0, 0, None)
    assert (team["down_since"], team["open_until"], team["last_error"]) == (None, None, None)
    assert team["last_ok_at"] == "2026-11-23T10:00:00.000Z"
    assert (team["type"], team["fallback"]) == ("tests.support.memory_chat.MemoryChat", "second")
    assert "billing" not in team["serves"]
    assert "sales" in team["serves"]
    tickets, bell = connector(as_boss, "tickets"), connector(as_boss, "bell")
    assert (tickets["serves"], tickets["after_hours"], tickets["fallback"]) == (["billing"], True, "desk")
    assert (bell["serves"], bell["notifies"], bell["state"]) == ([], True, "ok")
    assert (team["after_hours"], team["notifies"]) == (False, False)
    assert own(as_boss, "visitors") == {
        "name": "visitors",
        "set_up": True,
        "state": "ok",
        "waiting": 0,
        "waiting_since": None,
        "next_try_seconds": None,
        "last_error": None,
    }
    assert own(as_boss, "email")["set_up"] is (office.services.email is not None)
    assert (deliveries(as_boss)["dead_letters"], deliveries(as_boss)["dead_letters_total"]) == ([], 0)


def test_trouble_rest_and_back(as_boss: TestClient, office: Office) -> None:
    office["team"].failures = [NotYet("503 from there", 40.0)]
    office.hand_over()
    office.services.record([said("hello?")], "web")
    office.deliver()
    team = connector(as_boss, "team")
    assert (team["state"], team["failures"], team["waiting"]) == ("trouble", 1, 2)
    assert team["next_try_seconds"] == 40, "the line behind it is not what is tried next"
    assert (team["down_since"], team["last_error"]) == ("2026-11-23T10:00:00.000Z", "503 from there")
    assert team["waiting_since"] == "2026-11-23T10:00:00.000Z"

    office["team"].always = NotYet("down")
    office.clock.advance(40)
    for _ in range(10):
        office.deliver()
        office.clock.advance(1)
    team = connector(as_boss, "team")
    assert (team["state"], team["last_error"]) == ("resting", "down")
    assert team["open_until"] > "2026-11-23T10:00:50"
    assert team["next_try_seconds"] > 0

    office["team"].always = None
    office.later(30)
    team = connector(as_boss, "team")
    assert (team["state"], team["waiting"], team["down_since"]) == ("ok", 0, None)


def test_what_visitors_wait_for(as_boss: TestClient, as_jonas: TestClient, jonas: Agent, office: Office) -> None:
    handoff_id = hand_over_and_deliver(office)
    office.rasa.failures = [NotYet("Rasa restarts", 3.0)]
    office.services.claim(handoff_id, jonas.id)
    office.services.reply(handoff_id, jonas.id, "Hello", "r1")
    waiting = own(as_boss, "visitors")
    assert (waiting["state"], waiting["waiting"], waiting["next_try_seconds"]) == ("ok", 2, 0)
    office.deliver()
    waiting = own(as_boss, "visitors")
    assert (waiting["state"], waiting["waiting"], waiting["next_try_seconds"]) == ("trouble", 2, 3)
    assert (waiting["last_error"], waiting["waiting_since"]) == ("Rasa restarts", "2026-11-23T10:00:00.000Z")
    office.later(5)
    assert own(as_boss, "visitors")["waiting"] == 0


def test_what_waits_for_a_live_chat_that_is_no_longer_set_up(as_boss: TestClient, office: Office) -> None:
    handoff_id = hand_over_and_deliver(office)
    with office.services.uow.write() as tx:
        tx.outbox.add(
            target="connector:former",
            kind="close",
            conversation_id="c1",
            handoff_id=handoff_id,
            payload={"reason": "over"},
            dedupe_key="former",
            now=office.clock(),
        )
    former = connector(as_boss, "former")
    assert (former["state"], former["type"], former["waiting"], former["serves"]) == ("gone", None, 1, [])


def test_a_dead_letter_is_delivered_after_all(
    as_boss: TestClient, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[bool] = []
    monkeypatch.setattr(office.services, "on_outbox", lambda: woken.append(True))
    handoff_id = closing_fails(office)
    shown = deliveries(as_boss)
    (letter,) = shown["dead_letters"]
    assert shown["dead_letters_total"] == 1
    headline = office.services.desk.row(handoff_id).headline
    assert letter | {"id": 0} == {
        "id": 0,
        "target": "connector:team",
        "kind": "close",
        "conversation_id": "c1",
        "handoff_id": handoff_id,
        "headline": headline,
        "attempts": 1,
        "error": "403: the token may not close",
        "created_at": "2026-11-23T10:00:00.000Z",
        "can_retry": True,
        "why_not": None,
    }
    woken.clear()
    answer = post(as_boss, letter, "retry")
    assert (answer.status_code, answer.content) == (204, b"")
    assert woken == [True], "whoever pressed the button does not wait for the next look"
    assert deliveries(as_boss)["dead_letters"] == []
    assert connector(as_boss, "team")["waiting"] == 1
    office.deliver()
    assert office["team"].only().closed_because == "The visitor goes on with the assistant instead."
    assert office["team"].repeated[-1], "the live chat is told that it may have it already"
    (step,) = steps(office, handoff_id, "retried")
    assert step == {
        "name": "Mila Novak",
        "target": "connector:team",
        "what": "close",
        "error": "403: the token may not close",
    }
    assert error(post(as_boss, letter, "retry")) == (404, "not_found")
    assert error(post(as_boss, letter, "drop")) == (404, "not_found"), "it is delivered"
    assert len(steps(office, handoff_id, "retried")) == 1


def test_a_retry_that_fails_comes_back(as_boss: TestClient, office: Office) -> None:
    closing_fails(office)
    (letter,) = deliveries(as_boss)["dead_letters"]
    office["team"].failures = [Undeliverable("404: the room is gone", 404)]
    post(as_boss, letter, "retry")
    office.deliver()
    (again,) = deliveries(as_boss)["dead_letters"]
    assert (again["id"], again["attempts"], again["error"]) == (letter["id"], 2, "404: the room is gone")


def test_a_dead_letter_is_settled(as_boss: TestClient, boss: Agent, office: Office) -> None:
    handoff_id = closing_fails(office)
    (letter,) = deliveries(as_boss)["dead_letters"]
    assert post(as_boss, letter, "drop").status_code == 204
    assert deliveries(as_boss)["dead_letters"] == []
    (event,) = [one for one in office.services.desk.get(handoff_id).events if one.kind == "dropped"]
    assert (event.actor, event.data["name"], event.data["what"]) == (f"agent:{boss.id}", "Mila Novak", "close")
    office.later(60)
    assert office["team"].only().closed_because is None, "it is never delivered"
    assert error(post(as_boss, letter, "drop")) == (404, "not_found")
    assert error(post(as_boss, letter, "retry")) == (404, "not_found")


def test_two_teams_are_never_put_to_work_on_one_handoff(as_boss: TestClient, office: Office) -> None:
    office["team"].failures = [Undeliverable("401 from there", 401)]
    handoff_id = hand_over_and_deliver(office)
    assert office["second"].only().package["handoff_id"] == handoff_id
    (letter,) = deliveries(as_boss)["dead_letters"]
    assert letter["can_retry"] is False
    assert letter["why_not"] == "second has this handoff now, with everything that was said."
    assert error(post(as_boss, letter, "retry")) == (409, "overtaken")
    office.later(10)
    assert office["team"].chats == {}
    assert steps(office, handoff_id, "retried") == []
    assert post(as_boss, letter, "drop").status_code == 204


def test_what_is_over_is_not_opened_again(as_boss: TestClient, office: Office) -> None:
    office["team"].failures = [Undeliverable("401 from there", 401)]
    hand_over_and_deliver(office)
    office.services.cancel("c1")
    (letter,) = deliveries(as_boss)["dead_letters"]
    assert letter["why_not"] == "This handoff is over."


def test_a_mail_that_was_settled_still_counts_as_not_sent(
    as_boss: TestClient, as_jonas: TestClient, jonas: Agent, office: Office
) -> None:
    handoff_id = hand_over_and_deliver(office)
    office.services.claim(handoff_id, jonas.id)
    message, _ = office.services.reply(handoff_id, jonas.id, "Here it is.", "r1")
    with office.services.uow.write() as tx:
        tx.outbox.add(
            target="email",
            kind="reply",
            conversation_id="c1",
            handoff_id=handoff_id,
            payload={"to": "lea@example.org", "message_ids": [message.id]},
            dedupe_key="test",
            now=office.clock(),
        )
        (row,) = tx.outbox.take("email", office.clock(), office.clock(), 5)
        assert tx.outbox.bury(row, "550: no such mailbox")
    (letter,) = [one for one in deliveries(as_boss)["dead_letters"] if one["target"] == "email"]
    assert letter["can_retry"]
    assert post(as_boss, letter, "drop").status_code == 204
    answer = as_jonas.get(f"/api/handoffs/{handoff_id}")
    assert answer.status_code == 200, answer.text
    (shown,) = [one for one in answer.json()["messages"] if one["id"] == message.id]
    assert shown["delivery"]["email"] == "failed"


def test_what_belongs_to_no_handoff(as_boss: TestClient, office: Office) -> None:
    hand_over_and_deliver(office)
    with office.services.uow.write() as tx:
        for number in (1, 2):
            tx.outbox.add(
                target="email",
                kind="transcript",
                conversation_id=f"elsewhere-{number}",
                handoff_id=None if number == 1 else "erased",
                payload={"to": "lea@example.org", "up_to": 1},
                dedupe_key=f"transcript:{number}",
                now=office.clock(),
            )
        for row in tx.outbox.take("email", office.clock(), office.clock(), 5):
            tx.outbox.bury(row, "550")
    second, first = deliveries(as_boss)["dead_letters"]
    assert (first["handoff_id"], first["headline"]) == (None, None)
    assert (second["handoff_id"], second["headline"]) == ("erased", None)
    assert post(as_boss, first, "retry").status_code == 204
    assert post(as_boss, second, "drop").status_code == 204
    assert own(as_boss, "email")["waiting"] == 1
    with office.services.uow.read() as tx:
        assert tx.outbox.undelivered("email") == 1


def test_ids_that_are_none(as_boss: TestClient) -> None:
    for action in ("retry", "drop"):
        assert error(as_boss.post(f"/api/admin/deliveries/4711/{action}")) == (404, "not_found")
        for bad in ("0", "-1", "abc", "99999999999999999999"):
            assert error(as_boss.post(f"/api/admin/deliveries/{bad}/{action}")) == (400, "invalid_input"), bad


def test_only_administrators_with_the_token(as_boss: TestClient, as_jonas: TestClient, office: Office) -> None:
    closing_fails(office)
    (letter,) = deliveries(as_boss)["dead_letters"]
    assert error(as_jonas.get("/api/admin/deliveries")) == (403, "only_for_admins")
    as_boss.headers.pop("X-CSRF-Token")
    for action in ("retry", "drop"):
        assert error(post(as_jonas, letter, action)) == (403, "only_for_admins")
        assert error(post(as_boss, letter, action)) == (403, "forbidden")
    assert len(deliveries(as_boss)["dead_letters"]) == 1


def test_the_page_is_for_administrators(visitor: TestClient, as_jonas: TestClient, as_boss: TestClient) -> None:
    assert visitor.get("/desk/deliveries").headers["location"] == "/desk/login?next=/desk/deliveries"
    assert as_jonas.get("/desk/deliveries").status_code == 404
    page = as_boss.get("/desk/deliveries")
    assert page.status_code == 200
    assert 'href="/desk/deliveries"' in as_boss.get("/desk/admin").text


def test_rows_and_queues_say_where(as_jonas: TestClient, jonas: Agent, office: Office) -> None:
    handoff_id = hand_over_and_deliver(office)
    (row,) = as_jonas.get("/api/handoffs").json()["handoffs"]
    assert (row["connector"], row["claimable"]) == ("team", True)
    assert as_jonas.get(f"/api/handoffs/{handoff_id}").json()["handoff"]["connector"] == "team"
    taken = as_jonas.post(f"/api/handoffs/{handoff_id}/claim").json()["handoff"]
    assert (taken["connector"], taken["agent"]["name"]) == ("desk", "Jonas Weber")
    served = {queue["name"]: queue["connector"] for queue in as_jonas.get("/api/queues").json()["queues"]}
    assert (served["billing"], served["technical"], served["sales"]) == ("tickets", "desk", "team")
