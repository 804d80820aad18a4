"""Signals in one message, and how a probability and signals become a score."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.nlu.mood_reply import is_rejection
from handoff.nlu.mood_score import combined, repetition_weight
from handoff.nlu.mood_signals import PUNCTUATION, SHOUTING, form_signals
from handoff.nlu.mood_tokens import mood_tokens
from handoff.nlu.mood_wording import SAID_BEFORE, SARCASM, wording_signals
from handoff.nlu.wording_pattern import compile_wordings, joined

SHARES = st.floats(0, 1)


@pytest.mark.parametrize(
    "text",
    ["WHERE IS MY ORDER", "I said I WANT MY REFUND now", "STILL WAITING FW-104233", "ANSWER ME", "DON'T DO THAT"],
)
def test_shouting(text: str) -> None:
    assert SHOUTING in form_signals(text)


@pytest.mark.parametrize(
    "text",
    [
        "VAT",
        "FW-104233",
        "I said NO",
        "OK",
        "VAT ID",
        "USB PD",
        "SUPPORT",
        "@SHOP_HELP HTTPS://EXAMPLE.ORG/ABC",
        "a B c",
    ],
)
def test_acronyms_numbers_and_single_words_are_no_shouting(text: str) -> None:
    assert SHOUTING not in form_signals(text)


@pytest.mark.parametrize(
    ("text", "storm"),
    [("what???", True), ("no!!!", True), ("what?!", True), ("really!? no", True), ("ok!", False), ("ok!!", False)],
)
def test_storms_of_marks(text: str, storm: bool) -> None:
    assert (PUNCTUATION in form_signals(text)) is storm


def test_marks_in_an_address_are_no_storm() -> None:
    assert list(form_signals("see https://example.org/?a=!?!?")) == []


@pytest.mark.parametrize(
    "text",
    [
        "I already told you my number",
        "I've told you that twice",
        "like I said, the blue one",
        "that's not what I asked",
        "read my message again",
        "how many times do I have to say it",
        "this is the third time I ask",
        "the 3rd time I write",
        "you keep sending me that link",
        "stop sending me the same link",
    ],
)
def test_having_said_it_before(text: str) -> None:
    assert list(wording_signals(mood_tokens(text))) == [SAID_BEFORE]


@pytest.mark.parametrize(
    "text", ["thanks for nothing", "thank you so much for wasting my time", "great, another link", "very helpful. not"]
)
def test_sarcasm(text: str) -> None:
    assert list(wording_signals(mood_tokens(text))) == [SARCASM]


@pytest.mark.parametrize(
    "text",
    [
        "thank you so much for waiting",
        "great, another question please",
        "I already have an account",
        "how often should I oil it",
        "great, now it works",
        "stop the newsletter please",
        "please read my message when you have time",
        "is it the second one",
    ],
)
def test_calm_wordings_give_no_signal(text: str) -> None:
    assert list(wording_signals(mood_tokens(text))) == []


@pytest.mark.parametrize(
    "text",
    [
        "wrong",
        "No, wrong!",
        "that's not it",
        "THAT IS NOT WHAT I ASKED",
        "not helpful",
        "??",
        "what?",
        "that doesn't help",
    ],
)
def test_answers_turned_down(text: str) -> None:
    assert is_rejection(mood_tokens(text), asked=False)
    assert is_rejection(mood_tokens(text), asked=True)


@pytest.mark.parametrize("text", ["no", "Nope.", "no no"])
def test_a_plain_no_turns_down_an_answer_and_answers_a_question(text: str) -> None:
    assert is_rejection(mood_tokens(text), asked=False)
    assert not is_rejection(mood_tokens(text), asked=True)


@pytest.mark.parametrize(
    "text",
    ["", "!!!", "that's right", "that's it", "no thanks", "no problem", "not yet", "it works", "\U0001f44d", "..."],
)
def test_other_replies_are_no_rejection(text: str) -> None:
    assert not is_rejection(mood_tokens(text), asked=False)


def test_the_notation_matches_whole_tokens() -> None:
    pattern = compile_wordings(["i|we have? told"])
    assert pattern.search(joined(["yes", "we", "told"]))
    assert pattern.search(joined(["i", "have", "told"]))
    assert not pattern.search(joined(["hi", "told"]))
    assert not pattern.search(joined(["i", "tolds"]))


@given(SHARES, st.lists(st.floats(1, 10), max_size=3), st.lists(SHARES, max_size=3))
def test_a_signal_never_lowers_the_score(probability: float, factors: list[float], weights: list[float]) -> None:
    score = combined(probability, factors, weights)
    assert probability - 1e-9 <= score <= 1
    assert combined(probability, [*factors, 2], weights) >= score - 1e-9
    assert combined(probability, factors, [*weights, 0.3]) >= score - 1e-9


def test_a_score_is_what_the_module_says() -> None:
    assert combined(0.5, [3], []) == pytest.approx(0.75)
    assert combined(0.5, [], [0.5]) == pytest.approx(0.75)
    assert combined(0.02, [1.5, 1.5], []) < 0.05
    assert combined(0, [4], [0.35]) == pytest.approx(0.35)
    assert combined(1, [4], []) == 1


def test_each_repetition_adds() -> None:
    assert repetition_weight(0, 0, after_answer=0.35, after_abstention=0.15) == 0
    assert repetition_weight(1, 1, after_answer=0.5, after_abstention=0.2) == pytest.approx(1 - 0.5 * 0.8)
