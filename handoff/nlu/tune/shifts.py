"""What differs between two cross-validations: how each intent fares, and which sentences are taken for another one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

CLEARLY = 1.0
"""By how much the odds between the two labels must move (in natural logarithms: by a factor of e) for a sentence to
count as taken for another one. One example more for "how long delivery takes" moved the likeliest label of 123 of 6,809
sentences of this project; all but five of them by less than this, all over the intents, because training ends before
the last digit is settled. Of an FAQ about gift cards, what was about gift cards moved by 3.9 to 4.9."""

SENTENCES_SHOWN = 50  # as many as one reads
CONFUSIONS_SHOWN = 20


@dataclass(frozen=True)
class Reading:
    """What a sentence was taken for by a classifier that had not seen it.

    Attributes:
        text: the sentence.
        label: what it stands under.
        likeliest: the labels that came into question with the logarithms of their probabilities, the likeliest first.
    """

    text: str
    label: str
    likeliest: tuple[tuple[str, float], ...]

    @property
    def predicted(self) -> str:
        """The likeliest label."""
        return self.likeliest[0][0]

    def odds(self, label: str, other: str) -> float:
        """Logarithm of how much likelier ``label`` is than ``other``; one that was not kept counts as the last."""
        known = dict(self.likeliest)
        last = self.likeliest[-1][1]
        return known.get(label, last) - known.get(other, last)


@dataclass(frozen=True)
class _Taken:
    """What a sentence is taken for."""

    text: str
    label: str
    predicted: str

    @property
    def right(self) -> bool:
        return self.label == self.predicted


def compare(before: Sequence[Reading], after: Sequence[Reading]) -> dict[str, Any]:
    """All differences as JSON can hold them; the API's description says what each means.

    Args:
        before: of the data as it is.
        after: of the data with the change. A sentence that is in both is compared with itself.
    """
    known = {(one.text, one.label): one for one in before}
    was = {key: _Taken(one.text, one.label, one.predicted) for key, one in known.items()}
    now = {
        (one.text, one.label): _Taken(one.text, one.label, _settled(known.get((one.text, one.label)), one))
        for one in after
    }
    both = [(was[key], now[key]) for key in was if key in now]
    new = [one for key, one in now.items() if key not in was]
    shifted = [(old, one) for old, one in both if old.predicted != one.predicted]
    return {
        "examples_before": len(was),
        "examples_after": len(now),
        "right_before": sum(old.right for old, _ in both),
        "right_after": sum(one.right for _, one in both),
        "intents": _intents(was.values(), now.values(), {one.label for one in new}, shifted),
        "sentences": [_sentence(old, one) for old, one in sorted(shifted, key=_worst_first)][:SENTENCES_SHOWN],
        "sentences_changed": len(shifted),
        "new_examples": [
            {"text": one.text, "intent": one.label, "predicted": one.predicted, "right": one.right} for one in new
        ],
        "confusions": _confusions(was.values(), now.values()),
    }


def _settled(old: Reading | None, one: Reading) -> str:
    """The label after the change, or the one before where it has not clearly moved."""
    if old is None or old.predicted == one.predicted:
        return one.predicted
    moved = one.odds(one.predicted, old.predicted) - old.odds(one.predicted, old.predicted)
    return one.predicted if moved >= CLEARLY else old.predicted


def _intents(
    was: Iterable[_Taken], now: Iterable[_Taken], added_to: set[str], shifted: Sequence[tuple[_Taken, _Taken]]
) -> list[dict[str, Any]]:
    """Those that the change adds to first, then those in which a sentence moved."""
    before, after = list(was), list(now)
    count, right = Counter(one.label for one in before), Counter(one.label for one in before if one.right)
    count_after, right_after = Counter(one.label for one in after), Counter(one.label for one in after if one.right)
    touched = {label for old, one in shifted for label in (old.label, old.predicted, one.predicted)}
    moved = Counter(old.label for old, one in shifted if old.right != one.right)
    order = [*sorted(added_to), *sorted(touched - added_to, key=lambda label: (-moved[label], label))]
    return [
        {
            "intent": label,
            "examples_before": count[label],
            "examples_after": count_after[label],
            "right_before": right[label],
            "right_after": right_after[label],
            "new": label in added_to and not count[label],
        }
        for label in order
    ]


def _sentence(old: _Taken, one: _Taken) -> dict[str, Any]:
    better = None if old.right == one.right else one.right
    return {
        "text": old.text,
        "intent": old.label,
        "before": old.predicted,
        "after": one.predicted,
        "better": better,
    }


def _worst_first(shift: tuple[_Taken, _Taken]) -> tuple[int, str, str]:
    old, one = shift
    return (one.right - old.right, old.label, old.text)


def _confusions(was: Iterable[_Taken], now: Iterable[_Taken]) -> list[dict[str, Any]]:
    before = Counter((one.label, one.predicted) for one in was if not one.right)
    after = Counter((one.label, one.predicted) for one in now if not one.right)
    grown = [(pair, before[pair], count) for pair, count in after.items() if count > before[pair]]
    grown.sort(key=lambda pair: (pair[1] - pair[2], pair[0]))
    return [
        {"intent": intent, "taken_for": other, "before": old, "after": new}
        for (intent, other), old, new in grown[:CONFUSIONS_SHOWN]
    ]
