"""Agents log in: accounts, login sessions, presence."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

from handoff.domain.clean_text import scrub
from handoff.domain.errors import Conflict, InvalidInput, NotFound
from handoff.domain.model import Agent
from handoff.passwords import MINIMUM_LENGTH, hash_password, verify_password
from handoff.persistence.agents import ADMIN, Session
from handoff.persistence.unit_of_work import SqlUnitOfWork
from handoff.service.ports import Clock

TOKEN_BYTES = 32
USERNAME_LIMIT = 64
DISPLAY_NAME_LIMIT = 120  # the width of the column
ROLES = ("agent", ADMIN)
NO_SUCH_AGENT = "There is no such account. Load the page again."


class LastAdmin(Conflict):
    """Without this administrator nobody could manage accounts."""

    code = "last_admin"


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
        clean = scrub(username).strip().lower()
        if not clean or len(clean) > USERNAME_LIMIT or any(character.isspace() for character in clean):
            raise InvalidInput(f"A username has 1 to {USERNAME_LIMIT} characters and no blanks.")
        agent = Agent(str(uuid.uuid4()), clean, _display_name(display_name or clean), _role(role), topics)
        stored = _hashed(password)
        with self.uow.write() as tx:
            if tx.agents.by_username(clean) is not None:
                raise InvalidInput(f"There is an agent '{clean}' already. Choose another username.")
            tx.agents.add(agent, stored, self.clock())
        return agent

    def set_password(self, username: str, password: str) -> None:
        """Give an agent a new password, and end all logins with the old one.

        Raises:
            InvalidInput: no such agent, or the password is too short.
        """
        with self.uow.read() as tx:
            found = tx.agents.by_username(username)
        if found is None:
            raise InvalidInput(f"There is no agent '{username}'.")
        self.replace_password(found[0].id, password)

    def replace_password(self, agent_id: str, password: str, keep_token: str | None = None) -> None:
        """Give an agent a new password, and end all logins with the old one but that of ``keep_token``.

        Raises:
            InvalidInput: the password is too short.
            NotFound: no such agent.
        """
        stored = _hashed(password)
        with self.uow.write() as tx:
            if tx.agents.get(agent_id) is None:
                raise NotFound(NO_SUCH_AGENT)
            tx.agents.set_password(agent_id, stored)
            tx.agents.end_sessions_of(agent_id, _hash(keep_token) if keep_token else None)

    def change(self, agent_id: str, *, display_name: str, role: str, topics: tuple[str, ...], active: bool) -> Agent:
        """Change an account. Closing it ends its logins; the caller gives back the conversations it holds.

        Raises:
            InvalidInput: the name or the role is unusable.
            LastAdmin: nobody could manage accounts any more.
            NotFound: no such agent.
        """
        name, role = _display_name(display_name), _role(role)
        with self.uow.write() as tx:
            others = tx.agents.lock_admins() - {agent_id}
            before = tx.agents.get(agent_id)
            if before is None:
                raise NotFound(NO_SUCH_AGENT)
            stays_admin = active and role == ADMIN
            if before.active and before.role == ADMIN and not stays_admin and not others:
                raise LastAdmin(
                    f"{before.display_name} is the only administrator. Make somebody else one first, or nobody could "
                    "manage accounts any more."
                )
            tx.agents.update(agent_id, display_name=name, role=role, topics=list(topics), active=active)
            if not active:
                tx.agents.end_sessions_of(agent_id)
            return replace(before, display_name=name, role=role, topics=topics, active=active)

    def authenticate(self, username: str, password: str) -> Agent | None:
        """The agent, or None, also when the account is closed. An unknown username costs as much time as a wrong
        password."""
        with self.uow.read() as tx:
            found = tx.agents.by_username(username)
        if found is None:
            verify_password(self.decoy_hash, password)
            return None
        agent, stored = found
        return agent if verify_password(stored, password) and agent.active else None

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


def _hashed(password: str) -> str:
    if len(password) < MINIMUM_LENGTH:
        raise InvalidInput(f"The password must have at least {MINIMUM_LENGTH} characters.")
    return hash_password(password)


def _display_name(name: str) -> str:
    clean = " ".join(scrub(name).split())
    if not 1 <= len(clean) <= DISPLAY_NAME_LIMIT:
        raise InvalidInput(f"The name that visitors see has 1 to {DISPLAY_NAME_LIMIT} characters.")
    return clean


def _role(role: str) -> str:
    if role not in ROLES:
        raise InvalidInput(f"There is no role '{role}'. Known: {', '.join(ROLES)}.")
    return role


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
