"""What people read of a message that stands for a button."""

from __future__ import annotations

from handoff.rasa.parsed_choice import BY_PLACE, BY_TITLE, KEY, Said, said

CHOICE = {"title": "The warranty", "payload": '/faq{"faq_topic": "warranty"}'}


def test_typed_words_stay_as_they_are() -> None:
    assert said("\u2060/restart", {}, {}) == Said("/restart", payload=False)
    assert said(None, None, None) == Said("", payload=False)


def test_a_pressed_button_is_its_title() -> None:
    assert said(CHOICE["payload"], {"display_text": "The warranty"}, {}) == Said("The warranty", payload=True)


def test_a_place_in_a_list_gets_the_title_of_what_stands_there() -> None:
    assert said("2", {}, {KEY: {**CHOICE, "by": BY_PLACE}}) == Said("2 (The warranty)", payload=True)


def test_a_title_in_the_visitors_words_needs_none() -> None:
    assert said("waranty pls", {}, {KEY: {**CHOICE, "by": BY_TITLE}}) == Said("waranty pls", payload=False)
