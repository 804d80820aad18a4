"""Which topic, and so which queue, a conversation belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handoff.domain.model import Sender, TriggerKind, Turn
from handoff.domain.rules import HandoffRules, TopicRule
from handoff.domain.subject import last_visitor_turn, subject


def topic_of(turns: Sequence[Turn], rules: HandoffRules) -> TopicRule:
    """The topic of a conversation: the team that the visitor asks for, else what it is about, else the likeliest guess.

    "Let me talk to billing" says it outright, and wins over a question about delivery before it.
    """
    latest = last_visitor_turn(turns)
    if latest is not None and rules.trigger_of(latest.intent) is TriggerKind.EXPLICIT_REQUEST:
        named = _named_team(latest.text, rules)
        if named is not None:
            return named
    about = subject(turns)
    if about is not None:
        return rules.topic_of(about.intent)
    guesses = [turn.guess for turn in turns if turn.sender is Sender.VISITOR and turn.guess]
    return rules.topic_of(guesses[-1] if guesses else None)


def _named_team(text: str, rules: HandoffRules) -> TopicRule | None:
    """The topic whose words are in ``text``; the longest words count ("technical support" is not "support")."""
    found = [(word, topic) for topic in rules.topics.values() for word in topic.words if _says(text, word)]
    return max(found, key=lambda item: len(item[0]))[1] if found else None


def _says(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) is not None
