"""Short replies that mean something only because a form just asked: "no idea", "why?", "use the one from my account".

NLU judges a message by itself, and rightly makes little of these. Here the form's question is known. Every pattern
covers the whole message, so a message that says anything more is left to NLU.
"""

from __future__ import annotations

import re
from enum import StrEnum

LONGEST = 80  # characters; a longer reply has something of its own to say

_BEFORE = (
    r"(?:(?:sorry|well|um+|uh+|hm+|oh|ah|ok|okay|and|but|so|honestly|actually|unfortunately|tbh|no|nope|please|just) )*"
)
_AFTER = r"(?: (?:sorry|though|please|pls|thanks|then|for me))*"
_NUMBER = r"(?:order ?)?(?:number|nr|id|code)"
_ADDRESS = r"(?:(?:e mail|email|mail)(?: address)?|address)"
_THING = rf"(?:(?:the|my|an?|that|this|any|your) )?(?:{_NUMBER}|{_ADDRESS}|one|it|that|this|either|them)"
_NOT = r"(?:don'?t|do not|didn'?t|haven'?t|have not|can'?t|cannot|can not|couldn'?t|won'?t|never|no longer)"
_TIME = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|yesterday|today|week|month|year|weekend|morning)"
_ACCOUNT = r"(?:my|the|your) (?:\w+ )?(?:account|profile|files?|records|system|database)"


def _whole(*alternatives: str) -> re.Pattern[str]:
    return re.compile(f"{_BEFORE}(?:{'|'.join(alternatives)}){_AFTER}")


_REFUSAL = _whole(
    # I don't have it here; can't find one; don't know which one it is; I'd rather not give you my email
    rf"(?:i )?(?:really |just |even )?{_NOT}(?: (?:really|even|actually|currently))?"
    r"(?: (?:have|had|got|get|find|found|know|knew|remember|recall|see|kept|do|use|received?|want to|share|give|tell"
    rf"|say|you))+(?: {_THING})?"
    r"(?: (?:here|with me|at hand|on me|right now|now|any ?more|at the moment|by heart|yet"
    rf"|(?:what|where) (?:{_THING}) (?:is|was)|which(?: one)?(?: it is)?))*",
    # no idea what it is; I have no number
    rf"(?:i )?(?:'?ve )?(?:(?:have|got) )*no (?:idea|clue|{_NUMBER}|{_ADDRESS})(?: what (?:{_THING}) is)?",
    r"(?:i )?(?:'?ve )?(?:have |got )?(?:none|neither|nothing)|idk|dunno|beats me|none of your business",
    r"(?:i'?m |i am )?not sure",
    rf"i (?:'?ve |have )?(?:lost|deleted|misplaced|forgot|forgotten|threw away) {_THING}",
    rf"(?:i'?d |i would |i )?(?:rather|prefer) not(?: (?:to|say|tell|share|give|you))*(?: {_THING})?",
    # no address is needed: just answer here; here in the chat is fine
    r"(?:you can )?(?:answer|write|reply|respond)(?: to)?(?: me)? (?:here|in (?:this|the) chat)",
    r"(?:here(?: in (?:this|the) chat)?|(?:in )?(?:this|the) chat) (?:is|works|will do)(?: (?:fine|ok|good|enough))?",
)
_WHY = _whole(
    # why; why do you need my email; why would I give you that
    r"why(?: (?:do|would|should|must|are|is|you|u|i|we|it|that|really|need|needed|necessary|asking|ask|me|for|want"
    rf"|require|required|have|to|know|give|tell|share|provide))*(?: {_THING})?(?: (?:from me|for|again|first))*",
    rf"what (?:do you need {_THING} for|for|is (?:it|that|this) for)",
    r"is (?:it|that|this) (?:really )?(?:necessary|needed|required|mandatory)",
    rf"(?:do|must) (?:i|we)(?: (?:really|have to|need to|give|tell|share|say|enter|provide|you))*(?: {_THING})?",
)
_WHERE = _whole(
    # where do I find it; how can I see my order number
    r"(?:where|how)(?: (?:do|can|could|would|should|to|i|we))*"
    rf" (?:find|see|get|look up|look for|locate|check|know) {_THING}",
    rf"where(?:'?s| is| was) (?:the|my|that|this) {_NUMBER}",
    r"(?:what|how) does (?:it|that|the number) look(?: like)?",
)
_WHICH = _whole(
    # which one do you need; what's an order number
    rf"(?:which|what)(?:'?s| is| kind of)?(?: (?:the|my|an?))? (?:{_NUMBER}|{_ADDRESS}|one)"
    r"(?: (?:is (?:it|that)|do you (?:need|want|mean)))?",
    r"which|what|what do you mean(?: by that)?|huh",
)
_ON_RECORD = _whole(
    # use the one from my account; it's in my profile; check my account; my account email
    r"(?:(?:you can|can you|could you|use|take|check|see|look|it'?s|that'?s|it is|the|that|same|one|as|in|on|from|with"
    rf"|at|{_NUMBER}|{_ADDRESS}) )*{_ACCOUNT}(?: (?:{_ADDRESS}|{_NUMBER}))?",
    # you should have it already
    rf"(?:you|u)(?: (?:guys|people|already|should|must|do|surely))* (?:have|got|know) {_THING}"
    r"(?: (?:already|on file))?",
    # the one I ordered with; the address you have on file
    rf"(?:use )?(?:the )?(?:same|one|{_ADDRESS}|{_NUMBER})(?: that)?"
    r" (?:you have(?: on file)?|(?:as )?i (?:ordered|bought|registered|signed up|log in|use|used|gave)"
    r"(?: (?:it|with|before|last time|you))*)",
    rf"(?:use )?(?:the )?same(?: one| {_ADDRESS})?(?: as (?:before|last time|always|usual))?",
)
_ORDER = _whole(
    # the one from monday; my last order; the blue desk
    r"(?:it'?s |it is |that'?s )?(?:the|my|that|our) (?:\w+ ){0,2}(?:one|order|desk|purchase|delivery|parcel|package)"
    r"(?: (?:from|of|i|we|that|which|for|with|placed|ordered|bought|on|in|last)(?: \w+){0,6})?",
    rf"(?:it'?s |it is |that'?s )?(?:from |on |of )?(?:last |this )?{_TIME}(?:'?s)?(?: (?:one|order))?",
)
_MARKS = re.compile(r"[^\w']+")


class Remark(StrEnum):
    """A reply about the question itself. The values are those of the problem slots in data/responses."""

    WHY = "why"  # why do you need it?
    WHERE = "where"  # where do I find it?
    WHICH = "which"  # what do you mean?
    ON_RECORD = "on_record"  # you have it, in my account


_PATTERNS = {Remark.WHY: _WHY, Remark.WHERE: _WHERE, Remark.WHICH: _WHICH, Remark.ON_RECORD: _ON_RECORD}


def remark_in(text: str) -> Remark | None:
    """What ``text`` says about the question, if that is all it says."""
    return next((remark for remark, pattern in _PATTERNS.items() if _is_all(pattern, text)), None)


def refuses_plainly(text: str) -> bool:
    """Whether ``text`` says that there is no value to be had, and nothing else: "no idea", "I don't have it here"."""
    return _is_all(_REFUSAL, text)


def describes_order(text: str) -> bool:
    """Whether ``text`` tells an order from others in words: "the one from monday", "my last order"."""
    return _is_all(_ORDER, text)


def _is_all(pattern: re.Pattern[str], text: str) -> bool:
    plain = _MARKS.sub(" ", text.replace("\u2019", "'")).strip().lower()
    return len(plain) <= LONGEST and pattern.fullmatch(plain) is not None
