"""Agents log in: accounts, login sessions, presence."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta

from handoff.domain.errors import InvalidInput
from handoff.domain.model import Agent
from handoff.passwords import MINIMUM_LENGTH, hash_password, verify_password
from handoff.persistence.agents import Session
from handoff.persistence.unit_of_work import SqlUnitOfWork
from handoff.service.ports import Clock

TOKEN_BYTES = 32
USERNAME_LIMIT = 64


@dataclass(frozen=True)
class Accounts:
    """Who may work at the desk."""

    uow: SqlUnitOfWork
    clock: Clock
    decoy_hash: str

    def create(
        self, username: str, display_name: str, password: str, *, role: str = "agent", topics: tuple[str, ...] = ()
    ) -> Agent:
        """Add an agent.

        Raises:
            InvalidInput: the username is taken or unusable, or the password too short.
        """
        clean = username.strip().lower()
        if not clean or len(clean) > USERNAME_LIMIT or any(character.isspace() for character in clean):
            raise InvalidInput(f"A username has 1 to {USERNAME_LIMIT} characters and no blanks.")
        if len(password) < MINIMUM_LENGTH:
            raise InvalidInput(f"The password must have at least {MINIMUM_LENGTH} characters.")
        agent = Agent(str(uuid.uuid4()), clean, display_name.strip() or clean, role, topics)
        stored = hash_password(password)
        with self.uow.write() as tx:
            if tx.agents.by_username(clean) is not None:
                raise InvalidInput(f"There is an agent '{clean}' already. Choose another username.")
            tx.agents.add(agent, stored, self.clock())
        return agent

    def set_password(self, username: str, password: str) -> None:
        """Give an agent a new password.

        Raises:
            InvalidInput: no such agent, or the password is too short.
        """
        if len(password) < MINIMUM_LENGTH:
            raise InvalidInput(f"The password must have at least {MINIMUM_LENGTH} characters.")
        stored = hash_password(password)
        with self.uow.write() as tx:
            found = tx.agents.by_username(username)
            if found is None:
                raise InvalidInput(f"There is no agent '{username}'.")
            tx.agents.set_password(found[0].id, stored)

    def authenticate(self, username: str, password: str) -> Agent | None:
        """The agent, or None. An unknown username costs as much time as a wrong password."""
        with self.uow.read() as tx:
            found = tx.agents.by_username(username)
        if found is None:
            verify_password(self.decoy_hash, password)
            return None
        agent, stored = found
        return agent if verify_password(stored, password) else None

    def get(self, agent_id: str) -> Agent | None:
        """The agent with this id."""
        with self.uow.read() as tx:
            return tx.agents.get(agent_id)

    def count(self) -> int:
        """How many agents there are."""
        with self.uow.read() as tx:
            return tx.agents.count()


@dataclass(frozen=True)
class LoginSessions:
    """Logins; the database holds only hashes of their tokens."""

    uow: SqlUnitOfWork
    clock: Clock
    hours: float

    def start(self, agent_id: str) -> tuple[str, str]:
        """Begin a login: (token for the cookie, CSRF token for the pages)."""
        token, csrf = secrets.token_urlsafe(TOKEN_BYTES), secrets.token_urlsafe(TOKEN_BYTES)
        now = self.clock()
        with self.uow.write() as tx:
            tx.agents.start_session(_hash(token), agent_id, csrf, now, now + timedelta(hours=self.hours))
        return token, csrf

    def find(self, token: str) -> Session | None:
        """The login that ``token`` stands for, unless it ended."""
        with self.uow.read() as tx:
            return tx.agents.find_session(_hash(token), self.clock())

    def end(self, token: str) -> None:
        """Log out."""
        with self.uow.write() as tx:
            tx.agents.end_session(_hash(token))


@dataclass(frozen=True)
class Presence:
    """Which agents have the desk open."""

    uow: SqlUnitOfWork
    clock: Clock

    def seen(self, agent_id: str) -> None:
        """The agent's desk was heard from."""
        with self.uow.write() as tx:
            tx.agents.seen(agent_id, self.clock())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
