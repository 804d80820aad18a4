"""Replays stored visits under other rules: would a person have been offered, or brought in, and when?

Each visit is walked along what was recorded. At each message of the visitor the same decision is taken twice, with the
rules as they are and with the other ones. As long as both agree, what happened is what would have happened. At the
first difference the ways part. If it is a handoff, the rest is unknown: nobody knows what would have been said then. If
it is an offer, the walk goes on with the visitor's words as they are, and whatever follows is an estimate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from handoff.domain.lifecycle import Status
from handoff.what_if.path import Path, as_counted, follow, turn_of
from handoff.what_if.rulebook import Rulebook
from handoff.what_if.story import Moved, Said, Story, VisitFacts
from handoff.what_if.visit_replay import VisitReplay
from handoff.what_if.walk import Walk


def replay(
    story: Story, visits: Mapping[int, VisitFacts], books: Mapping[str | None, Rulebook]
) -> Iterator[VisitReplay]:
    """Replay one conversation.

    Args:
        story: all of it, since what was said before a visit counts in it.
        visits: those to replay, by id.
        books: the rules by variant of an experiment; None holds for whatever else.
    """
    book, path, walk, changed = books[None], Path(), None, False
    place = _Place(story)
    for said in story.said:
        if place.before(said):
            path.begin_anew()
            path.before = None
            if walk is not None:
                walk.begins_anew()
        if walk is None or walk.result.facts.id != said.visit:
            if walk is not None:
                yield walk.result
                changed = changed or walk.result.parted > 0
            facts = visits.get(said.visit) if said.visit is not None else None
            book = books.get(facts.variant, books[None]) if facts else book
            walk = Walk(book, VisitReplay(story.conversation_id, facts, unsure=changed)) if facts else None
        raw = turn_of(said, said.intent)
        path.turns.append(as_counted(raw, said))
        if walk is not None:
            walk.hear(said, raw, path, place.status)
        follow(path, said, book)
        place.after(said)
    if walk is not None:
        yield walk.result


@dataclass
class _Place:
    """Where the handoffs of a conversation stand while it is walked along."""

    story: Story
    status: Status | None = None
    next: int = 0

    def before(self, said: Said) -> bool:
        """Take the steps that came before a message; whether the conversation began anew with one of them."""
        anew = False
        while self.next < len(self.story.moves):
            move = self.story.moves[self.next]
            if move.on is not None or move.at > said.at:
                break
            anew = anew or move.anew
            self._take(move)
        return anew

    def after(self, said: Said) -> None:
        """Take the step that a message itself led to, whatever the clocks of two processes say."""
        if self.next < len(self.story.moves) and self.story.moves[self.next].on == said.id:
            self._take(self.story.moves[self.next])

    def _take(self, move: Moved) -> None:
        self.status, self.next = move.status, self.next + 1
