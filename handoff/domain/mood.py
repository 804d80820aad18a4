"""How frustrated a message sounds: by the score that NLU gives it, or because its intent says so."""

from __future__ import annotations

from collections.abc import Iterable

from handoff.domain.model import Sender, TriggerKind, Turn
from handoff.domain.rules import HandoffRules

REPEATED_QUESTION = "repeated_question"
"""Signal of NLU: the visitor asked this before, in these or other words."""

SIGNAL_WORDS = {REPEATED_QUESTION: "asked again", "repeated_fallback": "not understood again"}
"""How agents read a signal; one that is not listed is its name without underscores."""

DIGITS = 4  # of a score or a sum of scores: thresholds are written with two, and what adds up to one must reach it


def anger_of(turn: Turn, rules: HandoffRules) -> float:
    """How much ``turn`` counts as frustration, 0 to 1; 0 for what scores less than ``counts_from`` of handoff.yml.

    A message whose intent is frustration by itself counts as ``offer_from`` at least, whatever its score: where there
    is no score (a story of ``rasa test``, a button) the intent is all there is.
    """
    score = turn.frustration or 0.0
    if rules.trigger_of(turn.intent) is TriggerKind.FRUSTRATION:
        score = max(score, rules.frustration.offer_from)
    return score if score >= rules.frustration.counts_from else 0.0


def sounds_frustrated(turns: Iterable[Turn], rules: HandoffRules) -> bool:
    """Whether any of the visitor's turns does (``mood_from`` and ``intents`` of ``triggers.frustration``)."""
    return any(
        rules.trigger_of(turn.intent) is TriggerKind.FRUSTRATION
        or (turn.frustration or 0.0) >= rules.frustration.mood_from
        for turn in turns
        if turn.sender is Sender.VISITOR and not turn.payload
    )


def score_in_words(turn: Turn) -> str:
    """The score of ``turn`` and what it was made of, as agents read it: ``0.86: negative wording, asked again``."""
    return f"{turn.frustration or 0:.2f}" + (f": {signals_in_words(turn)}" if turn.signals else "")


def signals_in_words(turn: Turn) -> str:
    """The signals of ``turn`` as agents read them: ``negative wording, asked again``."""
    return ", ".join(SIGNAL_WORDS.get(signal, signal.replace("_", " ")) for signal in turn.signals)
