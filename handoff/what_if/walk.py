"""One visit on its way, by the rules as they are and by the other ones; see :mod:`handoff.what_if.replay`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from handoff.domain.escalation import BY_RULES, Decision, Step
from handoff.domain.escalation_record import as_record
from handoff.domain.lifecycle import Status
from handoff.domain.model import TriggerKind, Turn
from handoff.domain.visits import FALLBACK
from handoff.what_if.next_step import AFFIRM, Circumstances, Found, next_step
from handoff.what_if.path import SPOKE_OF_PERSON, Path, as_counted, turn_of
from handoff.what_if.reading import Reading, other_reading
from handoff.what_if.rulebook import Rulebook
from handoff.what_if.story import Said
from handoff.what_if.visit_replay import Handover, OfferChange, Reread, VisitReplay

AT_ONCE = frozenset({TriggerKind.EXPLICIT_REQUEST, TriggerKind.SENSITIVE_TOPIC})
"""Triggers whose rules bring in a person without an offer before."""
NOT_SURE = "utter_low_confidence"


@dataclass
class Walk:
    """One visit on its way."""

    book: Rulebook
    result: VisitReplay
    own: Path | None = None  # once the ways have parted
    done: bool = False  # a person has it, so the rest is unknown

    def begins_anew(self) -> None:
        """A handoff is over. Where it would not have been made, nothing is."""
        if self.own is not None and not self.result.cut:
            self.own.begin_anew()
            self.own.before = None

    def hear(self, said: Said, raw: Turn, path: Path, status: Status | None) -> None:
        """Take the visit one message further; the latest turn is on ``path`` already."""
        result, book = self.result, self.book
        result.messages += 1
        if not said.heard:
            self._unheard(path)
            return
        reading = None
        if book.abstain_below is not None:
            reading = other_reading(said, book.now, book.abstain_below)
            _count(result.reread, said, reading)
        if self.own is None and reading is None and self._is_calm(said):
            return
        about = self._about(said, status, path.before)
        base = next_step(path.turns, path.offers, book.now, about, raw)
        self._compare_with_record(said, base)
        if self.done:
            if said.handed_off is not None and result.recorded is None:
                result.recorded = self._handover(said, said.handed_off)
            return
        self._go(said, raw, path, about, reading, base)

    def _is_calm(self, said: Said) -> bool:
        """Whether nothing can follow from it by either rules, and nothing was recorded."""
        mood = (said.frustration or 0.0) < self.book.counts_from and not said.signals
        nothing = said.decision is None and said.handed_off is None
        return mood and nothing and said.intent not in self.book.telling

    def _unheard(self, path: Path) -> None:
        if self.result.cut:
            self.done = True  # a person speaks who would not have come
        if self.own is not None and not self.done:
            self.own.turns.append(path.turns[-1])

    def _about(self, said: Said, status: Status | None, before: str | None) -> Circumstances:
        likeliest = said.likeliest() if said.intent == FALLBACK else []
        offers, graded = self.book.offers, self.book.graded
        return Circumstances(said.in_form, status, said.replies, offers, graded, likeliest, before)

    def _compare_with_record(self, said: Said, base: Found) -> None:
        found = as_record(base.decision, said.id) if base.decision else None
        if found is None and said.decision is None:
            return
        result = self.result
        same = found == said.decision
        if said.decision is None and base.decision is not None:
            same = _happened(said, base.decision, self.book)  # what followed is stored, only the decision is not
        result.decisions += 1
        result.made += said.decision is not None
        result.reproduced += same
        result.unsure = result.unsure or not same

    def _go(
        self, said: Said, raw: Turn, path: Path, about: Circumstances, reading: Reading | None, base: Found
    ) -> None:
        """Decide by the other rules, and say where the ways part."""
        result, book, status = self.result, self.book, about.status
        other_raw = raw if reading is None else turn_of(said, reading.intent)
        if self.own is not None:
            self.own.turns.append(as_counted(other_raw, said))
        elif reading is not None:
            self.own = path.copy()
            self.own.turns[-1] = as_counted(other_raw, said)
        own = self.own or path
        if own is not path:
            about = replace(about, status=None if result.cut else status, before=own.before)
        if reading is not None:
            about = replace(about, likeliest=said.likeliest())
        found = next_step(own.turns, own.offers, book.other, about, other_raw)
        open_already = status is not None and not result.cut
        # where both decide the same, what was recorded holds, also where neither explains it
        same = _key(found) == _key(base) and reading is None and not result.cut and said.intent not in book.moved_in
        alike = same and (self.own is None or base.decision is not None)
        recorded = None if open_already else said.handed_off
        if (alike and not self._loses_its_cause(said, path, base)) or open_already:
            person, graded, ruled = recorded, self._was_offered(said), self._ruled(said)
        else:
            person = self._person(said, other_raw, path, own, found, base, reading)
            graded = person is None and found.decision is not None and found.decision.step is Step.OFFER
            ruled = self._ruled_otherwise(said, graded=graded, reading=reading) if person is None else []
        sure = reading is None and found.sure and base.sure and said.intent not in book.moved_in
        self._part(said, person, recorded, graded=graded, sure=sure and not self._loses_its_cause(said, path, base))
        if self.own is None and result.parted:
            self.own = path.copy()
        if self.own is not None and not self.done:
            self._go_on(said, graded=graded, ruled=ruled, reading=reading, reset=open_already)

    def _part(self, said: Said, person: str | None, recorded: str | None, *, graded: bool, sure: bool) -> None:
        """Write down what happened and what would have, where it differs."""
        result = self.result
        offered = self._was_offered(said)
        differs = False
        if recorded is not None and result.recorded is None:
            result.recorded = self._handover(said, recorded)
            result.cut = person is None
            differs = result.cut
        if person is not None:
            result.other = self._handover(said, person)
            self.done = True
            differs = differs or recorded is None
        elif graded != offered and (not result.cut or differs):  # an offer may take the place of the handoff
            changes = result.more_offers if graded else result.fewer_offers
            changes.append(OfferChange(result.messages, said.id, TriggerKind.FRUSTRATION.value))
            differs = True
        if differs and not result.parted:
            result.parted = result.messages
            result.exact = sure and not result.unsure and self.own is None

    def _go_on(
        self, said: Said, *, graded: bool, ruled: list[TriggerKind | None], reading: Reading | None, reset: bool
    ) -> None:
        own = self.own
        assert own is not None, "the ways have parted"
        if graded:
            own.offered(TriggerKind.FRUSTRATION)
        for trigger in ruled:
            own.offered(trigger)
        if reading is not None and reading.withheld:
            own.before = NOT_SURE
        elif said.replies:
            own.before = said.replies[-1]
        if reset and any(reply.startswith(SPOKE_OF_PERSON) for reply in said.replies):
            own.begin_anew()

    def _person(
        self, said: Said, raw: Turn, path: Path, own: Path, found: Found, base: Found, reading: Reading | None
    ) -> str | None:
        """Why a person comes at this message by the other rules; None when none does."""
        book = self.book
        if found.decision is not None and found.decision.step is Step.HAND_OFF:
            return found.decision.trigger.value
        if reading is not None and reading.withheld:
            return None
        kind = book.other.trigger_of(raw.intent)
        if reading is not None or self.result.cut:
            return kind.value if kind in AT_ONCE else None
        if raw.intent in book.moved_in and kind is not None:
            return kind.value
        if said.handed_off is None:
            return None
        if raw.intent == AFFIRM and path.accepts():
            return said.handed_off if own.accepts() else None
        return None if base.decision is not None or self._loses_its_cause(said, path, base) else said.handed_off

    def _loses_its_cause(self, said: Said, path: Path, base: Found) -> bool:
        """Whether a rule brought in a person for an intent that leads to none by the other rules."""
        if said.handed_off is None or base.decision is not None or said.decision is not None:
            return False
        if said.intent == AFFIRM and path.accepts():
            return False
        for turn in reversed(path.turns):
            kind = self.book.now.trigger_of(turn.intent)
            if kind in BY_RULES and kind is not None and kind.value == said.handed_off:
                return self.book.other.trigger_of(turn.intent) not in BY_RULES
        return False

    def _was_offered(self, said: Said) -> bool:
        return any(reply in self.book.graded for reply in said.replies)

    def _ruled(self, said: Said) -> list[TriggerKind | None]:
        offers = self.book.offers
        return [None for reply in said.replies if reply in offers and offers[reply] is None]

    def _ruled_otherwise(self, said: Said, *, graded: bool, reading: Reading | None) -> list[TriggerKind | None]:
        """Offers that a rule makes with its answer, which a graded one takes the place of."""
        if graded or (reading is not None and reading.withheld):
            return []
        answers = [reply for reply in said.replies if reply not in self.book.graded]
        if self._was_offered(said) and answers and answers[-1] in self.book.answers_with_offer:
            return [None]
        return self._ruled(said)

    def _handover(self, said: Said, trigger: str) -> Handover:
        return Handover(self.result.messages, said.at, said.id, trigger)


def _key(found: Found) -> tuple[Step, TriggerKind] | None:
    return (found.decision.step, found.decision.trigger) if found.decision else None


def _happened(said: Said, decision: Decision, book: Rulebook) -> bool:
    if decision.step is Step.HAND_OFF:
        return said.handed_off == decision.trigger
    return any(reply in book.graded for reply in said.replies)


def _count(reread: Reread, said: Said, reading: Reading | None) -> None:
    if said.known is None:
        reread.guessed += 1
    else:
        reread.measured += 1
    if reading is None:
        return
    if not reading.withheld:
        reread.answered += 1
        reread.expected_new_wrong += 1 - reading.known
    elif said.answered:
        reread.withheld += 1
        reread.doubted += said.doubt
        reread.expected_wrong += 1 - reading.known
