"""The tokenizer: spaCy's tokens, at their places in the text, for any text and in linear time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import INTENT, TEXT, TEXT_TOKENS
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from handoff.nlu.spacy_tokenizer import BlankSpacyTokenizer
from tests.unit.nlu.any_text import any_text

TOKENIZER = BlankSpacyTokenizer(BlankSpacyTokenizer.get_default_config())


def test_tokens_have_the_offsets_of_the_text() -> None:
    tokens = TOKENIZER.tokenize(Message({TEXT: "Where's  my desk?"}), TEXT)
    assert [(token.text, token.start, token.end) for token in tokens] == [
        ("Where", 0, 5),
        ("'s", 5, 7),
        ("my", 9, 11),
        ("desk", 12, 16),
        ("?", 16, 17),
    ]


def test_tokens_are_set_on_messages() -> None:
    message = TOKENIZER.process([Message({TEXT: "hello there"})])[0]
    assert [token.text for token in message.get(TOKENS_NAMES[TEXT])] == ["hello", "there"]


@pytest.mark.parametrize("wanted", [True, False])
def test_the_result_says_where_words_stand_if_that_is_wanted(wanted: bool) -> None:
    config = {**BlankSpacyTokenizer.get_default_config(), "word_offsets": wanted}
    asked = Message({TEXT: "hello there"}, output_properties={TEXT_TOKENS})  # as Rasa's converter makes it
    message = BlankSpacyTokenizer(config).process([asked])[0]
    result = message.as_dict(only_output_properties=True)
    assert result.get(TEXT_TOKENS) == ([(0, 5), (6, 11)] if wanted else None)
    assert [token.text for token in message.as_dict()[TEXT_TOKENS]] == ["hello", "there"], "for Rasa's entity report"


def test_tokens_of_a_message_are_a_sequence() -> None:
    tokens = TOKENIZER.process([Message({TEXT: "my desk is here"})])[0].get(TOKENS_NAMES[TEXT])
    assert len(tokens) == 4
    assert tokens[1].text == "desk"
    assert [token.text for token in tokens[2:]] == ["is", "here"]
    assert tokens[1] in tokens


@pytest.mark.parametrize("wanted", [True, False])
def test_examples_get_tokens_when_something_learns_from_them(wanted: bool) -> None:
    config = {**BlankSpacyTokenizer.get_default_config(), "tokenize_examples": wanted}
    data = TrainingData([Message({TEXT: "hello there", INTENT: "greet"})])
    example = BlankSpacyTokenizer(config).process_training_data(data).training_examples[0]
    assert (example.get(TOKENS_NAMES[TEXT]) is not None) is wanted


def test_the_training_cache_tells_tokens_apart_and_knows_equal_ones() -> None:
    def prints(text: str) -> list[str]:
        message = TOKENIZER.process([Message({TEXT: text})])[0]
        return [token.fingerprint() for token in message.get(TOKENS_NAMES[TEXT])]

    assert prints("desk desk") == prints("desk desk")
    assert len({*prints("desk desk"), *prints("a desk")}) == 4, "the same word elsewhere is another token"
    token = TOKENIZER.tokenize(Message({TEXT: "desk"}), TEXT)[0]
    before = token.fingerprint()
    token.set("pos", "NOUN")
    assert token.fingerprint() != before, "what a component adds to a token counts too"


@given(any_text(300))
def test_tokens_cover_any_text(text: str) -> None:
    for token in TOKENIZER.tokenize(Message({TEXT: text}), TEXT):
        assert text[token.start : token.end] == token.text


@pytest.mark.parametrize("piece", ["#", "(", "'", "a", "\U0001f44d"])
def test_a_long_run_is_one_token_in_no_time(piece: str) -> None:
    started = time.process_time()
    tokens = TOKENIZER.tokenize(Message({TEXT: f"hello {piece * 4000} there"}), TEXT)
    assert time.process_time() - started < 0.5, "spaCy takes two seconds for this if it is let"
    assert [token.text for token in tokens] == ["hello", piece * 4000, "there"]
