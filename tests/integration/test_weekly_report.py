"""The weekly report: right numbers, a page that mail programs can show, and one e-mail a week whatever happens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from handoff import cli
from handoff.bootstrap import Services
from handoff.domain.model import Agent
from handoff.domain.weekly_report import ReportRules
from handoff.mail.report import REPORT_MAIL
from handoff.persistence.tables import outbox
from tests.conftest import Clock
from tests.integration.test_mail import settings_for
from tests.integration.test_visits import DELIVERY, Visitor
from tests.support.smtp_server import SmtpServer

MONDAY = date(2026, 11, 16)  # of the week before that of the tests' clock
MILA, TOM = "mila@fernway.example", "tom@fernway.example"
DAY, HOUR = 24 * 60 * 60, 60 * 60
ONE_DATABASE = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)


@pytest.fixture
def services(db_url: str, services: Services) -> Services:
    """Mila and Tom get the report on Mondays at eight; it is Monday, eleven o'clock in Amsterdam."""
    services.rules = replace(services.rules, metrics=replace(services.rules.metrics, report=ReportRules((MILA, TOM))))
    return services


@pytest.fixture
def smtp(tmp_path: Path, services: Services) -> Iterator[SmtpServer]:
    with SmtpServer(tmp_path) as server:
        services.email = settings_for(server)
        yield server


def a_week(services: Services, clock: Clock, agent: Agent) -> None:
    """Six visits in the week before, one of them handed over, and one visit in the week before that."""
    clock.now = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
    Visitor(services, clock, "earlier").says(DELIVERY)
    clock.now = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
    for number in range(3):
        Visitor(services, clock, f"helped-{number}").says(DELIVERY)
    for number in range(2):
        asks = Visitor(services, clock, f"unanswered-{number}")
        asks.says("nlu_fallback")
    wants = Visitor(services, clock, "wants")
    wants.says(DELIVERY)
    handoff_id = wants.asks_for_a_person()
    services.claim(handoff_id, agent.id)
    clock.advance(119)
    services.reply(handoff_id, agent.id, "Tomorrow.", "r1")
    services.resolve(handoff_id, agent.id)
    clock.now = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def queued(services: Services) -> list[dict[str, Any]]:
    with services.uow.read() as tx:
        query = select(outbox.c.payload).where(outbox.c.kind == REPORT_MAIL).order_by(outbox.c.id)
        return list(tx.connection.execute(query).scalars())


def lines(text: str) -> list[str]:
    return [line.strip().replace("\u00a0", " ") for line in text.splitlines() if line.strip()]


# ---- what is in it


def test_the_numbers_of_one_week_beside_the_one_before(services: Services, clock: Clock, sanne: Agent) -> None:
    a_week(services, clock, sanne)
    letter = services.weekly_letter(MONDAY)
    assert letter.subject == "Your assistant in week 47, 16 to 22 November 2026"
    said = lines(letter.text)
    assert said[0] == "Week 47: 16 to 22 November 2026"
    assert said[1] == (
        "6 visits, 1 in the week before. 17 % of them were handed to a person; of those with a question the assistant "
        "answered 50 % by itself."
    )
    for line in (
        "Visits: 6, +500 %",
        "Handed over: 17 % (1 of 6), +17 points, may be chance",
        "First reply, typical: 2 min (from 1)",
        "Not understood: 33 % (2 of 6), +33 points, may be chance",
        "Tuesday: visits 6, handoffs 1",
        "Asked for a person: 1",
        "2 times: nlu_fallback",
        "2 messages were not understood, and 0 answers were probably wrong. Teach the assistant what to say.",
        "Open the review: http://127.0.0.1:8080/desk/review?from=2026-11-16&to=2026-11-22",
    ):
        assert line in said, said


@ONE_DATABASE
def test_a_week_without_visitors_says_so(services: Services) -> None:
    letter = services.weekly_letter(MONDAY)
    assert "Nobody wrote to the assistant in this week." in letter.text
    assert "What to do next" not in letter.text


@ONE_DATABASE
def test_it_is_one_file_that_loads_and_runs_nothing(services: Services, clock: Clock, sanne: Agent) -> None:
    clock.now = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
    nasty = Visitor(services, clock)
    nasty.says("<script>alert(1)</script> anna@example.org 0612345678", in_form=False)
    with services.uow.write() as tx:
        tx.connection.exec_driver_sql("UPDATE messages SET outcome = 'not_understood' WHERE sender = 'visitor'")
    page = services.weekly_letter(MONDAY).html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; [e-mail] [number]" in page
    assert not re.search(r"<script|<link|<img|<iframe|<svg|@import|url\(|javascript:| on\w+=", page)
    addresses = set(re.findall(r'(?:href|src)="([^"?]+)', page))
    assert {address.split("/desk/")[0] for address in addresses} == {"http://127.0.0.1:8080"}


# ---- once a week


def test_it_is_put_on_its_way_once(services: Services, clock: Clock) -> None:
    assert services.weekly_report.run_once() == 0, "the first one comes with the next Monday"
    clock.advance(7 * DAY - 4 * HOUR)
    assert services.weekly_report.run_once() == 0, "it is Monday, seven o'clock"
    clock.advance(HOUR)
    assert services.weekly_report.run_once() == 2
    assert [services.weekly_report.run_once() for _ in range(3)] == [0, 0, 0]
    assert [payload["to"] for payload in queued(services)] == [MILA, TOM]
    assert {payload["week"] for payload in queued(services)} == {"2026-11-23"}
    clock.advance(7 * DAY)
    assert services.weekly_report.run_once() == 2


def test_two_processes_do_not_send_it_twice(services: Services, clock: Clock) -> None:
    services.weekly_report.run_once()
    clock.advance(7 * DAY)
    with ThreadPoolExecutor(8) as pool:
        sent = sum(pool.map(lambda _: services.weekly_report.run_once(), range(16)))
    assert sent == 2
    assert len(queued(services)) == 2


@ONE_DATABASE
def test_what_was_due_while_nothing_ran_is_made_up_for_once(services: Services, clock: Clock) -> None:
    services.weekly_report.run_once()
    clock.advance(16 * DAY)  # two Mondays later it is Wednesday
    assert services.weekly_report.run_once() == 2
    assert {payload["week"] for payload in queued(services)} == {"2026-11-30"}
    restarted = Services(services.settings, services.engine, clock)
    restarted.rules = services.rules
    assert restarted.weekly_report.run_once() == 0


@ONE_DATABASE
def test_nobody_is_written_to_who_was_not_named(services: Services, clock: Clock) -> None:
    services.rules = replace(services.rules, metrics=replace(services.rules.metrics, report=None))
    for _ in range(3):
        assert services.weekly_report.run_once() == 0
        clock.advance(7 * DAY)


# ---- by e-mail


def test_it_arrives_as_a_page_and_as_text(services: Services, clock: Clock, sanne: Agent, smtp: SmtpServer) -> None:
    services.weekly_report.run_once()
    a_week(services, clock, sanne)
    clock.now = datetime(2026, 11, 23, 10, 0, tzinfo=UTC) + timedelta(days=7)
    assert services.weekly_report.run_once() == 2
    while services.mail_dispatcher().run_once():
        pass
    received = {one.recipient: one.message for one in smtp.wait_for(2)}
    assert set(received) == {MILA, TOM}
    message = received[MILA]
    assert message["Subject"] == "Your assistant in week 48, 23 to 29 November 2026"
    assert message["Date"].startswith("Mon, 30 Nov 2026 07:00:00")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] != received[TOM]["Message-ID"]
    text, page = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert page is not None
    assert text.get_content().splitlines()[0] == "Week 48: 23 to 29 November 2026"
    assert "<h1>Week 48: 23 to 29 November 2026</h1>" in page.get_content()


@ONE_DATABASE
def test_a_mail_server_that_is_busy_gets_the_same_e_mail_later(
    services: Services, clock: Clock, smtp: SmtpServer
) -> None:
    services.weekly_report.run_once()
    clock.advance(7 * DAY)
    services.weekly_report.run_once()
    smtp.refused = {MILA}
    smtp.busy = 2
    services.mail_dispatcher().run_once()
    assert smtp.messages == []
    clock.advance(HOUR)
    services.mail_dispatcher().run_once()
    assert [one.recipient for one in smtp.wait_for(1)] == [TOM], "Mila's is refused for good, and holds up nobody"
    with services.uow.read() as tx:
        (dead,) = tx.outbox.dead_letters(limit=10)
    assert (dead.kind, dead.conversation_id) == (REPORT_MAIL, f"weekly_report:{MILA}")


# ---- by hand


@pytest.fixture
def command(services: Services, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("handoff.bootstrap.build_services", lambda settings: services)
    return lambda *arguments: cli.main(["report", *arguments])


@ONE_DATABASE
def test_the_command_writes_a_file(command: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "reports" / "week.html"
    assert command("--out", str(file)) == 0
    assert "<h1>Week 47: 16 to 22 November 2026</h1>" in file.read_text(encoding="utf-8")
    assert str(file) in capsys.readouterr().out
    assert command("--out", str(file), "--week", "2026-11-08") == 0
    assert "Week 45: 2 to 8 November 2026" in file.read_text(encoding="utf-8")


@ONE_DATABASE
def test_the_command_sends_it_now(command: Any, smtp: SmtpServer, capsys: pytest.CaptureFixture[str]) -> None:
    smtp.refused = {TOM}
    assert command("--email") == 1
    assert [one.recipient for one in smtp.wait_for(1)] == [MILA]
    said = capsys.readouterr().out
    assert f"{MILA}: sent" in said
    assert f"{TOM}: NOT sent: The mail server" in said


@ONE_DATABASE
def test_the_command_says_what_is_missing(
    command: Any, services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    services.email = None
    assert command("--week", "yesterday") == 1
    assert command("--week", "2026-12-08") == 1
    assert command("--out", str(tmp_path)) == 1
    assert command("--email") == 1
    services.rules = replace(services.rules, metrics=replace(services.rules.metrics, report=None))
    assert command("--email") == 1
    said = capsys.readouterr().err
    for part in ("--week yesterday", "has not begun", "cannot be written", "no section email", "metrics.report.to"):
        assert part in said
