"""Agents' passwords: argon2id, as OWASP recommends for storing passwords."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MINIMUM_LENGTH = 10  # NIST SP 800-63B asks for at least 8; a desk holds other people's data


def hash_password(password: str) -> str:
    """The argon2id hash of ``password`` with the library's current parameters."""
    return PasswordHasher().hash(password)


def verify_password(stored: str, password: str) -> bool:
    """Whether ``password`` belongs to ``stored``."""
    try:
        return PasswordHasher().verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
