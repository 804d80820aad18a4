"""Makes lines for the training data out of what people typed: one line, nothing that Rasa or YAML would read as more
than words. Pure functions."""

from __future__ import annotations

import re

from handoff.nlu.entity_patterns import words
from handoff.nlu.typed_text import readable
from handoff.review.limits import ANSWER_LIMIT, EXAMPLE_LIMIT, NAME_LIMIT

NAME_WORDS = 4  # words in the suggested name of an FAQ
TITLE_LENGTH = 80  # characters of a group's name: one line on the page

# YAML 1.2, section 5.1: nothing else can stand in a file. Line breaks of all kinds are spaces before it is used.
_UNPRINTABLE = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_BRACKETS = str.maketrans("[]{}", "()()")
"""In an example ``[Berlin](city)`` marks an entity, in an answer ``{name}`` is filled in, ``${HOME}`` is looked up."""
_LIST_MARK = re.compile(r"^[\s\-*\u2022\u2013\u2014/#>]+(?=\w)")
_ENDING = re.compile(r"[.!?](?=\s)")
_BREAKS = re.compile(r"\n{3,}")
_NAME = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")
_LETTERS = re.compile(r"[a-z0-9]+")
_LITTLE = words(
    """
    a about all am an and any are at be can could do does doesn for from get have hello hey hi how i if in is it its
    let like me my need no not of on or our please pls possible so some tell thanks that the there they this to us want
    was we what when where which who why will with would you your
    """
)
"""Words that say nothing about the subject."""

_GREETING = re.compile(
    r"^\W*(?:hi|hello|hey|hallo|dear|good (?:morning|afternoon|evening|day)|thanks|thank you)\b"
    r"[^.!?,\n]{0,30}[.!?,\n]\s*(?:this is \w+[^.!?,\n]{0,40}[.!?,\n]\s*)?",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"\s*(?:(?:kind|best|warm) regards|regards|best wishes|best(?=\s*[,\n])|cheers|all the best"
    r"|have a (?:nice|good|great|lovely)[^.!?\n]{0,30}"
    r"|is there anything else[^?\n]{0,50}\?|can i help[^?\n]{0,50}anything else[^?\n]{0,20}\?)"
    r"[\s,.!\u2013-]*(?:\w+[ .]?){0,3}$",
    re.IGNORECASE,
)


def as_example(text: str) -> str:
    """One line of training data; empty when nothing readable is left.

    Brackets become parentheses, marks of a list or a command at the beginning go, and what is longer than
    ``EXAMPLE_LIMIT`` ends with its last whole sentence or word before that.
    """
    line = readable(_UNPRINTABLE.sub("", readable(text))).translate(_BRACKETS)
    return clipped(_LIST_MARK.sub("", line), EXAMPLE_LIMIT)


def as_answer(text: str) -> str:
    """The text of a response: paragraphs stay, braces become parentheses; empty when nothing readable is left."""
    lines = [readable(_UNPRINTABLE.sub("", line)) for line in text.replace("\r\n", "\n").split("\n")]
    return clipped(_BREAKS.sub("\n\n", "\n".join(lines)).strip().translate(_BRACKETS), ANSWER_LIMIT)


def without_courtesies(text: str) -> str:
    """What an agent wrote without the greeting and the closing words; the whole when nothing else was said."""
    inner = _CLOSING.sub("", _GREETING.sub("", text.strip(), count=1)).strip()
    if not inner:
        return text.strip()
    return inner[0].upper() + inner[1:]


def is_courtesy(text: str) -> bool:
    """Whether an agent only greets, thanks or says goodbye."""
    return not _CLOSING.sub("", _GREETING.sub("", text.strip() + "\n", count=1)).strip()


def clipped(text: str, limit: int) -> str:
    """``text`` if it is short enough, else up to its last sentence that fits, or its last word."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    endings = [found.end() for found in _ENDING.finditer(head)]
    if endings and endings[-1] >= limit // 2:
        return head[: endings[-1]]
    return head.rsplit(" ", 1)[0].rstrip(" ,;:-") if " " in head else head


def as_title(text: str) -> str:
    """``text`` shortened to one line of a page, with an ellipsis when something was left out."""
    line = readable(text)
    return line if len(line) <= TITLE_LENGTH else clipped(line, TITLE_LENGTH - 1) + "\u2026"


def name_from(text: str) -> str:
    """A name for an FAQ out of the first telling words of a message: "Do you sell gift cards?" is ``sell_gift_cards``.

    Letters beyond English ones cannot stand in a name; ``question`` when nothing is left.
    """
    found = _LETTERS.findall(readable(text).casefold().replace("'", ""))
    telling = [word for word in found if word not in _LITTLE]
    return "_".join((telling or found)[:NAME_WORDS])[:NAME_LIMIT].strip("_") or "question"


def is_name(name: str) -> bool:
    """Whether an FAQ can have this name: small letters, digits and single underscores."""
    return len(name) <= NAME_LIMIT and _NAME.fullmatch(name) is not None


def words_of_name(name: str) -> str:
    """``gift_cards`` is "gift cards"."""
    return name.replace("_", " ")
