"""Takes card numbers and passwords out of text before anything is stored or sent."""

from __future__ import annotations

import re

CARD_MASK = "[card number removed]"
SECRET_MASK = "[password removed]"

# ISO/IEC 7812: payment card numbers have 13 to 19 digits; people group them by blanks, dots or hyphens, and write
# other numbers (expiry date, CVC) right behind them.
_DIGIT_RUN = re.compile(r"(?<![\w-])\d+(?:[ .\-]\d+)*(?![\w-])")
_GROUP = re.compile(r"\d+")
_CARD_DIGITS = range(13, 20)
# "password: x", "my password is x", "pin = 1234": the word after it goes, the rest of the sentence stays.
_SECRET = re.compile(
    r"\b(pass(?:word|code|phrase)|wachtwoord|pwd|pin(?:\s?code)?|cvv|cvc)\b(\s*(?:is|was|=|:)\s*)(\S+)", re.IGNORECASE
)
# words that follow "my password is" without being one
_NOT_A_SECRET = frozenset(
    {
        "not",
        "wrong",
        "incorrect",
        "invalid",
        "expired",
        "lost",
        "forgotten",
        "gone",
        "broken",
        "rejected",
        "refused",
        "locked",
        "reset",
        "required",
        "missing",
        "weak",
        "the",
        "a",
        "an",
        "too",
        "never",
        "no",
        "still",
        "always",
        "being",
        "in",
        "out",
        "on",
        "correct",
        "right",
    }
)
_EDGE = ".,;:!?\"'()"


def luhn_valid(digits: str) -> bool:
    """Whether ``digits`` passes the Luhn checksum (ISO/IEC 7812-1, annex B)."""
    total = 0
    for position, character in enumerate(reversed(digits)):
        value = int(character)
        if position % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0


def mask(text: str) -> str:
    """Return ``text`` with payment card numbers (Luhn-valid) and stated passwords replaced by a note."""

    def secret(match: re.Match[str]) -> str:
        word, joint, value = match.groups()
        if value.strip(_EDGE).lower() in _NOT_A_SECRET or not value.strip(_EDGE):
            return match.group()
        return f"{word}{joint}{SECRET_MASK}"

    return _SECRET.sub(secret, _DIGIT_RUN.sub(lambda run: _mask_cards(run.group()), text))


def _mask_cards(run: str) -> str:
    """``run`` (digits in groups) with every stretch of whole groups that is a card number replaced."""
    groups = list(_GROUP.finditer(run))
    for first, start in enumerate(groups):
        digits = ""
        for end in groups[first:]:
            digits += end.group()
            if len(digits) >= _CARD_DIGITS.stop:
                break
            if len(digits) in _CARD_DIGITS and luhn_valid(digits):
                return run[: start.start()] + CARD_MASK + _mask_cards(run[end.end() :])
    return run
