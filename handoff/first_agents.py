"""The accounts that a fresh installation gets, so that the desk can be looked at before anybody has set it up."""

from __future__ import annotations

import os
import secrets

from handoff.bootstrap import Services
from handoff.canned import CannedReplies
from handoff.settings import OWNER_ONLY

FIRST_AGENTS = (
    ("sanne", "Sanne de Vries", "admin", ()),
    ("jonas", "Jonas Weber", "agent", ()),
    ("amira", "Amira Haddad", "agent", ()),
)
"""(username, display name, role, topics) of the accounts that a fresh installation gets, with generated passwords."""

PASSWORD_BYTES = 9  # 72 random bits: too many to guess, short enough to type once
FIRST_AGENTS_FILE = "first-agents.txt"


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
        CannedReplies(services.uow, services.rules, services.clock).add_first()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(f"{username} {password}\n" for username, password in created)
        return created
    if not path.exists():
        return []
    pairs = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [(username, password) for username, password in pairs]
