"""Answers that are the same for everybody who asks at the same moment are made once.

After every event the pages of all agents fetch the list again, at the same moment; ten of them would make the same
answer ten times over.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

MOST_KEYS = 64  # filters in use at one time; a search is asked by one agent only and soon forgotten


class SharedAnswers:
    """Remembers the latest answer to each question, as long as its version is the same."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[Hashable, tuple[Hashable, bytes]] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}

    def get(self, question: Hashable, version: Hashable, make: Callable[[], bytes]) -> bytes:
        """The answer to ``question``, which holds as long as ``version`` does; ``make`` is called by one at a time."""
        with self._lock:
            making = self._making.setdefault(question, threading.Lock())
        with making:
            with self._lock:
                known = self._known.get(question)
            if known is not None and known[0] == version:
                return known[1]
            answer = make()
            with self._lock:
                self._known[question] = (version, answer)
                self._known.move_to_end(question)
                while len(self._known) > MOST_KEYS:
                    forgotten, _ = self._known.popitem(last=False)
                    self._making.pop(forgotten, None)
            return answer
