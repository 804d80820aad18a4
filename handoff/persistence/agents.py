"""Agents, when they were last seen, and their login sessions."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from handoff.domain.model import Agent, Presence
from handoff.persistence.insert_new import insert_new
from handoff.persistence.tables import agent_sessions, agents

ADMIN = "admin"
"""The role that may manage accounts."""
AGENT = "agent"
NO_PASSWORD = "-"  # no hash at all, so that no password fits; who works in a live chat never logs in here
THEIR_ID_LENGTH = 24  # characters of a hash, so that any id of any live chat fits into the column; 96 bits


@dataclass(frozen=True)
class Session:
    """A login: whose, and the token that pages must send along when they change something."""

    agent: Agent
    csrf: str


# Built once: it runs with each request, and building a statement costs more than running it.
_SESSION = (
    select(agents, agent_sessions.c.csrf)
    .join(agent_sessions, agents.c.id == agent_sessions.c.agent_id)
    .where(
        agent_sessions.c.token_hash == bindparam("token"),
        agent_sessions.c.expires_at >= bindparam("now"),
        agents.c.active,
    )
)


class AgentStore:
    """See :class:`handoff.service.ports.Agents`; the rest is for logging in."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, agent: Agent, password_hash: str, now: datetime) -> None:
        """Store a new agent."""
        self._connection.execute(
            insert(agents).values(
                id=agent.id,
                username=agent.username,
                display_name=agent.display_name,
                role=agent.role,
                topics=list(agent.topics),
                password_hash=password_hash,
                created_at=now,
            )
        )

    def get(self, agent_id: str) -> Agent | None:
        """The agent with this id."""
        row = self._connection.execute(select(agents).where(agents.c.id == agent_id)).first()
        return _agent(row) if row else None

    def by_username(self, username: str) -> tuple[Agent, str] | None:
        """(agent, password hash) of a username of the desk, whatever its case."""
        row = self._connection.execute(
            select(agents).where(agents.c.username == username.strip().lower(), agents.c.connector.is_(None))
        ).first()
        return (_agent(row), row.password_hash) if row else None

    def set_password(self, agent_id: str, password_hash: str) -> None:
        """Replace the stored hash."""
        self._connection.execute(update(agents).where(agents.c.id == agent_id).values(password_hash=password_hash))

    def of_live_chat(self, connector: str, their_id: str, name: str, now: datetime) -> Agent:
        """The agent of a live chat, made known on first sight; a changed name is taken over."""
        username = f"{connector}:{hashlib.sha256(their_id.encode()).hexdigest()[:THEIR_ID_LENGTH]}"
        insert_new(
            self._connection,
            agents,
            id=str(uuid.uuid4()),
            username=username,
            display_name=name,
            role=AGENT,
            topics=[],
            password_hash=NO_PASSWORD,
            created_at=now,
            presence=Presence.ONLINE.value,
            active=True,
            connector=connector,
        )
        row = self._connection.execute(select(agents).where(agents.c.username == username)).one()
        if row.display_name != name:
            self.update(row.id, display_name=name)
        return replace(_agent(row), display_name=name)

    def all(self) -> list[Agent]:
        """Every account of the desk, also closed ones, by name."""
        rows = self._connection.execute(select(agents).where(agents.c.connector.is_(None)))
        return sorted(map(_agent, rows), key=lambda agent: (agent.display_name.casefold(), agent.username))

    def update(self, agent_id: str, **changes: Any) -> None:
        """Change columns of an account."""
        self._connection.execute(update(agents).where(agents.c.id == agent_id).values(**changes))

    def lock_admins(self) -> set[str]:
        """Ids of the administrators whose accounts are open; until this transaction ends nobody else changes them."""
        rows = self._connection.execute(
            select(agents.c.id).where(agents.c.role == ADMIN, agents.c.active).order_by(agents.c.id).with_for_update()
        )
        return set(rows.scalars())

    def count(self) -> int:
        """How many accounts of the desk there are."""
        query = select(func.count()).select_from(agents).where(agents.c.connector.is_(None))
        return self._connection.execute(query).scalar_one()

    def seen(self, agent_id: str, now: datetime) -> None:
        """The agent's desk was heard from."""
        self._connection.execute(update(agents).where(agents.c.id == agent_id).values(last_seen_at=now))

    def online(self, since: datetime) -> Iterable[Agent]:
        """Agents whose desk was heard from since then, and who did not say that they are away."""
        rows = self._connection.execute(
            select(agents).where(
                agents.c.last_seen_at >= since, agents.c.presence == Presence.ONLINE.value, agents.c.active
            )
        )
        return [_agent(row) for row in rows]

    def set_presence(self, agent_id: str, presence: Presence) -> None:
        """What the agent says of being there."""
        self._connection.execute(update(agents).where(agents.c.id == agent_id).values(presence=presence.value))

    def start_session(self, token_hash: str, agent_id: str, csrf: str, now: datetime, expires_at: datetime) -> None:
        """Store a login and drop those that ended."""
        self._connection.execute(delete(agent_sessions).where(agent_sessions.c.expires_at < now))
        self._connection.execute(
            insert(agent_sessions).values(
                token_hash=token_hash, agent_id=agent_id, csrf=csrf, created_at=now, expires_at=expires_at
            )
        )

    def find_session(self, token_hash: str, now: datetime) -> Session | None:
        """The login, unless it ended or the account is closed."""
        row = self._connection.execute(_SESSION, {"token": token_hash, "now": now}).first()
        return Session(_agent(row), row.csrf) if row else None

    def end_session(self, token_hash: str) -> None:
        """Log out."""
        self._connection.execute(delete(agent_sessions).where(agent_sessions.c.token_hash == token_hash))

    def end_sessions_of(self, agent_id: str, keep: str | None = None) -> None:
        """Log an agent out everywhere; ``keep`` is the hash of a token that stays."""
        ended = delete(agent_sessions).where(agent_sessions.c.agent_id == agent_id)
        if keep is not None:
            ended = ended.where(agent_sessions.c.token_hash != keep)
        self._connection.execute(ended)


def _agent(row: Row) -> Agent:  # type: ignore[type-arg]
    return Agent(
        row.id,
        row.username,
        row.display_name,
        row.role,
        tuple(row.topics),
        Presence(row.presence),
        row.active,
        row.last_seen_at,
        row.connector,
    )
