"""Putting entries into YAML files without touching the rest."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

from handoff.review.stand_ins import StandIns
from handoff.review.wording import as_answer, as_example
from handoff.review.yaml_insert import (
    NotEditable,
    add_examples,
    add_intent,
    add_readable,
    add_response,
    add_to_topic,
)
from tests.conftest import ROOT

NLU = sorted((ROOT / "data" / "nlu").glob("*.yml"))
RESPONSES = sorted((ROOT / "data" / "responses").glob("*.yml"))
SMALL = 'version: "3.1"\n\n# Why.\nnlu:\n- intent: greet  # hi\n  examples: |\n    - hello\n\n    - hi\n\n# end\n'
PLAIN = 'version: "3.1"\nnlu:\n- intent: greet\n  examples: |\n    - hello\n    - hi\n'


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def added_lines(before: str, after: str) -> list[str]:
    """The lines that are new; everything else is as it was, to the byte."""
    changed = [line for line in difflib.ndiff(before.splitlines(True), after.splitlines(True)) if line[0] in "+-"]
    assert all(line.startswith("+") for line in changed)
    return [line[2:].rstrip("\n") for line in changed]


@pytest.mark.parametrize("path", NLU, ids=lambda path: path.name)
def test_an_example_more_is_one_line_more_in_every_file(path: Path) -> None:
    before = read(path)
    for intent in dict.fromkeys(item["intent"] for item in yaml.safe_load(before)["nlu"] if "intent" in item):
        after = add_examples(before, intent, ["Zyx: is it # here?"])
        assert after.replace("    - Zyx: is it # here?\n", "", 1) == before
        (item, *_) = [item for item in yaml.safe_load(after)["nlu"] if item["intent"] == intent]
        assert item["examples"].endswith("\n- Zyx: is it # here?\n")


@pytest.mark.parametrize("path", NLU, ids=lambda path: path.name)
def test_a_new_intent_stands_at_the_end_of_every_file(path: Path) -> None:
    before = read(path)
    after = add_intent(before, "faq/zyx", ["one", "two"])
    assert added_lines(before, after) == [
        "",
        "- intent: faq/zyx",
        "  examples: |",
        "    - one",
        "    - two",
    ]
    assert yaml.safe_load(after)["nlu"][:-1] == yaml.safe_load(before)["nlu"]


@pytest.mark.parametrize("path", RESPONSES, ids=lambda path: path.name)
def test_a_new_response_stands_at_the_end_of_every_file(path: Path) -> None:
    before = read(path)
    after = add_response(before, "utter_faq/zyx", 'We "do":\n- yes')
    assert len(added_lines(before, after)) == 3
    assert yaml.safe_load(after)["responses"].pop("utter_faq/zyx") == [{"text": 'We "do":\n- yes'}]
    assert after.startswith(before.rstrip("\n"))


def test_every_topic_of_the_project_takes_an_intent() -> None:
    before = read(ROOT / "handoff.yml")
    for topic in yaml.safe_load(before)["topics"]:
        after = add_to_topic(before, topic, "faq/zyx")
        assert yaml.safe_load(after)["topics"][topic]["intents"][-1] == "faq/zyx"
        assert after.replace(", faq/zyx", "").replace(",\n      faq/zyx", "") == before
        assert max(map(len, after.splitlines())) <= max(120, *map(len, before.splitlines()))


def test_a_label_stands_behind_those_of_its_kind() -> None:
    before = "readable:\n  faq/a: one\n  faq/b: two\n  greet: hello\n# end\n"
    assert added_lines(before, add_readable(before, "faq/c", "three")) == ["  faq/c: three"]
    assert add_readable(before, "faq/c", "three").index("faq/c") < before.index("greet") + len("  faq/c: three\n")
    assert yaml.safe_load(add_readable(before, "faq/c", "no: yes #"))["readable"]["faq/c"] == "no: yes #"
    assert yaml.safe_load(add_readable(before, "faq/c", "no"))["readable"]["faq/c"] == "no"


def test_a_list_over_several_lines_takes_an_intent() -> None:
    before = "topics:\n  a:\n    queue: q\n    intents:\n    - x  # why\n    - y\n  b: {}\n"
    assert added_lines(before, add_to_topic(before, "a", "z")) == ["    - z"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_comments_empty_lines_and_line_ends_stay(newline: str) -> None:
    before = SMALL.replace("\n", newline)
    after = add_examples(before, "greet", ["hey"])
    assert after == SMALL.replace("    - hi\n", "    - hi\n    - hey\n").replace("\n", newline)


def test_the_first_of_several_blocks_grows() -> None:
    more = SMALL + "- intent: greet\n  examples: |\n    - yo\n"
    assert add_examples(more, "greet", ["hey"]) == more.replace("    - hi\n", "    - hi\n    - hey\n")


def test_a_file_without_a_last_line_end() -> None:
    before = "nlu:\n- intent: greet\n  examples: |\n    - hi"
    assert add_examples(before, "greet", ["hey"]) == f"{before}\n    - hey\n"


@pytest.mark.parametrize(
    "text",
    [
        "nlu:\n- intent: greet\n  examples:\n  - text: hi\n",
        'nlu:\n- intent: greet\n  examples: "- hi"\n',
        "nlu: [{intent: greet, examples: '- hi'}]\n",
        "nlu:\n- intent: other\n  examples: |\n    - hi\n",
        "nlu: [\n",
    ],
)
def test_what_is_written_in_another_way_is_left_to_people(text: str) -> None:
    with pytest.raises(NotEditable):
        add_examples(text, "greet", ["hey"])


def test_a_block_that_means_something_else_is_refused() -> None:
    """An alias makes one block count for two intents: an example more would be one for both."""
    before = "nlu:\n- intent: greet\n  examples: &same |\n    - hi\n- intent: other\n  examples: *same\n"
    with pytest.raises(NotEditable):
        add_examples(before, "greet", ["hey"])


# --- whatever people type


@given(st.lists(st.text(min_size=1), min_size=1, max_size=4))
@settings(deadline=None, max_examples=60)
def test_whatever_people_type_becomes_words_and_nothing_else(typed: list[str]) -> None:
    lines = [line for text in typed if (line := as_example(StandIns()(text)))]
    after = add_examples(PLAIN, "greet", lines)
    reader = RasaYAMLReader()
    found = reader.reads(after).training_examples
    assert [message.get("text") for message in found] == list(dict.fromkeys(["hello", "hi", *lines]))
    assert {message.get("intent") for message in found} == {"greet"}
    assert all(not message.get("entities") for message in found)


MARKUP = st.sampled_from(["[", "]", "(", ")", "{", "}", '"', "\n", "- ", "# ", ": ", "|", "/", "${HOME}", "greet", "é"])


@given(st.lists(MARKUP, min_size=1, max_size=30).map("".join))
@settings(deadline=None, max_examples=60)
def test_markup_is_no_markup_any_more(typed: str) -> None:
    line = as_example(typed) or "nothing"
    assert not set(line) & set("[]{}\n\r")
    reader = RasaYAMLReader()
    found = reader.reads(add_intent(PLAIN, "faq/x", [line, "zyx"])).training_examples
    assert [message.get("text") for message in found] == ["hello", "hi", line, "zyx"]


@given(st.text())
@settings(deadline=None)
def test_whatever_an_answer_says_it_is_said_as_it_is(typed: str) -> None:
    answer = as_answer(typed)
    assert not set(answer) & set("{}")
    after = add_response("responses:\n  utter_a:\n  - text: hi\n", "utter_b", answer)
    assert yaml.safe_load(after)["responses"]["utter_b"] == [{"text": answer}]
