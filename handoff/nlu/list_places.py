"""Reads a place in a list off a message that holds nothing else: "the second one", "2", "option 3 pls", "the last"."""

from __future__ import annotations

import re

from handoff.nlu.typed_text import readable

LONGEST = 60  # characters; "I think I would like to go with the second option please" has 56

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_CARDINALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_LETTERS = "abcdefghij"

_POLITE = r"please|pls|plz|thanks|thank you|thx|ty"
_HESITATES = rf"yes|yeah|yep|ok|okay|sure|um+|uh+|hm+|oh|ah|well|so|then|probably|maybe|i think|i guess|{_POLITE}"
_CHOOSES = (
    r"(?:i(?: would|'?d|'?ll)? )?(?:mean|meant|choose|pick|prefer|rather|say|(?:like to )?go (?:for|with)|try)"
    r"|let'?s (?:go (?:for|with)|take|do|try)|(?:it|that|this)(?:'?s| is)"
)
# With these a number is a quantity ("I want 2"); an ordinal is a place all the same.
_WISHES = r"i(?: would|'?d|'?ll)? (?:want|like|need|take|have)|(?:give|show|tell) me(?: about)?|take"
_NOUN = r"(?:option|choice|answer|button|topic|point|suggestion)"
_END = (
    rf"(?: (?:{_POLITE}|then|i think|i guess|it is|(?:is|looks|sounds|seems) (?:fine|good|ok|okay|right|best)|fits))*"
)
_ORDINAL = re.compile(
    rf"(?:(?:{_HESITATES}|{_CHOOSES}|{_WISHES}) )*(?:the )?(?:very )?"
    rf"(?P<place>{'|'.join(_ORDINALS)}|\d{{1,2}}(?:st|nd|rd|th)|last|latter|former)"
    rf"(?: (?:one|{_NOUN}))?(?: of (?:them|these|those|the list))?{_END}"
)
_OPTION = re.compile(
    rf"(?:(?:{_HESITATES}|{_CHOOSES}|{_WISHES}) )*(?:the )?{_NOUN} ?(?:(?:number|no|nr) )?"
    rf"(?P<place>\d{{1,2}}|{'|'.join(_CARDINALS)}|[{_LETTERS}]){_END}"
)
_NUMBER = re.compile(
    # "no 2" is a number; "no one" and "the one" are none
    rf"(?:(?:{_HESITATES}|{_CHOOSES}) )*(?:(?:the )?(?:(?:number|no|nr|num|#) ?)?(?P<place>\d{{1,2}})"
    rf"|(?:number )?(?P<word>{'|'.join(_CARDINALS)})){_END}"
)
_KEYCAP = re.compile("[\ufe0f\u20e3]")  # phones write 2 as a picture: the digit and two marks
_MARKS = re.compile(r"[\s.,;:!?()\[\]\"*_-]+")  # not % or currency signs: with them a number is an amount


def place_in_list(text: str, length: int, *, numbers: bool = True) -> int | None:
    """Which entry of a list of ``length`` the message names, from 0; None when it says anything else.

    Args:
        text: what the visitor wrote.
        length: a list of one is none: "the last one" is more likely about something else then.
        numbers: whether a number is a place. "Option 2" is one in any case.
    """
    plain = _MARKS.sub(" ", _KEYCAP.sub("", readable(text))).strip().lower()
    if length < 2 or len(plain) > LONGEST:
        return None
    if found := _ORDINAL.fullmatch(plain) or _OPTION.fullmatch(plain):
        place = _place(found["place"], length)
    elif numbers and (found := _NUMBER.fullmatch(plain)):
        place = _place(found["place"] or found["word"], length)
    else:
        return None
    return place if place is not None and 0 <= place < length else None


def _place(word: str, length: int) -> int | None:
    if word in {"latter", "former"}:
        return {"former": 0, "latter": 1}[word] if length == 2 else None
    if word == "last":
        return length - 1
    for words in (_ORDINALS, _CARDINALS, _LETTERS):
        if word in words:
            return words.index(word)
    return int(re.sub(r"\D", "", word)) - 1
