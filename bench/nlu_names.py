"""Intent names for labels that Rasa could not take as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable

FALLBACK = "nlu_fallback"
"""What Rasa's FallbackClassifier says when it does not answer. No label may be called so."""

# Rasa takes "a/b" for the answer b of the retrieval intent a, and its tools take an intent for one word. All else
# stays, since classifiers may read the words of a name.
_UNFIT = re.compile(r"[/\s]+")


class IntentNames:
    """One intent name per label, and the way back.

    A slash or white space becomes ``_``; two labels that would get the same name are told apart by a number.
    """

    def __init__(self, labels: Iterable[str]) -> None:
        """Name ``labels``; the same labels in the same order get the same names."""
        self._names: dict[str, str] = {}
        self._labels: dict[str, str] = {}
        for label in dict.fromkeys(labels):
            name = self._free(_UNFIT.sub("_", label))
            self._names[label] = name
            self._labels[name] = label

    def name(self, label: str) -> str:
        """The intent name of a label; raises KeyError for a label that has none."""
        return self._names[label]

    def label(self, name: str | None) -> str | None:
        """The label of an intent name; None for the fallback, no intent, and names that are not ours."""
        return None if name is None else self._labels.get(name)

    def _free(self, wanted: str) -> str:
        name, number = wanted, 1
        while name in self._labels or name == FALLBACK:
            number += 1
            name = f"{wanted}_{number}"
        return name
