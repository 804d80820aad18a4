"""Replies to a visitor who has left: by e-mail through a real mail server, once, and the desk knows how it went."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
import yaml

from handoff.bootstrap import Services
from handoff.domain.model import Agent, Visitor
from handoff.persistence.engine import open_engine
from handoff.service.retry import MAIL_POLICY
from handoff.service.unseen_replies import BATCH_SECONDS
from handoff.settings import Settings
from tests.conftest import ROOT, Clock
from tests.integration.conftest import PASSWORD
from tests.integration.test_dispatch import FakeRasa
from tests.integration.test_lifecycle import sweep
from tests.integration.test_service import REQUEST, said
from tests.support.smtp_server import SmtpServer

LEFT_ADDRESS = replace(REQUEST, visitor=Visitor(name="Tom Bakker", email="tom@example.org"))

MOST_ATTEMPTS = MAIL_POLICY.most_attempts or 0


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[SmtpServer]:
    with SmtpServer(tmp_path, tls="none") as server:
        yield server


@pytest.fixture
def services(db_url: str, tmp_path: Path, clock: Clock, mail: SmtpServer) -> Iterator[Services]:
    """As elsewhere, with e-mail set up."""
    endpoints = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
    endpoints["email"] = {
        "host": "127.0.0.1",
        "port": mail.port,
        "security": "none",
        "from": "Fernway <help@fernway.example>",
    }
    file = tmp_path / "endpoints.yml"
    file.write_text(yaml.safe_dump(endpoints), encoding="utf-8")
    environ = {"HANDOFF_VAR": str(tmp_path / "var"), "HANDOFF_DB_URL": db_url, "HANDOFF_ENDPOINTS": str(file)}
    engine = open_engine(db_url)
    yield Services(Settings.load(environ=environ), engine, clock)
    engine.dispose()


@pytest.fixture
def sanne(services: Services) -> Agent:
    return services.agents.create("sanne", "Sanne de Vries", PASSWORD)


def in_conversation(services: Services, sanne: Agent) -> str:
    services.record([said("where is my order?")], "web")
    handoff_id = services.request(LEFT_ADDRESS).handoff_id
    services.claim(handoff_id, sanne.id)
    return handoff_id


def deliver(services: Services) -> None:
    chat = replace(services.dispatcher(FakeRasa()), jitter=lambda: 1.0)
    mail = replace(services.mail_dispatcher(), jitter=lambda: 1.0)
    while chat.run_once() + mail.run_once():
        pass


def body(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def kinds(services: Services, handoff_id: str) -> list[str]:
    return [event.kind for event in services.desk.get(handoff_id).events]


def test_who_has_left_gets_one_email_with_what_was_said(
    services: Services, sanne: Agent, clock: Clock, mail: SmtpServer
) -> None:
    handoff_id = in_conversation(services, sanne)
    services.reply(handoff_id, sanne.id, "It left this morning.", "r1")
    services.reply(handoff_id, sanne.id, "It arrives on Wednesday.", "r2")
    clock.advance(BATCH_SECONDS)
    sweep(services)
    deliver(services)
    [received] = mail.wait_for(1)
    text = body(received.message)
    assert text.index("It left this morning.") < text.index("It arrives on Wednesday.")
    assert "> " in text
    assert "where is my order?" in text
    assert "Sanne de Vries (Fernway)" in str(received.message["From"])
    assert "emailed" in kinds(services, handoff_id)

    services.reply(handoff_id, sanne.id, "One more thing.", "r3")
    clock.advance(BATCH_SECONDS)
    sweep(services)
    deliver(services)
    second = mail.wait_for(2)[1]
    assert "It left this morning." not in body(second.message).split("> ")[0], "what was sent is not sent again"
    assert received.message["Message-ID"] in str(second.message["References"]), "both are one thread"


def test_what_was_seen_in_the_chat_is_not_sent(
    services: Services, sanne: Agent, clock: Clock, mail: SmtpServer
) -> None:
    handoff_id = in_conversation(services, sanne)
    services.visitor_here("c1")
    message, _ = services.reply(handoff_id, sanne.id, "It left this morning.", "r1")
    services.seen_by_visitor("c1", message.seq)
    clock.advance(600)
    sweep(services)
    deliver(services)
    assert "emailed" not in kinds(services, handoff_id)
    assert mail.messages == []


def test_a_page_that_is_open_but_not_looked_at_gets_an_email_after_a_while(
    services: Services, sanne: Agent, clock: Clock, mail: SmtpServer
) -> None:
    handoff_id = in_conversation(services, sanne)
    services.visitor_here("c1")
    services.reply(handoff_id, sanne.id, "It left this morning.", "r1")
    services.resolve(handoff_id, sanne.id)
    clock.advance(60)
    sweep(services)
    assert "emailed" not in kinds(services, handoff_id)
    clock.advance(61)
    sweep(services)
    deliver(services)
    assert len(mail.wait_for(1)) == 1, "also after the handoff is over"


def test_a_channel_that_shows_nothing_is_answered_by_email(
    services: Services, sanne: Agent, clock: Clock, mail: SmtpServer
) -> None:
    handoff_id = services.request(replace(LEFT_ADDRESS, channel="rest")).handoff_id
    services.claim(handoff_id, sanne.id)
    services.reply(handoff_id, sanne.id, "It left this morning.", "r1")
    clock.advance(BATCH_SECONDS)
    sweep(services)
    deliver(services)
    assert "It left this morning." in body(mail.wait_for(1)[0].message)


def test_a_refused_address_is_told_to_the_desk(
    services: Services, sanne: Agent, clock: Clock, mail: SmtpServer
) -> None:
    mail.refused.add("tom@example.org")
    handoff_id = in_conversation(services, sanne)
    services.reply(handoff_id, sanne.id, "It left this morning.", "r1")
    clock.advance(BATCH_SECONDS)
    sweep(services)
    deliver(services)
    failed = [event for event in services.desk.get(handoff_id).events if event.kind == "email_failed"]
    assert failed[0].data["to"] == "tom@example.org"
    assert "550" in failed[0].data["error"]


def test_a_server_that_is_busy_is_asked_again_and_not_for_ever(
    services: Services, sanne: Agent, clock: Clock, mail: SmtpServer
) -> None:
    mail.busy = 3
    handoff_id = in_conversation(services, sanne)
    services.reply(handoff_id, sanne.id, "It left this morning.", "r1")
    clock.advance(BATCH_SECONDS)
    sweep(services)
    for _ in range(4):
        deliver(services)
        clock.advance(60)
    assert len(mail.wait_for(1)) == 1

    mail.busy = 10 * MOST_ATTEMPTS
    services.reply(handoff_id, sanne.id, "Are you still there?", "r2")
    clock.advance(BATCH_SECONDS)
    sweep(services)
    for _ in range(MOST_ATTEMPTS):
        deliver(services)
        clock.advance(700)
    assert kinds(services, handoff_id)[-1] == "email_failed"


def test_a_transcript_is_sent_where_the_visitor_says(services: Services, sanne: Agent, mail: SmtpServer) -> None:
    handoff_id = in_conversation(services, sanne)
    services.note(handoff_id, sanne.id, "sounds nervous", "n1")
    services.send_transcript("c1", "tom.private@example.org")
    deliver(services)
    [received] = mail.wait_for(1)
    assert received.recipient == "tom.private@example.org"
    assert "where is my order?" in body(received.message)
    assert "nervous" not in body(received.message)
