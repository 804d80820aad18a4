"""Short replies to the question of a form, told from messages that want something."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.form_remarks import LONGEST, Remark, describes_order, refuses_plainly, remark_in


@pytest.mark.parametrize(
    "text",
    [
        "no idea",
        "No idea what it is, sorry",
        "no clue",
        "idk",
        "dunno",
        "I don't know",
        "don\u2019t have it",
        "i dont have the number here",
        "can't find it right now",
        "don't know which one",
        "I never got one",
        "I lost it",
        "i deleted the mail",
        "none",
        "no number",
        "no order number",
        "I have no number",
        "not sure",
        "no email",
        "no e-mail please",
        "I don't do email",
        "I'd rather not",
        "I'd rather not give you my email",
        "I prefer not to say",
        "none of your business",
        "just answer here",
        "here in the chat is fine",
    ],
)
def test_a_plain_refusal(text: str) -> None:
    assert refuses_plainly(text)
    assert remark_in(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "I can't get into my account",
        "I haven't received my refund",
        "I can't find my desk",
        "no idea why my desk is broken",
        "don't send it",
        "I don't want it any more",
        "I don't know how to assemble it",
        "I never received my order",
        "can't pay",
        "no problem",
        "nothing works",
        "no number, but my name is Anna Kowalska",
        "I don't have time, get me a person",
    ],
)
def test_a_request_is_no_plain_refusal(text: str) -> None:
    assert not refuses_plainly(text)


@pytest.mark.parametrize(
    ("remark", "texts"),
    [
        (
            Remark.WHY,
            ["why?", "why do you need it?", "why do you want to know that", "but why do you ask me for my address"]
            + [
                "what for?",
                "what do you need it for",
                "is that necessary",
                "do I have to?",
                "must I give you my email",
            ],
        ),
        (
            Remark.WHERE,
            ["where do I find it?", "where can I find the order number", "how do i find my order number"]
            + ["where is the number?", "what does it look like"],
        ),
        (
            Remark.WHICH,
            ["which one?", "what number", "which number do you need", "what is the order number", "which email"]
            + ["what do you mean?", "what?"],
        ),
        (
            Remark.ON_RECORD,
            ["use the one from my account", "it's in my account", "check my account", "my account email", "the same"]
            + ["you should have it", "you already have it", "the one you have", "the one I ordered with"]
            + ["same as last time", "same as my account", "the email you have on file"],
        ),
    ],
)
def test_a_remark_about_the_question(remark: Remark, texts: list[str]) -> None:
    assert {text: remark_in(text) for text in texts} == dict.fromkeys(texts, remark)


@pytest.mark.parametrize(
    "text",
    [
        "why is my order late",
        "why was I charged twice",
        "where is my order",
        "where is it",
        "what is your return policy",
        "which desk is best",
        "I can't get in my account",
        "delete my account",
        "my account is broken",
        "do I have to pay for returns",
        "how do I pay",
        "is that safe",
        "what would that cost?",
        "FW-104233",
        "yes",
    ],
)
def test_a_question_of_its_own_is_no_remark(text: str) -> None:
    assert remark_in(text) is None


@pytest.mark.parametrize(
    "text", ["the one from monday", "my last order", "the latest one", "the blue desk", "from last week", "my order"]
)
def test_an_order_in_words(text: str) -> None:
    assert describes_order(text)


@pytest.mark.parametrize("text", ["FW-104233", "hm", "the desk is broken", "fnord blarg", "Anna Kowalska"])
def test_other_words(text: str) -> None:
    assert not describes_order(text)


@given(st.text(max_size=2 * LONGEST))
def test_no_text_is_an_error(text: str) -> None:
    remark_in(text), refuses_plainly(text), describes_order(text)


@pytest.mark.parametrize("piece", ["no ", "i don't have know get ", "use the same one number ", "why do you need to "])
def test_no_text_takes_long(piece: str) -> None:
    begin = time.perf_counter()
    for cut in range(LONGEST):
        text = (piece * LONGEST)[:cut] + "x"
        remark_in(text), refuses_plainly(text), describes_order(text)
    assert time.perf_counter() - begin < 5  # seconds; milliseconds when it is linear, minutes when it is not
