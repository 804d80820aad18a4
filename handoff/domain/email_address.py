"""What is wrong with an e-mail address that cannot work.

The check is pragmatic: it accepts what mail servers accept in practice and names the one thing to correct. It does not
implement RFC 5322, whose quoted and commented forms nobody types into a chat.
"""

from __future__ import annotations

import re
from enum import StrEnum

MAX_LENGTH = 254  # RFC 3696, erratum 1690: the longest address a mail server has to accept
MAX_LOCAL_LENGTH = 64  # RFC 5321, section 4.5.3.1.1
MIN_TOP_LEVEL = 2  # there is no top-level domain of one letter

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
