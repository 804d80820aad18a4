"""Finds an e-mail address in a message, however it is wrapped or spelled out.

What makes an address usable is :mod:`handoff.domain.email_address`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from handoff.domain.email_address import EmailProblem, email_problem

_MAILTO = "mailto:"
_AROUND = "<>()[]{}\"'`.,;:!?\u201c\u201d\u2018\u2019"
# "anna at example dot com", "anna (at) example.com": how people write an address that they do not want harvested
_AT = r"(?:\s*(?:\(at\)|\[at\])\s*)"
_DOT = r"(?:\s*(?:\(dot\)|\[dot\])\s*|\s+dot\s+)"
_SPELLED_OUT = re.compile(
    rf"(?P<local>[\w+-]+(?:(?:\.|{_DOT})[\w+-]+)*)"
    # a mere "at" counts only with a spelled-out dot after it: "I ordered at fernway.example" holds no address
    rf"(?:{_AT}|\s+at\s+(?=[\w.-]+{_DOT}))"
    rf"(?P<domain>[\w-]+(?:(?:\.|{_DOT})[\w-]+)+)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FoundEmail:
    """The outcome of a search: a usable ``address`` (its domain in lower case), or its ``problem``."""

    address: str | None = None
    problem: EmailProblem | None = None
    typed: str = ""


def find_email(text: str) -> FoundEmail | None:
    """Return the e-mail address in ``text``, or the best attempt at one with its problem; None without an attempt.

    The first usable address wins. An ``@`` with blanks on both sides ("tom @ example.com") is read as one address, and
    so is "tom at example dot com".
    """
    joined = re.sub(r"\s+@\s+", "@", text if "@" in text else _SPELLED_OUT.sub(_joined, text))
    attempts = [_trimmed(word) for word in joined.split() if "@" in word]
    found = [_judge(attempt) for attempt in attempts]
    return next((one for one in found if one.address), found[0] if found else None)


def _joined(spelled_out: re.Match[str]) -> str:
    local, domain = (re.sub(_DOT, ".", spelled_out[part], flags=re.IGNORECASE) for part in ("local", "domain"))
    return f"{local}@{domain}"


def _trimmed(word: str) -> str:
    """``word`` without what surrounds an address in a sentence: brackets, quotes, punctuation, ``mailto:``."""
    bare = word.strip(_AROUND)
    return (bare[len(_MAILTO) :] if bare.lower().startswith(_MAILTO) else bare).strip(_AROUND)


def _judge(attempt: str) -> FoundEmail:
    problem = email_problem(attempt)
    if problem:
        return FoundEmail(problem=problem, typed=attempt)
    local, domain = attempt.split("@")
    return FoundEmail(address=f"{local}@{domain.lower()}", typed=attempt)
