"""What nobody waits for is done in the background, and dropped when it piles up."""

from __future__ import annotations

import threading

from handoff.errands import Errands


def test_errands_are_done_and_a_pile_is_dropped() -> None:
    errands, gate, done = Errands("test", room=2), threading.Event(), []
    finished = threading.Event()

    def slow() -> None:
        gate.wait(10)
        done.append("slow")

    def last() -> None:
        done.append("last")
        finished.set()

    assert errands.run(slow)
    assert errands.run(last)
    assert not errands.run(lambda: done.append("too many"))
    gate.set()
    assert finished.wait(10)
    assert done == ["slow", "last"]
