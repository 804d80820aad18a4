"""Bare yes and no: closed sets of words, which need no model and mean the same after any question."""

from __future__ import annotations

import re

# "ok", "fine" and "right" are missing on purpose: they acknowledge as often as they agree ("ok thanks").
_YES = (
    r"y|ye|yes+|yea|yeah|yep|yup|yh|sure|go ahead|go for it|please do|do (?:it|that|so)|of course|definitely|absolutely"
    r"|why not"
)
_NO = (
    r"n|no+|nope|nah|nay|nein|nee|not (?:now|really|today|necessary|needed)|no need|rather not|i'?d rather not"
    r"|never ?mind|nvm|skip(?: it| this| that)?"
)
_POLITE = (
    r"please|pls|plz|thx|tnx|thnx|ty|tx|thanks?(?: you)?(?: (?:a lot|so much|very much|anyway))?|sorry|sir|madam|mate"
    r"|thing|just|for now|now|then|i'?m (?:good|fine|ok|okay)|it'?s (?:ok|okay|fine)"
)
_BARE_YES = re.compile(rf"(?:(?:{_YES}|{_POLITE})\b ?)+")
_BARE_NO = re.compile(rf"(?:(?:{_NO}|{_POLITE})\b ?)+")
_SAYS_YES = re.compile(rf"\b(?:{_YES})\b")
_SAYS_NO = re.compile(rf"\b(?:{_NO})\b")
_MARKS = re.compile(r"[^\w']+")
_LONGEST = 60  # characters; whoever writes more has something of their own to say


def yes_or_no(text: str) -> bool | None:
    """True for a message that is nothing but a yes ("yep, go ahead"), False for a no ("nope thx"), None otherwise."""
    words = _MARKS.sub(" ", text.replace("\u2019", "'")).strip().lower()
    if not words or len(words) > _LONGEST:
        return None
    if _BARE_NO.fullmatch(words) and _SAYS_NO.search(words):
        return False
    return True if _BARE_YES.fullmatch(words) and _SAYS_YES.search(words) else None
