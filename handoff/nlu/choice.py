"""Which of the buttons that a visitor sees a typed message means. Pure: buttons and text in, a choice out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handoff.nlu.button_titles import named_titles
from handoff.nlu.list_places import place_in_list
from handoff.rasa.parsed_choice import BY_PLACE, BY_TITLE


@dataclass(frozen=True)
class Button:
    """One that the visitor sees: its ``title``, and the ``payload`` that pressing it would send."""

    title: str
    payload: str


@dataclass(frozen=True)
class Question:
    """What the visitor answers.

    Attributes:
        buttons: everything that can be pressed in answer, in the order shown.
        listed: the part of it that "the second one" counts.
        in_form: an open form asks for something, and a number may be that.
    """

    buttons: tuple[Button, ...] = ()
    listed: tuple[Button, ...] = ()
    in_form: bool = False


@dataclass(frozen=True)
class Choice:
    """The ``button`` that a message means, and how it says so: ``by`` its place or its title."""

    button: Button
    by: str


def question_in(lists: Sequence[Sequence[Button]], *, in_form: bool) -> Question:
    """What can be answered after messages with these buttons, oldest first; an empty list for a message without any.

    "The second one" counts the buttons of the last message that has some. Behind it, a form may have asked something
    that has none, such as which order it is: then "the second one" answers that.
    """
    if not lists:
        return Question(in_form=in_form)
    listed = next((tuple(buttons) for buttons in reversed(lists) if buttons), ())
    return Question(
        buttons=tuple(button for buttons in lists for button in buttons),
        listed=() if in_form and not lists[-1] else listed,
        in_form=in_form,
    )


def choice_of(text: str, question: Question) -> Choice | None:
    """The button that ``text`` means; None when it says anything else, or does not tell which."""
    titles = [button.title for button in question.buttons]
    # with "1 to 4 people" on a button, "2" is not the second one
    numbers = not question.in_form and not any(character.isdigit() for title in titles for character in title)
    place = place_in_list(text, len(question.listed), numbers=numbers)
    if place is not None:
        return Choice(question.listed[place], BY_PLACE)
    named = [question.buttons[place] for place in named_titles(text, titles)]
    # the same button under two messages is one
    return Choice(named[-1], BY_TITLE) if len({button.payload for button in named}) == 1 else None
