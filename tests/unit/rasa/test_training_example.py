"""Training examples: to everybody who asks they are Rasa's messages, and copies share nothing that can change."""

from __future__ import annotations

from copy import deepcopy

from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from handoff.rasa.training_example import TrainingExample


def message() -> Message:
    return Message({TEXT: "where is FW-104233", INTENT: "track", ENTITIES: [{"entity": "order_number", "start": 9}]})


def test_it_is_equal_to_the_message_that_it_was() -> None:
    example = TrainingExample.of(message())
    assert example == message()
    assert example.fingerprint() == message().fingerprint()
    assert hash(example) == hash(message())


def test_whatever_is_set_is_seen_in_its_hash() -> None:
    example, plain = TrainingExample.of(message()), message()
    example.fingerprint()
    for key, value in (("text", "where is it"), ("intent", "track "), ("intent", None), ("entities", []), ("new", "")):
        example.set(key, value)
        plain.set(key, value)
        assert example.get(key) == value
        assert example.fingerprint() == plain.fingerprint(), (key, value)


def test_what_was_set_again_becomes_part_of_the_output_all_the_same() -> None:
    example = TrainingExample.of(message())
    example.set(INTENT, "track", add_to_output=True)
    assert example.as_dict(only_output_properties=True)[INTENT] == "track"


def test_copies_share_nothing_that_can_change() -> None:
    example = TrainingExample.of(message())
    twin = deepcopy(example)
    assert twin == example
    twin.get(ENTITIES)[0]["entity"] = "changed"
    twin.set("extra", 1, add_to_output=True)
    twin.features.append("feature")
    assert example.as_dict() == message().as_dict()
    assert "extra" not in example.output_properties
    assert not example.features


def test_equal_examples_are_one_after_merging() -> None:
    twice = TrainingData([TrainingExample.of(message()), TrainingExample.of(message())])
    merged = twice.merge(TrainingData([message()]))
    assert [example.get(TEXT) for example in merged.training_examples] == ["where is FW-104233"]
