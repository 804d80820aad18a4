"""What went wrong, in groups: the most valuable to mend first."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np

from handoff.domain.rules import HandoffRules
from handoff.domain.visits import Doubt, Heard, Outcome
from handoff.nlu.tune.duplicates import plain
from handoff.nlu.typed_text import is_command, readable
from handoff.persistence.review_messages import WrongMessage
from handoff.review.grouping import group_by_meaning, group_by_words, most_typical
from handoff.review.limits import MESSAGES_SHOWN, MOST_TEXTS
from handoff.review.wording import as_title

HALF_LIFE_DAYS = 14.0
"""A message counts half after so many days: what went wrong last week goes wrong again, last month's may be mended."""
SECONDS_PER_DAY = 86_400


class WrongKind(StrEnum):
    """Why a message is in the review; see the API's description."""

    NOT_UNDERSTOOD = "not_understood"
    OUT_OF_SCOPE = "out_of_scope"
    REPHRASED = "rephrased"
    ANNOYED = "annoyed"
    FRUSTRATED = "frustrated"


WEIGHTS = {
    WrongKind.REPHRASED: 1.5,  # a wrong answer does more harm than none
    WrongKind.ANNOYED: 1.5,
    WrongKind.FRUSTRATED: 1.5,
    WrongKind.NOT_UNDERSTOOD: 1.0,
    WrongKind.OUT_OF_SCOPE: 0.5,  # the assistant said so honestly, and mostly it is right
}


@dataclass(frozen=True)
class WrongText:
    """The same words, however often they were written.

    Attributes:
        latest: the latest message with them.
        all: all messages with them.
    """

    latest: WrongMessage
    all: tuple[WrongMessage, ...]


@dataclass(frozen=True)
class Group:
    """Messages that mean much the same.

    Attributes:
        id: the same as long as its oldest message is in it.
        texts: the most typical first.
        kinds: how many messages of each kind.
        visits: in which it happened.
        value: what mending it is worth, see :func:`group_messages`.
    """

    id: str
    texts: tuple[WrongText, ...]
    kinds: Mapping[WrongKind, int]
    visits: int
    value: float

    @property
    def name(self) -> str:
        """The words of its most typical message."""
        return as_title(self.texts[0].latest.text)

    @property
    def messages(self) -> list[WrongMessage]:
        """All of them."""
        return [message for text in self.texts for message in text.all]

    @property
    def shown(self) -> tuple[WrongText, ...]:
        """Those that are shown."""
        return self.texts[:MESSAGES_SHOWN]


def kind_of(message: WrongMessage, rules: HandoffRules) -> WrongKind:
    """Why it is in the review. What its answer led to says more than how it was read."""
    if message.doubt is not None:
        return WrongKind.REPHRASED if message.doubt == Doubt.REPHRASED else WrongKind.ANNOYED
    heard = Heard(message.id, message.at, message.intent, message.frustration, (), in_form=False, human=False)
    if heard.is_frustrated(rules):
        return WrongKind.FRUSTRATED
    return WrongKind.OUT_OF_SCOPE if message.outcome == Outcome.OUT_OF_SCOPE else WrongKind.NOT_UNDERSTOOD


def by_words(messages: Sequence[WrongMessage]) -> tuple[list[WrongText], int]:
    """The latest ``MOST_TEXTS`` different texts, and how many messages were left out because of that.

    What has no words (an emoji, "??") and typed commands teach nothing, so they are passed over.

    Args:
        messages: the latest first.
    """
    found: dict[str, list[WrongMessage]] = {}
    for message in messages:
        words = plain(message.text)
        if any(character.isalnum() for character in words) and not is_command(message.text):
            found.setdefault(words, []).append(message)
    kept = list(found.values())[:MOST_TEXTS]
    left_out = sum(map(len, list(found.values())[MOST_TEXTS:]))
    return [WrongText(same[0], tuple(same)) for same in kept], left_out


def group_messages(
    texts: Sequence[WrongText], vectors: np.ndarray | None, rules: HandoffRules, now: datetime
) -> list[Group]:
    """Groups, the most valuable first: each visit counts once, by its worst message, and less the longer ago it was.

    Args:
        texts: what went wrong.
        vectors: of them, float32 [texts, dimensions], rows of length 1; None without an encoder.
        rules: say what is frustrated.
        now: recency counts from here.
    """
    found = group_by_words([one.latest.text for one in texts]) if vectors is None else group_by_meaning(vectors)
    groups = []
    for rows in found:
        counts = [len(texts[row].all) for row in rows]
        order = range(len(rows)) if vectors is None else most_typical(vectors[rows], counts)
        groups.append(_group([texts[rows[place]] for place in order], rules, now))
    return sorted(groups, key=lambda group: (-round(group.value, 6), group.id))


def _group(texts: Sequence[WrongText], rules: HandoffRules, now: datetime) -> Group:
    messages = [message for text in texts for message in text.all]
    kinds: Counter[WrongKind] = Counter()
    worth: dict[object, float] = defaultdict(float)
    for message in messages:
        kind = kind_of(message, rules)
        kinds[kind] += 1
        days = max(0.0, (now - message.at).total_seconds() / SECONDS_PER_DAY)
        visit = message.visit_id if message.visit_id is not None else message.id
        worth[visit] = max(worth[visit], WEIGHTS[kind] * 0.5 ** (days / HALF_LIFE_DAYS))
    oldest = min(messages, key=lambda message: (message.at, message.id))
    return Group(
        id=hashlib.sha256(oldest.id.encode()).hexdigest()[:16],
        texts=tuple(texts),
        kinds={kind: kinds[kind] for kind in WrongKind if kinds[kind]},
        visits=len(worth),
        value=sum(worth.values()),
    )


def encoded_texts(texts: Sequence[WrongText]) -> list[str]:
    """What the encoder reads of them."""
    return [readable(one.latest.text) for one in texts]
