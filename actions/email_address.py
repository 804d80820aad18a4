"""Finds an e-mail address in a message and says what is wrong with one that cannot work.

The check is pragmatic: it accepts what mail servers accept in practice and names the one thing to correct. It does not
implement RFC 5322, whose quoted and commented forms nobody types into a chat.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

MAX_LENGTH = 254  # RFC 3696, erratum 1690: the longest address a mail server has to accept
MAX_LOCAL_LENGTH = 64  # RFC 5321, section 4.5.3.1.1
MIN_TOP_LEVEL = 2  # there is no top-level domain of one letter

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
_LOCAL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+")
_LABEL = re.compile(r"\w(?:[\w-]*\w)?")


class EmailProblem(StrEnum):
    """What is wrong with an address. The values are those of the slot ``email_problem`` in data/responses."""

    NOT_FOUND = "not_found"
    NOTHING_BEFORE_AT = "nothing_before_at"
    NOTHING_AFTER_AT = "nothing_after_at"
    TWO_ATS = "two_ats"
    NO_ENDING = "no_ending"
    COMMA = "comma"
    DOTS = "dots"
    CHARACTERS = "characters"
    TOO_LONG = "too_long"


@dataclass(frozen=True)
class FoundEmail:
    """The outcome of a search: a usable ``address`` (its domain in lower case), or its ``problem``."""

    address: str | None = None
    problem: EmailProblem | None = None
    typed: str = ""


def email_problem(address: str) -> EmailProblem | None:
    """Return what is wrong with ``address``, or None when it can be written to."""
    if "@" not in address:
        return EmailProblem.NOT_FOUND
    if address.count("@") > 1:
        return EmailProblem.TWO_ATS
    local, domain = address.split("@")
    if not local:
        return EmailProblem.NOTHING_BEFORE_AT
    if not domain.strip("."):
        return EmailProblem.NOTHING_AFTER_AT
    if "," in domain:
        return EmailProblem.COMMA
    if len(address) > MAX_LENGTH or len(local) > MAX_LOCAL_LENGTH:
        return EmailProblem.TOO_LONG
    return _problem_in_parts(local, domain)


def _problem_in_parts(local: str, domain: str) -> EmailProblem | None:
    labels = domain.split(".")
    if len(labels) == 1 or (len(labels) == 2 and not labels[1]):
        return EmailProblem.NO_ENDING
    if "" in labels or "" in local.split("."):
        return EmailProblem.DOTS
    if not _LOCAL.fullmatch(local) or not all(_LABEL.fullmatch(label) for label in labels):
        return EmailProblem.CHARACTERS
    ending = labels[-1]
    return EmailProblem.NO_ENDING if len(ending) < MIN_TOP_LEVEL or ending.isdigit() else None


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
