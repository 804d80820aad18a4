"""What a form does with one message of the visitor: the decision, apart from Rasa.

A form never traps anyone: "no" ends it, two bad values in a row end it, a question is answered first, and whoever
changes the subject or their mind, or asks for a person, leaves it at once. Rasa has no rule condition "in any form"
(rasa#9701); deciding it here keeps one plain rule per intent in data/rules instead of one per intent and form.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from actions.form_remarks import refuses_plainly
from actions.form_words import changes_mind, refuses

MAX_MISSES = 2  # a third explanation would be pestering; the form goes on without the value instead
WORDS_OF_A_BARE_VALUE = 4  # "my order number is FW-104233": more words than these say something of their own

# The visitor tries to answer, or NLU cannot tell; both deserve an explanation rather than a change of subject.
ATTEMPTS = frozenset({"inform", "nlu_fallback", "out_of_scope"})
# Answered in passing; the form asks again afterwards.
DIGRESSIONS = frozenset({"faq", "greet", "bot_challenge", "express_frustration"})
# Nothing is wrong with these, they just hold no value: asked once more, without counting as a miss.
POLITE = frozenset({"affirm", "thank"})
# Nothing else in the message can matter more than these.
ALWAYS_LEAVES = frozenset({"request_human"})


class Step(StrEnum):
    """What happens next in a form."""

    DONE = "done"  # the value is there
    ASK = "ask"  # ask for it (again, after a digression)
    AGAIN = "again"  # ask once more; nothing was wrong
    EXPLAIN = "explain"  # say what is wrong and ask once more
    DECLINED = "declined"  # the visitor does not want to, or cannot; go on without
    GIVE_UP = "give_up"  # not understood too often; go on without
    DIGRESS = "digress"  # let the rules answer, then come back
    LEAVE = "leave"  # end the form and let the rules answer


@dataclass(frozen=True)
class FormTurn:
    """One message seen by a form.

    Attributes:
        intent: base intent of the message.
        text: what the visitor wrote.
        answering: the form asked and this message is the reaction; False on activation and after a digression.
        known: a usable value is known by now, from this message or from earlier; a bad one in this message undoes that.
        found_now: a usable value, or an attempt at one, stands in this message.
        opens_with_attempt: the message that opens the form holds an unmistakable but bad value ("where is FW-1042?").
        declined: the visitor said earlier that there is no value to be had.
        misses: how often in a row the form could not use the answer.
        own_intents: intents that open this form; in it, they only repeat why it is open.
        aside: the message holds something else worth noting, such as an order number where an address was asked for.
        offered: what was asked last was not the form's question but whether a person should take over.
        upset: the message sounds frustrated.
        remark: the message is about the question itself: why it is asked, where the value is to be found.
    """

    intent: str | None
    text: str
    answering: bool
    known: bool
    found_now: bool
    opens_with_attempt: bool
    declined: bool
    misses: int
    own_intents: frozenset[str]
    aside: bool = False
    offered: bool = False
    upset: bool = False
    remark: bool = False


def next_step(turn: FormTurn) -> Step:
    """Decide what the form does with ``turn``."""
    if not turn.answering:
        return _opening(turn)
    if turn.intent in ALWAYS_LEAVES or (turn.offered and turn.intent == "affirm"):
        return Step.LEAVE
    if turn.found_now and not _says_more(turn):
        return Step.DONE if turn.known else _missed(turn)
    if turn.offered and turn.intent == "deny":
        return Step.DIGRESS  # no to a person, and the form's own question comes again
    if not turn.known:
        # a reply to the question, whatever NLU makes of it: out of this context it may well be nonsense
        if refuses_plainly(turn.text):
            return Step.DECLINED
        if turn.remark and not turn.offered:
            return _missed(turn)
    if turn.intent in DIGRESSIONS:
        return Step.LEAVE if turn.intent == "faq" and changes_mind(turn.text) else Step.DIGRESS
    stays = turn.intent in ATTEMPTS | POLITE | turn.own_intents or turn.intent == "deny"
    if not stays:
        return Step.LEAVE
    if turn.known:
        return Step.DONE
    if turn.intent == "deny" or refuses(turn.text):
        return Step.DECLINED
    return Step.AGAIN if turn.intent in POLITE or turn.aside else _missed(turn)


def _opening(turn: FormTurn) -> Step:
    if turn.known:
        return Step.DONE
    if turn.opens_with_attempt:
        return Step.EXPLAIN
    return Step.DECLINED if turn.declined else Step.ASK


def _says_more(turn: FormTurn) -> bool:
    """Whether the message is about more than the value: a bare value keeps its meaning whatever NLU makes of it."""
    return len(turn.text.split()) > WORDS_OF_A_BARE_VALUE + 1


def _missed(turn: FormTurn) -> Step:
    return Step.GIVE_UP if turn.misses >= MAX_MISSES else Step.EXPLAIN
