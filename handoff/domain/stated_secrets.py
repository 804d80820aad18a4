"""Finds passwords and codes that a text states: "password: x", "my password is x", "CVC 123"."""

from __future__ import annotations

import re

SECRET_MASK = "[password removed]"

_WORD = r"passw(?:or[dt])s?|pass(?:code|phrase)|kennwort|wachtwoord|pwd?|pin(?:\s?code)?|cvv2?|cvc2?|security\s+code"
_CODES = ("pin", "cvv", "cvc", "security")
"""What these words name consists of digits."""

# The word after it goes, the rest of the sentence stays. How sure that word is the secret depends on what is between:
# a colon says so, "is" nearly so, and nothing at all only if it looks like one. `pass` has other
# meanings too.
_SECRET = re.compile(
    rf"""(?<![^\W_])(?P<word>{_WORD}|pass(?=\s*(?:(?:is|was)\s*)?[:=]))(?![^\W_])
    (?:\s+(?:number|code))?
    (?P<joint>
        (?P<sign>\s*(?:\b(?:is|was|ist|war)\b\s*)?[:=]\s*)
      | (?P<verb>\s+(?:is|was|ist|war)\s+|['\u2019]s\s+)
      | (?P<bare>\s+(?:[-\u2010-\u2015>]+\s+)?)
    )
    (?!{re.escape(SECRET_MASK)})(?P<value>\S+)""",
    re.IGNORECASE | re.VERBOSE,
)

# words that follow "my password is" without being one
_NOT_A_SECRET = frozenset(
    """
    a again all already also always an and asking at back bad because being broken but by case correct
    different easy empty fine for forgotten from gone good hard here hidden in incorrect invalid it just known
    long lost me missing my never new no not now of off ok okay old on only or out public rejected required
    reset right safe same secure set short simple so still strong stuck taken that the there this to too
    unknown unsafe up useless visible weak what where with wrong you your
    """.split()  # noqa: SIM905 - a list of one word a line would be longer than the module
)
_SENTENCE_GOES_ON = re.compile(r"[a-z]{2,}(?:ed|ing)")
"""changed, expired, working: what happened to a password."""

_ADDRESS = re.compile(r"https?://.*|[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
_EDGE = ".,;:!?\"'()"
_SHORTEST_CODE = 3  # digits; a CVC


def mask_secrets(text: str) -> str:
    """Return ``text`` with stated passwords and codes replaced by :data:`SECRET_MASK`."""
    return _SECRET.sub(_replacement, text)


def _replacement(match: re.Match[str]) -> str:
    if not _is_secret(match):
        return match.group()
    return match.group()[: match.start("value") - match.start()] + SECRET_MASK


def _is_secret(match: re.Match[str]) -> bool:
    value = match["value"].strip(_EDGE)
    if not value or value.lower() in _NOT_A_SECRET:
        return False
    if match["sign"] is not None:
        return True
    if match["verb"] is not None:
        return _SENTENCE_GOES_ON.fullmatch(value.lower()) is None
    if match["word"].lower().startswith(_CODES):
        return value.isdigit() and len(value) >= _SHORTEST_CODE
    # without a joint: letters with digits among them, or a code; "password reset" and an address are neither
    has_digit = any(character.isdigit() for character in value)
    return has_digit and len(value) > _SHORTEST_CODE and _ADDRESS.fullmatch(value) is None
