"""Finds the name with which a visitor introduces themselves. Careful: a wrong name is worse than none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handoff.nlu.entity_patterns import Match, words

_NAMED = re.compile(
    r"(?:\bmy (?:full |first )?name is|\bmy name['\u2019]s|(?:^\W{0,3}|(?<=[,.;!] ))name\s*(?:is|:|=)|"
    r"\bi am called|\bi['\u2019]m called|\bmijn naam is|\bmein name ist|\bje m['\u2019]appelle)\s+",
    re.IGNORECASE,
)
"""After these a name follows in any spelling ("my name is tom bakker")."""

_INTRODUCED = re.compile(
    r"(?:^\W{0,3}|[.!?,;]\s+|\b(?:hi|hello|hey|hallo|morning|afternoon|evening|yes|so|and)[,!.]?\s+)"
    r"(?:i['\u2019]m|i am|im|this is|it['\u2019]s|here is|ik ben|ich bin|je suis|"
    r"(?:you can |you may |just )?call me)\s+",
    re.IGNORECASE,
)
"""After these a capital letter decides, and the word must not be one that people write with a capital anyway."""

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*\.?")
_PARTICLES = words("de den der van von vom zu la le du da di do dos das el al bin ibn ten ter te op 't")
_MOST_WORDS = 4
_LONGEST_WORD = 30

_NOT_A_NAME = words(
    """
    a about absolutely actually afraid after again all almost already also always amazed an and angry annoyed another
    any anyone at available aware away awful back bad because been being blocked bored broken busy but buying by calling
    charged closed coming confused considering correct crazy curious cancelled customer customers dead desperate
    disappointed disgusted done dutch english even every everything exactly far fed feeling fine finally for french
    from frustrated fully furious german getting glad going gone good great happy hard having he her here his how
    however human i if important in incorrect inside interested irritated irrelevant is it its just kidding late
    leaving like listed locked looking lost mad me misspelled misspelt missing my need never new nice no nobody none not
    nothing now of off ok okay old on once one only optional or order other our out over paying perfect please private
    quite ready really regarding right ridiculous running sad same satisfied sceptical secret seriously she shocked sick
    so some someone sorry spelled spelt still stuck such super supposed sure talking terrible thank thanks that the
    their there they this thinking tired to told too totally trying typing ugly under unable unbelievable unhappy
    unknown unsure upset urgent useless using very waiting was we well what where which who why will wondering
    working worried writing wrong yes you your
    american austrian belgian british danish italian norwegian polish spanish swedish swiss european
    monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
    october november december amsterdam berlin paris brussels
    agent assistant bot company email e-mail fernway invoice it's phone shopify slack google microsoft wordpress
    director engineer founder head manager marketing owner sales student teacher designer developer architect
    asap tomorrow today later tonight when
    fw hello hi hey ceo cto hr english-speaking
    """
)
_GOES_ON = words(
    "and from with at here by in the i my or but is on order email e-mail again speaking writing calling "
    "phone mail who what we not of for"
)
"""Words that end a name and may well follow one."""


def names(text: str) -> Iterator[Match]:
    """The visitor's name after "my name is", or after "I'm" and the like when it is written as one."""
    for found in _NAMED.finditer(text):
        yield from _name_at(text, found.end(), capitals=False)
    if text.isupper():
        return  # capitals tell nothing in a shouted message
    for found in _INTRODUCED.finditer(text):
        yield from _name_at(text, found.end(), capitals=True)


def _name_at(text: str, start: int, *, capitals: bool) -> Iterator[Match]:
    taken: list[re.Match[str]] = []
    place = start
    while len(taken) < _MOST_WORDS and (word := _WORD.match(text, place)):
        bare = word[0].lower().rstrip(".")
        particle = bare in _PARTICLES and (taken or capitals is False or word[0][0].isupper())
        if bare in _NOT_A_NAME or len(bare) > _LONGEST_WORD:
            break
        if (capitals or _has_capital(taken)) and not particle and not word[0][0].isupper():
            break
        taken.append(word)
        place = word.end()
        if word[0].endswith(".") and len(bare) > 1:
            break  # the end of a sentence, not an initial
        if not text.startswith(" ", place):
            break
        place += 1
    while taken and taken[-1][0].lower() in _PARTICLES:
        taken.pop()
    if not taken or not _ends_like_a_name(text, taken, capitals):
        return
    end = taken[-1].end() - (taken[-1][0].endswith(".") and len(taken[-1][0]) > 2)
    value = text[taken[0].start() : end]
    yield Match("name", value if _has_capital(taken) else value.title(), taken[0].start(), end)


def _has_capital(taken: list[re.Match[str]]) -> bool:
    return any(word[0][0].isupper() for word in taken)


def _ends_like_a_name(text: str, taken: list[re.Match[str]], capitals: bool) -> bool:
    """Whether what follows fits: "I'm Sick of this" and "my name is spelled wrong" go on as no name does."""
    following = text[taken[-1].end() :]
    if following[:1] in {"@", "_"} or re.match(r"[.\-/]\w|\d", following):
        return False  # the beginning of an address
    if taken[-1][0].endswith("."):
        return True
    after = _WORD.match(following.lstrip(" ")) if following.startswith(" ") else None
    if after is None:
        return True
    next_word = after[0].lower().rstrip(".")
    if next_word in _GOES_ON:
        return not (capitals and len(taken) == 1 and next_word in {"of", "not", "the"})
    return not capitals and len(taken) < _MOST_WORDS
