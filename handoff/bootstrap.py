"""The only place where things are wired together. Every process builds its :class:`Services` here."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache

from sqlalchemy import Engine

from handoff.accounts import Accounts, LoginSessions, Presence
from handoff.connectors.desk import DeskConnector
from handoff.domain.errors import NotFound
from handoff.domain.model import ConversationState, HandoffOutcome, HandoffRequest, Message
from handoff.domain.rules import HandoffRules
from handoff.passwords import hash_password
from handoff.persistence.desk_queries import get_row, list_handoffs
from handoff.persistence.engine import open_engine
from handoff.persistence.schema import upgrade
from handoff.persistence.unit_of_work import SqlUnitOfWork
from handoff.rasa.client import RasaClient
from handoff.rules_file import load_rules
from handoff.service.agent_side import AgentSide
from handoff.service.desk_view import HandoffDetail, HandoffRow
from handoff.service.details import AddDetails
from handoff.service.dispatch import Dispatcher
from handoff.service.ports import Change
from handoff.service.record import RecordMessage
from handoff.service.request import RequestHandoff
from handoff.settings import OWNER_ONLY, Settings
from handoff.texts import ResponseTexts

FIRST_AGENTS = (
    ("sanne", "Sanne de Vries", "admin", ()),
    ("jonas", "Jonas Weber", "agent", ()),
    ("amira", "Amira Haddad", "agent", ()),
)
"""(username, display name, role, topics) of the accounts that a fresh installation gets, with generated passwords."""

PASSWORD_BYTES = 9  # 72 random bits: too many to guess, short enough to type once
FIRST_AGENTS_FILE = "first-agents.txt"


def utc_now() -> datetime:
    """The time, timezone-aware."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class DeskQueries:
    """Reads for the desk."""

    uow: SqlUnitOfWork

    def list(self, status: str = "open", queue: str | None = None, agent_id: str | None = None) -> list[HandoffRow]:
        """The queue; see :func:`handoff.persistence.desk_queries.list_handoffs`."""
        with self.uow.read() as tx:
            return list_handoffs(tx.connection, status, queue, agent_id)

    def row(self, handoff_id: str) -> HandoffRow:
        """One row, or NotFound."""
        with self.uow.read() as tx:
            row = get_row(tx.connection, handoff_id)
        if row is None:
            raise NotFound(f"There is no handoff {handoff_id}. It may have been erased; go back to the queue.")
        return row

    def get(self, handoff_id: str) -> HandoffDetail:
        """One handoff with everything about it, or NotFound."""
        row = self.row(handoff_id)
        with self.uow.read() as tx:
            return HandoffDetail(
                handoff=row,
                package=tx.handoffs.get(handoff_id).package,
                messages=tx.messages.after(row.conversation_id, 0),
                events=tx.events.of_handoff(handoff_id),
            )


@dataclass(frozen=True)
class Changes:
    """What happened since; for live screens."""

    uow: SqlUnitOfWork

    def latest(self) -> int:
        """Cursor of now."""
        with self.uow.read() as tx:
            return tx.events.latest()

    def since(self, cursor: int) -> list[Change]:
        """Changes after ``cursor``."""
        with self.uow.read() as tx:
            return tx.events.since(cursor)


class Services:
    """All use cases of one process, on one database."""

    def __init__(self, settings: Settings, engine: Engine, clock: Callable[[], datetime] = utc_now) -> None:
        self.settings = settings
        self.engine = engine
        self.clock = clock
        self.uow = SqlUnitOfWork(engine)
        self.desk = DeskQueries(self.uow)
        self.changes = Changes(self.uow)
        self.presence = Presence(self.uow, clock)
        self.sessions = LoginSessions(self.uow, clock, settings.session_hours)
        self.on_outbox: Callable[[], None] = lambda: None
        """Called when this process put something into the outbox; the desk wakes its dispatcher with it."""
        self.deliveries_stuck_for: Callable[[], float] = lambda: 0.0
        """Seconds since deliveries last made progress; set by the process that delivers."""

    @cached_property
    def rules(self) -> HandoffRules:
        """What ``handoff.yml`` says."""
        return load_rules(self.settings.rules_file)

    @cached_property
    def record(self) -> RecordMessage:
        """See :class:`handoff.service.record.RecordMessage`."""
        return RecordMessage(self.uow, self.rules, self.clock)

    @cached_property
    def add_contact(self) -> AddDetails:
        """See :class:`handoff.service.details.AddDetails`."""
        return AddDetails(self.uow, self.rules, self.clock)

    @cached_property
    def agents(self) -> Accounts:
        """Accounts of agents."""
        return Accounts(self.uow, self.clock, decoy_hash=hash_password(secrets.token_urlsafe(PASSWORD_BYTES)))

    @cached_property
    def texts(self) -> ResponseTexts:
        """What visitors hear from elsewhere than Rasa's own turn."""
        return ResponseTexts(self.settings.root / "data" / "responses")

    @cached_property
    def _agent_side(self) -> AgentSide:
        return AgentSide(self.uow, self.rules, self.texts, self.clock)

    def request(self, request: HandoffRequest) -> HandoffOutcome:
        """See :class:`handoff.service.request.RequestHandoff`."""
        return RequestHandoff(self.uow, self.rules, self.clock, self.settings.desk_url)(request)

    def state(self, conversation_id: str) -> ConversationState:
        """Who owns a conversation."""
        with self.uow.read() as tx:
            return tx.conversations.state(conversation_id)

    def claim(self, handoff_id: str, agent_id: str) -> HandoffRow:
        """See :meth:`handoff.service.agent_side.AgentSide.claim`."""
        self._agent_side.claim(handoff_id, agent_id)
        return self._after_change(handoff_id)

    def reply(self, handoff_id: str, agent_id: str, text: str, client_message_id: str) -> tuple[Message, bool]:
        """See :meth:`handoff.service.agent_side.AgentSide.reply`."""
        result = self._agent_side.reply(handoff_id, agent_id, text, client_message_id)
        self.on_outbox()
        return result

    def resolve(self, handoff_id: str, agent_id: str) -> HandoffRow:
        """See :meth:`handoff.service.agent_side.AgentSide.resolve`."""
        self._agent_side.resolve(handoff_id, agent_id)
        return self._after_change(handoff_id)

    def hand_back(self, handoff_id: str, agent_id: str) -> HandoffRow:
        """See :meth:`handoff.service.agent_side.AgentSide.hand_back`."""
        self._agent_side.hand_back(handoff_id, agent_id)
        return self._after_change(handoff_id)

    def dispatcher(self) -> Dispatcher:
        """What works off the outbox."""
        rasa = RasaClient(self.settings.rasa_url, self.settings.rasa_auth_token)
        return Dispatcher(self.uow, rasa, {"desk": DeskConnector()}, self.clock)

    def _after_change(self, handoff_id: str) -> HandoffRow:
        self.on_outbox()
        return self.desk.row(handoff_id)


def build_services(settings: Settings) -> Services:
    """Open the database, bring it to the version of this code, and wire the use cases.

    Raises:
        ConfigurationError: the database address is wrong.
        StorageUnavailable: the database does not answer.
    """
    engine = open_engine(settings.db_url)
    upgrade(engine)
    return Services(settings, engine)


@lru_cache(maxsize=1)
def process_services() -> Services:
    """The services of this process, built on first use; for code that Rasa creates and that gets no arguments."""
    return build_services(Settings.load())


@lru_cache(maxsize=1)
def process_rules() -> HandoffRules:
    """What ``handoff.yml`` says, for code that Rasa creates and that has to decide also when no database answers."""
    return load_rules(Settings.load().rules_file)


def ensure_first_agents(services: Services) -> list[tuple[str, str]]:
    """Give a fresh installation its first accounts; (username, password) of each, kept in ``var`` for its owner only.

    Once the file is deleted the passwords are nowhere any more, and this returns nothing.
    """
    path = services.settings.var_dir / FIRST_AGENTS_FILE
    if services.agents.count() == 0:
        created = []
        for username, display_name, role, topics in FIRST_AGENTS:
            password = secrets.token_urlsafe(PASSWORD_BYTES)
            created.append((username, password))
            services.agents.create(username, display_name, password, role=role, topics=topics)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(f"{username} {password}\n" for username, password in created)
        return created
    if not path.exists():
        return []
    pairs = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [(username, password) for username, password in pairs]
