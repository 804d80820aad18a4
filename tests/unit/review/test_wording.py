"""Lines for the training data, and names."""

from __future__ import annotations

import pytest

from handoff.review.limits import EXAMPLE_LIMIT
from handoff.review.wording import (
    as_answer,
    as_example,
    as_title,
    clipped,
    is_courtesy,
    is_name,
    name_from,
    without_courtesies,
    words_of_name,
)


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("  do you\n sell\tgift\u00a0cards?  ", "do you sell gift cards?"),
        ("[Berlin](city) and {x}", "(Berlin)(city) and (x)"),
        ("- a list\n- of two", "a list - of two"),
        ("/restart", "restart"),
        ("what\u2019s up\u200b", "what's up"),
        ("bell\x07 and \x7f", "bell and"),
        ("\u2028next\x85line", "next line"),
        ("#1 desk", "1 desk"),
        ("   ", ""),
    ],
)
def test_one_line_of_words(typed: str, line: str) -> None:
    assert as_example(typed) == line


def test_a_long_message_ends_with_a_whole_sentence_or_word() -> None:
    sentences = "This is a sentence. " * 40
    assert as_example(sentences).endswith("sentence.")
    words = as_example("word " * 200)
    assert words.endswith("word")
    assert EXAMPLE_LIMIT - 10 < len(words) <= EXAMPLE_LIMIT
    assert len(clipped("x" * 999, 50)) == 50


def test_an_answer_keeps_its_paragraphs() -> None:
    assert as_answer("First.\r\n\n\n\nSecond {name}.") == "First.\n\nSecond (name)."


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Hi Lea, we do sell them.", "We do sell them."),
        ("Good morning! This is Sanne from Fernway. Gift cards are in the shop.", "Gift cards are in the shop."),
        ("They never run out. Kind regards, Sanne", "They never run out."),
        ("They cost 25 euros. Is there anything else I can help you with?", "They cost 25 euros."),
        ("Hello Lea,", "Hello Lea,"),
        ("Highest is 500.", "Highest is 500."),
        ("Dearest colleagues ask that too.", "Dearest colleagues ask that too."),
    ],
)
def test_an_answer_without_courtesies(said: str, kept: str) -> None:
    assert without_courtesies(said) == kept


def test_who_only_greets_says_nothing() -> None:
    assert is_courtesy("Hi Lea, this is Sanne from Fernway.")
    assert is_courtesy("Hello!")
    assert is_courtesy("Have a nice day!")
    assert not is_courtesy("Hi, yes we do.")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Do you sell gift cards?", "sell_gift_cards"),
        ("can I buy a Geschenkgutschein für 50 €", "buy_geschenkgutschein_f_r"),
        ("what is it?", "what_is_it"),
        ("\u60a8\u597d", "question"),
    ],
)
def test_a_name_for_an_faq(text: str, name: str) -> None:
    assert name_from(text) == name
    assert is_name(name)


@pytest.mark.parametrize("name", ["", "Gift", "gift cards", "_gift", "gift__cards", "gift/cards", "a" * 61, "gift\n"])
def test_what_is_no_name(name: str) -> None:
    assert not is_name(name)


def test_a_title_is_one_line() -> None:
    assert as_title("gift\ncards") == "gift cards"
    assert len(as_title("gift card " * 30)) <= 81
    assert as_title("gift card " * 30).endswith("\u2026")
    assert words_of_name("gift_cards") == "gift cards"
