"""What can be tried: the keys of handoff.yml that the replay understands, in words for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from handoff.domain.errors import InvalidInput
from handoff.domain.rules import HandoffRules
from handoff.dotted_keys import value_at

Kind = Literal["number", "intents"]
Group = Literal["mood", "doubt", "subjects"]


@dataclass(frozen=True)
class Tryable:
    """One key and how it is shown.

    Attributes:
        unit: what a number counts: ``score`` (0 to 1), ``messages``, ``times``.
        minimum, maximum, step: of a number.
    """

    key: str
    kind: Kind
    group: Group
    label: str
    help: str
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None


def _score(key: str, group: Group, label: str, text: str) -> Tryable:
    return Tryable(key, "number", group, label, text, "score", 0.0, 1.0, 0.05)


def _count(key: str, group: Group, label: str, text: str, unit: str, most: float) -> Tryable:
    return Tryable(key, "number", group, label, text, unit, 1.0, most, 1.0)


FRUSTRATION, LOW = "triggers.frustration", "triggers.low_confidence"

SHOWN = (
    _score(
        f"{FRUSTRATION}.offer_from",
        "mood",
        "Offer a person from this much frustration",
        "0 is calm, 1 is furious. The scores of the latest messages add up. Lower: people are offered sooner.",
    ),
    _score(
        f"{FRUSTRATION}.hand_off_from",
        "mood",
        "Bring in a person at once from",
        "One message that scores this much goes to a person without a question.",
    ),
    _score(
        f"{FRUSTRATION}.counts_from",
        "mood",
        "A message counts as frustrated from",
        "What scores less is calm and adds nothing.",
    ),
    _count(
        f"{FRUSTRATION}.window",
        "mood",
        "Messages that add up",
        "So many of the visitor's latest messages count together.",
        "messages",
        10,
    ),
    _count(
        f"{FRUSTRATION}.offers",
        "mood",
        "A person is offered at most",
        "Who says no each time is not asked again.",
        "times",
        5,
    ),
    _count(
        f"{FRUSTRATION}.repeated_questions",
        "mood",
        "Asked again this often: offer a person",
        "However calm the words are. It cannot be more than the messages that add up.",
        "times",
        10,
    ),
    _count(
        f"{LOW}.consecutive",
        "doubt",
        "Not understood in a row: bring in a person",
        "1 brings in a person at the first message that is not understood.",
        "messages",
        5,
    ),
    _score(
        f"{LOW}.never_guess_from",
        "doubt",
        "Never guess about accounts from",
        "A message that is not understood, but this likely about an account or a sensitive matter, goes to a person.",
    ),
    Tryable(
        "triggers.sensitive_topic.intents",
        "intents",
        "subjects",
        "A person has to decide",
        "Whoever writes about these gets a person. Rules in data/rules bring one in and have to change with the list.",
    ),
    Tryable(
        "account_intents",
        "intents",
        "subjects",
        "Only somebody who can look it up may answer",
        "The assistant never guesses about these when it is not sure.",
    ),
    Tryable(
        f"{FRUSTRATION}.answer_first",
        "intents",
        "subjects",
        "Answered before a person is offered",
        "To a frustrated visitor who asks about these, the answer comes first and the offer after it.",
    ),
)

KEYS = frozenset(one.key for one in SHOWN) | {
    "triggers.explicit_request.intents",
    "triggers.sales_intent.intents",
    f"{FRUSTRATION}.intents",
    f"{LOW}.intents",
}
"""All that can be tried; what is not shown on the page is for the command line and programs."""

ABSTAIN_LEAST, ABSTAIN_MOST, ABSTAIN_STEP = 0.0, 1.0, 0.01


def check_keys(changes: dict[str, Any]) -> None:
    """Refuse what the replay cannot tell anything about.

    Raises:
        InvalidInput: names the key, and those that can be tried.
    """
    for key in changes:
        if key not in KEYS:
            raise InvalidInput(f"{key} cannot be tried. These can: {', '.join(sorted(KEYS))}.")


def current_values(content: Any) -> dict[str, Any]:
    """What handoff.yml holds now, by key; ``content`` is the file as YAML reads it."""
    return {one.key: value_at(content, one.key) for one in SHOWN}


def known_intents(rules: HandoffRules) -> list[str]:
    """All intents that handoff.yml names, sorted: what a list can be made of."""
    lists = [
        *(topic.intents for topic in rules.topics.values()),
        *rules.trigger_intents.values(),
        rules.account_intents,
        rules.frustration.answer_first,
    ]
    return sorted(frozenset().union(*lists))
