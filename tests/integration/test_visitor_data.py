"""Export and erasure of one visitor: all that is theirs and nothing of others, in both databases and their files."""

from __future__ import annotations

import asyncio
import io
import json
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import URL, Engine, event, func, insert, inspect, make_url, select, text, update
from sqlalchemy.exc import ProgrammingError

from handoff import cli
from handoff.bootstrap import Services
from handoff.domain.conversion import Conversion, Source
from handoff.domain.errors import Conflict, NotFound, StorageUnavailable
from handoff.domain.model import Agent, Visitor
from handoff.persistence.engine import open_engine
from handoff.persistence.tables import agents, metadata, outbox, review_decisions
from handoff.persistence.tracker_rows import tracker_events
from handoff.persistence.visitor_rows import VISITOR_TABLES, count_rows
from handoff.persistence.wipe import rewrite
from handoff.privacy import commands, visitor_data
from handoff.privacy.visitor_data import VisitorData
from handoff.rasa.tracker_store import MaskingTrackerStore
from handoff.service.live_chats import target_of
from handoff.service.unseen_replies import EMAIL
from handoff.settings import Settings
from tests.conftest import Clock
from tests.integration.test_service import REQUEST, said
from tests.support.databases import postgres_database

ANNA, BORIS = "anna.jansen@example.org", "boris@example.org"
ANNAS, BORISS, MENTIONS = "anna-1", "boris-1", "mentions-1"
SECRET_WORDS = "The blue desk for my grandmother wobbles"
NOTE, COMMENT = "Anna sounded tired on the telephone", "Sanne was kind to me"
SERVER = Source.SERVER

Rows = dict[str, int]


@pytest.fixture(scope="session")
def rasas_server() -> Iterator[URL]:
    """One database on the server for Rasa's store."""
    with postgres_database() as url:
        yield make_url(url)


@pytest.fixture
def tracker_section(request: pytest.FixtureRequest, db_url: str) -> dict[str, Any]:
    """The section of endpoints.yml: Rasa's store is where the handoffs are, or where a test says."""
    section: dict[str, Any] = {"type": "handoff.rasa.tracker_store.MaskingTrackerStore"}
    if getattr(request, "param", db_url).startswith("sqlite"):
        return section | {"dialect": "sqlite", "db": "${TRACKER_DB}"}
    at: URL = request.getfixturevalue("rasas_server")
    engine = open_engine(at.render_as_string(hide_password=False))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS events, gone"))
    engine.dispose()
    keys = {"url": at.host, "port": at.port, "db": at.database, "username": at.username, "password": at.password}
    return section | {"dialect": "postgresql"} | {key: value for key, value in keys.items() if value}


@pytest.fixture
def environ(tmp_path: Path, db_url: str, tracker_section: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict:
    """What the programs find in their environment; also set for this process, where the command line reads it."""
    file = tmp_path / "endpoints.yml"
    file.write_text(yaml.safe_dump({"tracker_store": tracker_section}), encoding="utf-8")
    found = {
        "HANDOFF_VAR": str(tmp_path / "var"),
        "HANDOFF_DB_URL": db_url,
        "HANDOFF_ENDPOINTS": str(file),
        "TRACKER_DB": str(tmp_path / "rasa.db"),
    }
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(visitor_data, "SETTLE_SECONDS", 0.0)
    return found


@pytest.fixture
def services(environ: dict[str, str], db_url: str, clock: Clock) -> Iterator[Services]:
    """As elsewhere, on an SQLite that leaves the remains of what was deleted or changed, as many builds do."""
    engine = open_engine(db_url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", leave_remains)
    yield Services(Settings.load(environ=environ), engine, clock)
    engine.dispose()


@pytest.fixture
def tracker(environ: dict[str, str], tracker_section: dict[str, Any]) -> Iterator[MaskingTrackerStore]:
    """Rasa's store, made by Rasa's own code as Rasa makes it from that section."""
    keys = {key: value for key, value in tracker_section.items() if key not in ("type", "url")}
    if tracker_section["dialect"] == "sqlite":
        keys["db"] = environ["TRACKER_DB"]
    store = MaskingTrackerStore(tracker_section.get("url"), Domain.empty(), **keys)
    if store.engine.dialect.name == "sqlite":
        event.listen(store.engine, "connect", leave_remains)
        store.engine.dispose()
    yield store
    store.engine.dispose()


@pytest.fixture
def data(services: Services, tracker: MaskingTrackerStore, environ: dict[str, str]) -> Iterator[VisitorData]:
    opened = VisitorData.open(services.settings, environ)
    yield opened
    opened.close()


def leave_remains(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA secure_delete=OFF").close()


def rasa_hears(tracker: MaskingTrackerStore, conversation_id: str, words: str, address: str | None) -> None:
    talk = [UserUttered(words), SlotSet("email", address), BotUttered("I see.")]
    asyncio.run(tracker.save(DialogueStateTracker.from_events(conversation_id, talk)))


def live_through(services: Services, agent: Agent, conversation_id: str, address: str, words: str) -> str:
    """A conversation that leaves rows in every table; returns its closed handoff."""
    services.record([said(words, conversation=conversation_id)], "web")
    asked = replace(REQUEST, conversation_id=conversation_id, visitor=Visitor(name="A visitor", email=address))
    handoff_id = services.request(asked).handoff_id
    services.claim(handoff_id, agent.id)
    services.note(handoff_id, agent.id, f"{NOTE} {conversation_id}", f"note-{conversation_id}")
    services.typing_by_visitor(conversation_id, on=True)
    services.reply(handoff_id, agent.id, f"A new foot is on its way to you, {conversation_id}.", f"r-{conversation_id}")
    with services.uow.write() as tx:
        tx.links.begin(handoff_id, conversation_id, "team_chat", services.clock())
        link = tx.links.find(handoff_id, "team_chat")
        assert link is not None
        tx.links.remember(link.id, f"room of {conversation_id}", {"contact": address})
        tx.timers.set("test", tx.handoffs.get(handoff_id), services.clock(), services.clock())
        tx.outbox.add(
            target=EMAIL,
            kind="transcript_mail",
            conversation_id=conversation_id,
            handoff_id=None,
            payload={"to": address, "up_to": 2},
            dedupe_key=f"mail-{conversation_id}",
            now=services.clock(),
        )
        for target, payload in ((target_of("alerts"), {}), (target_of("team_chat"), {"reference": "an older room"})):
            tx.outbox.add(
                target=target,
                kind="notify",
                conversation_id=conversation_id,
                handoff_id=handoff_id,
                payload=payload,
                dedupe_key=f"{target}-{conversation_id}",
                now=services.clock(),
            )
        tx.connection.execute(update(outbox).values(attempts=1))
    services.resolve(handoff_id, agent.id)
    services.rate(conversation_id, handoff_id, 5, f"{COMMENT}, {conversation_id}")
    services.convert(Conversion(conversation_id, "order", f"order of {conversation_id}", services.clock(), SERVER))
    with services.uow.write() as tx:
        decided = {"message_id": f"m-{words}", "decision": "ignored", "at": services.clock()}
        tx.connection.execute(insert(review_decisions).values(conversation_id=conversation_id, **decided))
    return handoff_id


@pytest.fixture
def handoff_id(services: Services, tracker: MaskingTrackerStore, sanne: Agent) -> str:
    """Anna's and Boris's conversations, and one of somebody who only names Anna's address."""
    live_through(services, sanne, BORISS, BORIS, "Where is my chair?")
    rasa_hears(tracker, BORISS, "Where is my chair?", BORIS)
    services.record([said(f"my colleague is {ANNA.upper()}", conversation=MENTIONS)], "web")
    rasa_hears(tracker, MENTIONS, "hello", None)
    rasa_hears(tracker, ANNAS, SECRET_WORDS, ANNA)
    return live_through(services, sanne, ANNAS, ANNA, SECRET_WORDS)


def rows(engine: Engine, conversation_id: str) -> Rows:
    with engine.connect() as connection:
        return count_rows(connection, [conversation_id])


def rasa_count(tracker: MaskingTrackerStore, conversation_id: str) -> int:
    with tracker.engine.connect() as connection:
        query = select(func.count()).select_from(tracker_events).where(tracker_events.c.sender_id == conversation_id)
        return connection.execute(query).scalar_one()


def everything(engine: Engine) -> str:
    """All rows of all tables, as text."""
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        return "\n".join(
            repr(tuple(row)) for name in tables for row in connection.execute(text(f"SELECT * FROM {name}"))
        )


def bytes_of(engine: Engine) -> bytes:
    """What is in the files of an SQLite database, used or not."""
    assert engine.url.database
    path = Path(engine.url.database)
    return b"".join(one.read_bytes() for one in sorted(path.parent.glob(f"{path.name}*")))


ONE_KIND = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
"""For tests of what does not depend on the database."""


MIXED = [("sqlite", "sqlite"), ("postgresql", "postgresql"), ("postgresql", "sqlite")]
"""(handoffs, Rasa): all that is documented."""

# ---- every table is covered


def test_no_table_with_visitors_data_is_forgotten(services: Services) -> None:
    """Asked of the database itself: a table that belongs to a conversation or handoff must be among those erased."""
    covered = {table.name for table in VISITOR_TABLES}
    inspector = inspect(services.engine)
    for name in inspector.get_table_names():
        columns = {column["name"] for column in inspector.get_columns(name)}
        refers = {key["referred_table"] for key in inspector.get_foreign_keys(name)}
        belongs = columns & {"conversation_id", "handoff_id"} or refers & {"conversations", "handoffs", "messages"}
        assert not belongs or name in covered, f"{name} would be left behind by `handoff erase`"
    others = {table.name for table in metadata.sorted_tables} - covered
    harmless = {"agents", "agent_sessions", "canned_replies", "connector_health", "webhooks_received", "jobs"}
    proposals = {"review_changes"}  # of training data: examples without names and numbers, see docs/privacy.md
    assert others == harmless | proposals, (
        "a new table: either it has a conversation_id, or say here that it holds nothing about visitors"
    )


def test_the_story_of_these_tests_fills_every_table(services: Services, handoff_id: str) -> None:
    empty = [name for name, count in rows(services.engine, ANNAS).items() if not count]
    assert not empty, f"an erasure that forgot {empty} would go unnoticed"


# ---- export


def test_the_export_has_everything(services: Services, data: VisitorData, handoff_id: str, clock: Clock) -> None:
    found, document = data.export(ANNA.upper(), clock())
    assert found.conversation_ids == [ANNAS]
    assert found.mentioned_in == (MENTIONS,)
    assert (document["format"], document["who"]) == ("handoff.visitor/1", ANNA.upper())
    (one,) = document["conversations"]
    assert one["conversation"]["channel"] == "web"
    assert [message["text"] for message in one["messages"]][0] == SECRET_WORDS
    assert [message["seq"] for message in one["messages"]] == list(range(1, len(one["messages"]) + 1))
    (handoff,) = one["handoffs"]
    assert (handoff["id"], handoff["status"], handoff["agent"]) == (handoff_id, "resolved", "Sanne de Vries")
    assert handoff["package"]["visitor"]["email"] == ANNA
    assert {"claimed", "resolved"} & {step["kind"] for step in handoff["history"]}
    assert [(note["text"], note["agent"]) for note in handoff["notes"]] == [(f"{NOTE} {ANNAS}", "Sanne de Vries")]
    assert [(rating["score"], rating["comment"]) for rating in handoff["ratings"]] == [(5, f"{COMMENT}, {ANNAS}")]
    assert [(link["connector"], link["reference"]) for link in handoff["live_chats"]] == [
        ("team_chat", f"room of {ANNAS}")
    ]
    assert [mail["payload"]["to"] for mail in one["emails"]] == [ANNA]
    assert one["deliveries"]
    assert [(visit["messages"], visit["handoff_id"]) for visit in one["visits"]] == [(1, None)]
    assert [(row["name"], row["reference"]) for row in one["conversions"]] == [("order", f"order of {ANNAS}")]
    assert [row["decision"] for row in one["review_decisions"]] == ["ignored"]
    assert [event["event"] for event in one["rasa_events"]] == ["user", "slot", "bot"]
    assert one["rasa_events"][0]["text"] == SECRET_WORDS
    assert BORIS not in json.dumps(document)


def test_the_export_shows_every_row_of_every_table(services: Services, data: VisitorData, handoff_id: str) -> None:
    """Counted, so that a table that somebody adds cannot be missing."""
    _, document = data.export(ANNAS, services.clock())
    (one,) = document["conversations"]
    lists = [
        value
        for block in (one, *one["handoffs"])
        for key, value in block.items()
        if isinstance(value, list) and key != "rasa_events"
    ]
    shown = 1 + sum(map(len, lists))  # one is the conversation itself
    assert shown == sum(rows(services.engine, ANNAS).values())


@ONE_KIND
def test_two_exports_are_the_same(data: VisitorData, handoff_id: str, clock: Clock) -> None:
    assert data.export(ANNA, clock())[1] == data.export(ANNA, clock())[1]


def test_an_address_matches_as_a_whole(services: Services, data: VisitorData, handoff_id: str) -> None:
    for almost in (ANNA[1:], ANNA[:-1], ANNA.replace(".", "_"), "%", "jansen", "", "@"):
        with pytest.raises(NotFound):
            data.find(almost)


# ---- erase


@pytest.mark.parametrize(("db_url", "tracker_section"), MIXED, indirect=True)
def test_nothing_of_the_visitor_is_left_and_all_of_others(
    services: Services, tracker: MaskingTrackerStore, data: VisitorData, handoff_id: str
) -> None:
    # a package that was changed leaves its earlier self in the file
    services.leave_contact(ANNAS, {"phone": "+31 6 1234"})
    before = {one: (rows(services.engine, one), rasa_count(tracker, one)) for one in (BORISS, MENTIONS)}
    erased = data.erase(data.find(ANNA))
    assert all(erased.rows.values()), "each table had something"
    assert erased.rasa_events == 3
    assert not any(rows(services.engine, ANNAS).values())
    assert rasa_count(tracker, ANNAS) == 0
    assert {one: (rows(services.engine, one), rasa_count(tracker, one)) for one in (BORISS, MENTIONS)} == before
    traces = (ANNA, SECRET_WORDS, ANNAS, handoff_id)
    for engine in (services.engine, tracker.engine):
        left = everything(engine)
        assert BORIS in left, "what is searched is not empty"
        assert not [trace for trace in traces if trace in left]
        if engine.dialect.name == "sqlite":
            raw = bytes_of(engine)
            assert BORIS.encode() in raw
            assert not [trace for trace in traces if trace.encode() in raw]
    with pytest.raises(NotFound, match=MENTIONS):
        data.find(ANNA)
    with pytest.raises(NotFound, match="Nothing is stored about 'anna-1'"):
        data.find(ANNAS)


@ONE_KIND
def test_without_rewriting_the_bytes_would_stay(
    services: Services,
    tracker: MaskingTrackerStore,
    data: VisitorData,
    handoff_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That the test above can fail: deleting alone leaves the words in the file."""
    monkeypatch.setattr(visitor_data, "rewrite", lambda engine: None)
    monkeypatch.setattr(visitor_data, "prepare_erasure", lambda connection: None)
    data.erase(data.find(ANNA))
    assert SECRET_WORDS.encode() in bytes_of(services.engine)
    assert SECRET_WORDS.encode() in bytes_of(tracker.engine)


def test_all_conversations_of_an_address_go(
    services: Services, tracker: MaskingTrackerStore, data: VisitorData, handoff_id: str, sanne: Agent
) -> None:
    live_through(services, sanne, "anna-2", ANNA.title(), "It wobbles again")
    rasa_hears(tracker, "anna-2", "It wobbles again", None)
    found = data.find(ANNA)
    assert found.conversation_ids == [ANNAS, "anna-2"]
    data.erase(found)
    assert not any(rows(services.engine, "anna-2").values())
    assert rasa_count(tracker, "anna-2") == 0


def test_a_conversation_that_only_rasa_knows(tracker: MaskingTrackerStore, data: VisitorData, clock: Clock) -> None:
    rasa_hears(tracker, "shell-1", "hello from the terminal", None)
    _, document = data.export("shell-1", clock())
    (one,) = document["conversations"]
    assert (one["conversation"], len(one["rasa_events"])) == ({}, 3)
    assert data.erase(data.find("shell-1")).rasa_events == 3
    with pytest.raises(NotFound):
        data.find("shell-1")


def test_an_open_handoff_is_refused(
    services: Services, tracker: MaskingTrackerStore, data: VisitorData, handoff_id: str
) -> None:
    second = services.request(replace(REQUEST, conversation_id=ANNAS)).handoff_id
    before = rows(services.engine, ANNAS)
    with pytest.raises(Conflict, match=f"{second} is still open.*--open-too"):
        data.erase(data.find(ANNA))
    assert rows(services.engine, ANNAS) == before
    assert rasa_count(tracker, ANNAS) == 3
    data.erase(data.find(ANNA), open_too=True)
    assert not any(rows(services.engine, ANNAS).values())
    with pytest.raises(NotFound, match="erased"):
        services.desk.row(second)


def test_a_handoff_that_opens_between_question_and_answer_is_refused(
    services: Services, data: VisitorData, handoff_id: str
) -> None:
    found = data.find(ANNA)
    services.request(replace(REQUEST, conversation_id=ANNAS))
    with pytest.raises(Conflict, match="still open"):
        data.erase(found)
    assert all(rows(services.engine, ANNAS).values())


def test_a_failure_of_one_database_erases_in_neither(
    services: Services, tracker: MaskingTrackerStore, data: VisitorData, handoff_id: str
) -> None:
    before = rows(services.engine, ANNAS)
    found = data.find(ANNA)
    with tracker.engine.begin() as connection:
        connection.execute(text("ALTER TABLE events RENAME TO gone"))
    with pytest.raises((StorageUnavailable, ProgrammingError)):
        data.erase(found)
    assert rows(services.engine, ANNAS) == before


def test_a_turn_that_was_running_does_not_bring_the_conversation_back(
    tracker: MaskingTrackerStore, data: VisitorData, handoff_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rasa stores its whole copy when it finds nothing stored; the clock of this process is Rasa's."""
    running = asyncio.run(tracker.retrieve_full_tracker(ANNAS))
    assert running is not None

    def late(_: float) -> None:
        asyncio.run(tracker.save(running))
        assert rasa_count(tracker, ANNAS) == 3

    monkeypatch.setattr(visitor_data.time, "sleep", late)
    data.erase(data.find(ANNA))
    assert rasa_count(tracker, ANNAS) == 0


@ONE_KIND
def test_a_file_that_is_read_all_the_time_is_said(services: Services, handoff_id: str) -> None:
    reader = sqlite3.connect(str(services.engine.url.database))
    reader.execute("BEGIN").close()
    reader.execute("SELECT count(*) FROM messages").fetchall()
    fast = open_engine(str(services.engine.url))
    with fast.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=1")
    try:
        with pytest.raises(StorageUnavailable, match="remains can still be read.*VACUUM"):
            rewrite(fast, seconds=0.0)
    finally:
        reader.close()
    rewrite(fast)
    fast.dispose()


def test_the_visitor_starts_anew(services: Services, data: VisitorData, handoff_id: str) -> None:
    """Their token still opens the conversation, which is empty: the next word is its first."""
    data.erase(data.find(ANNA))
    services.visitor_here(ANNAS)
    assert not services.cancel(ANNAS)
    services.record([said("hello again", conversation=ANNAS)], "web")
    with services.uow.read() as tx:
        assert [(one.seq, one.text) for one in tx.messages.after(ANNAS, 0)] == [(1, "hello again")]
    assert services.request(replace(REQUEST, conversation_id=ANNAS)).created


# ---- the command line


def run(*arguments: str) -> int:
    return cli.main(list(arguments))


def test_export_by_command(handoff_id: str, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run("export", ANNA) == 0
    out, err = capsysbinary.readouterr()
    document = json.loads(out.decode("utf-8"))
    assert document["conversations"][0]["conversation_id"] == ANNAS
    assert f"{ANNA}: 1 conversation" in err.decode()
    assert f"NOT part of this, though the address occurs there: {MENTIONS}" in err.decode()
    file = tmp_path / "anna.json"
    assert run("export", ANNAS, "--out", str(file)) == 0
    assert json.loads(file.read_text(encoding="utf-8"))["conversations"] == document["conversations"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert run("export", ANNAS, "--out", str(file)) == 1
    assert b"exists already" in capsysbinary.readouterr().err


def test_erase_by_command(
    services: Services, tracker: MaskingTrackerStore, handoff_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("erase", ANNA, "--yes") == 0
    out = capsys.readouterr().out
    assert f"  {ANNAS} (web): 2026-11-23 10:00" in out
    assert "handoffs: resolved" in out
    assert f"  live chat 'team_chat': an older room, room of {ANNAS}\n" in out
    assert "  live chat 'alerts': look for the visitor there\n" in out
    assert "NOT erased: 1 e-mail in mailboxes" in out
    assert "Erased: " in out
    assert not any(rows(services.engine, ANNAS).values())
    assert rasa_count(tracker, ANNAS) == 0
    assert run("erase", ANNAS, "--yes") == 1
    assert "Nothing is stored about 'anna-1'" in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@ONE_KIND
@pytest.mark.parametrize(
    ("answer", "gone"), [("yes\n", True), ("YES\n", True), ("y\n", False), ("\n", False), ("", False)]
)
def test_a_terminal_is_asked(
    services: Services, handoff_id: str, monkeypatch: pytest.MonkeyPatch, answer: str, gone: bool
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    assert run("erase", ANNA) == (0 if gone else 1)
    assert any(rows(services.engine, ANNAS).values()) != gone


@ONE_KIND
def test_without_a_terminal_it_must_be_said(
    services: Services, handoff_id: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    assert run("erase", ANNA) == 1
    assert "no terminal to confirm it on. Add --yes" in capsys.readouterr().err
    assert all(rows(services.engine, ANNAS).values())


@ONE_KIND
def test_who_would_be_refused_anyway_is_not_asked(
    services: Services, handoff_id: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    services.request(replace(REQUEST, conversation_id=ANNAS))
    monkeypatch.setattr(commands, "_confirm", lambda yes: pytest.fail("asked"))
    assert run("erase", ANNA, "--yes") == 1
    assert "still open" in capsys.readouterr().err


@ONE_KIND
@pytest.mark.parametrize(
    ("section", "named"),
    [
        ({"type": "mongod", "url": "mongodb://db.internal"}, "is of type 'mongod'"),
        ({"type": "our.own.Store"}, "is of type 'our.own.Store'"),
        ({"type": "SQL", "dialect": "mysql", "url": "db.internal"}, "of the kind 'mysql'"),
        ({"type": "SQL", "db": ":memory:"}, "in Rasa's memory"),
        (None, "in Rasa's memory"),
    ],
)
def test_a_store_out_of_reach_is_said_before_anything_is_erased(
    services: Services,
    environ: dict[str, str],
    handoff_id: str,
    capsys: pytest.CaptureFixture[str],
    section: dict[str, str] | None,
    named: str,
) -> None:
    Path(environ["HANDOFF_ENDPOINTS"]).write_text(yaml.safe_dump({"tracker_store": section}), encoding="utf-8")
    for command in (["erase", ANNA, "--yes"], ["export", ANNA]):
        assert run(*command) == 1
        error = capsys.readouterr().err
        assert named in error
        assert "--without-rasa" in error
    assert all(rows(services.engine, ANNAS).values())
    assert run("erase", ANNA, "--yes", "--without-rasa") == 0
    assert "NOT erased: Rasa's tracker store" in capsys.readouterr().out
    assert not any(rows(services.engine, ANNAS).values())


@ONE_KIND
def test_a_tracker_that_rasa_has_not_made_yet(
    services: Services, environ: dict[str, str], sanne: Agent, capsys: pytest.CaptureFixture[str]
) -> None:
    live_through(services, sanne, ANNAS, ANNA, SECRET_WORDS)
    assert run("erase", ANNA, "--yes") == 0
    assert "Rasa's events 0" in capsys.readouterr().out
    assert not Path(environ["TRACKER_DB"]).exists()


@ONE_KIND
def test_agents_stay(services: Services, data: VisitorData, handoff_id: str) -> None:
    data.erase(data.find(ANNA))
    with services.uow.read() as tx:
        assert tx.connection.execute(select(agents.c.username)).scalars().all() == ["sanne"]
