"""A process that hangs, neither dead nor answering: the visitor hears so in time, and nothing is lost."""

from __future__ import annotations

import os
import signal
import threading
import time

from tests.e2e.people import Visitor
from tests.e2e.product import Product

TOLD_WITHIN = 14.0  # s; Rasa waits 12 s for an action (handoff/rasa/time_limits.py)
BETWEEN_MESSAGES = 3.0


def test_the_action_server_hangs(product: Product, visitor: Visitor) -> None:
    visitor.say("hello")
    answers: dict[str, list[str]] = {}

    def say(text: str) -> None:
        answers[text] = [reply["text"] for reply in visitor.say(text)]

    actions = product.pid("actions")
    os.kill(actions, signal.SIGSTOP)
    try:
        started = time.monotonic()
        first = threading.Thread(target=say, args=("talk to a person",))
        second = threading.Thread(target=say, args=("how long does delivery take?",))
        first.start()
        time.sleep(BETWEEN_MESSAGES)
        second.start()
        first.join()
        took = time.monotonic() - started
        second.join()
    finally:
        os.kill(actions, signal.SIGCONT)
    assert "help@fernway.example" in " ".join(answers["talk to a person"])
    assert took < TOLD_WITHIN
    assert "working days" in " ".join(answers["how long does delivery take?"])
    said = [message["text"] for message in visitor.history() if message["from"] == "visitor"]
    assert said == ["hello", "talk to a person", "how long does delivery take?"]
    time.sleep(2.0)  # what the action server still held in its hands is done by now
    visitor.history()
    assert visitor.state["owner"] == "assistant", "nobody is muted for a request that was answered as failed"
    visitor.say("talk to a person")
    assert visitor.state["owner"] == "human"
