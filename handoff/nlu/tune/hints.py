"""What to do about two labels that are taken for each other, in a sentence or two."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from handoff.nlu.tune.cases import is_faq
from handoff.nlu.tune.intent_scores import fewest_of

SURE = 0.8  # a mistake made with this confidence is as often one of the label as one of the classifier
ONE_WAY = 3  # so many times more one way than the other way is no accident
ENOUGH_TO_TELL = 3  # mistakes from which on a direction says anything


@dataclass(frozen=True)
class Facts:
    """What is known of a pair; see :class:`handoff.nlu.tune.confusions.Pair`.

    Attributes:
        confidences: of the mistakes, in any order.
        examples: of ``label`` in the training data, and ``examples_of_other``.
        no_answer: labels that mean "we have no answer to this".
        alike: nearly equal examples that stand under both.
    """

    label: str
    other: str
    forth: int
    back: int
    confidences: Sequence[float]
    examples: int
    examples_of_other: int
    no_answer: Collection[str]
    alike: int


def hint(facts: Facts) -> str:
    """The likeliest remedy first; what else stands out behind it."""
    return " ".join([_remedy(facts), *_alike(facts), *_too_few(facts)])


def _remedy(facts: Facts) -> str:
    label, other = facts.label, facts.other
    if label in facts.no_answer:
        return (
            f"Sentences without an answer are taken for {other}. If the answer of {other} would serve them, they "
            f"belong there. If not, add more like them to {label}, and remove examples of {other} that ask for more "
            f"than its answer says."
        )
    if other in facts.no_answer:
        return (
            f"{label} is taken for something that has no answer. Move examples of {other} that {label} would serve, "
            f"and add examples of {label} in the words of these sentences."
        )
    sure = sum(confidence >= SURE for confidence in facts.confidences)
    if 2 * sure > len(facts.confidences):
        return "The classifier is sure of most of these: see first whether they stand under the right intent."
    if is_faq(label) and is_faq(other):
        return "Would one answer serve both? Then make them one FAQ. If not, let the examples name what differs."
    if facts.forth >= max(ENOUGH_TO_TELL, ONE_WAY * facts.back):
        return f"Nearly all go one way: {label} needs more examples like these, or {other} has some that belong there."
    return (
        "Read them as a visitor: should the same thing happen? Move what belongs to the other intent, then add three "
        "to five examples to each that show the difference."
    )


def _alike(facts: Facts) -> list[str]:
    if not facts.alike:
        return []
    what = "One nearly equal sentence stands" if facts.alike == 1 else f"{facts.alike} nearly equal sentences stand"
    return [f"{what} under both, see Duplicates."]


def _too_few(facts: Facts) -> list[str]:
    sizes = {facts.label: facts.examples, facts.other: facts.examples_of_other}
    return [
        f"{label} has {count} examples; {fewest_of(label)} or more serve it better."
        for label, count in sizes.items()
        if count < fewest_of(label)
    ]
