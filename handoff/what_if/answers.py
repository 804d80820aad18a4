"""Answers what-if questions from the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handoff.domain.errors import ConfigurationError, InvalidInput
from handoff.domain.experiment import label
from handoff.domain.model import TriggerKind
from handoff.domain.rules import HandoffRules
from handoff.domain.visits import OUT_OF_SCOPE
from handoff.dotted_keys import value_at, with_overrides
from handoff.metrics.period import Period, period_of
from handoff.persistence.unit_of_work import SqlUnitOfWork
from handoff.persistence.what_if_reads import threshold_in_use, words_of
from handoff.rules_file import read_file, rules_of
from handoff.service.ports import Clock
from handoff.what_if.designers_rules import answers_with_offer
from handoff.what_if.replay import replay
from handoff.what_if.rulebook import Rulebook
from handoff.what_if.settings import check_keys
from handoff.what_if.snippet import abstention_snippet, rules_snippet
from handoff.what_if.stories import facts_of, stories_of
from handoff.what_if.summary import Totals, VisitChange, add_up
from handoff.what_if.words import caveats, sentences

LISTED = 200  # visits that change: more than anybody reads, and a small answer
EXPERIMENT = "experiment"
CENTS = 2  # decimals of a threshold as people write it


@dataclass(frozen=True)
class Answer:
    """What would have changed.

    Attributes:
        totals: the numbers.
        changed: the first visits that change, with the visitor's words at that moment.
        changed_total: how many there are.
        sentences, caveats: the same for people, and how far it can be trusted.
        snippet: for handoff.yml; empty when nothing of it was changed.
        config_snippet: for config.yml.
    """

    period: Period
    totals: Totals
    changed: list[tuple[VisitChange, str]]
    changed_total: int
    sentences: list[str]
    caveats: list[str]
    snippet: str
    config_snippet: str


@dataclass(frozen=True)
class WhatIf:
    """Asks the stored visits.

    Attributes:
        file: handoff.yml, read again for each question.
        offers: the responses that offer a person, see :class:`handoff.what_if.rulebook.Rulebook`.
        designers_rules: the folder of the rules in Rasa's format.
    """

    uow: SqlUnitOfWork
    rules: HandoffRules
    file: Path
    offers: Mapping[str, TriggerKind | None]
    designers_rules: Path
    clock: Clock

    def ask(self, period: Period, changes: Mapping[str, Any], abstain_below: float | None = None) -> Answer:
        """Replay the visits of ``period`` with ``changes`` to handoff.yml.

        Args:
            period: the days.
            changes: dotted keys and the values that are tried.
            abstain_below: the threshold that is tried for "I am not sure"; None leaves it.

        Raises:
            InvalidInput: a key cannot be tried, or a value is none that the file could hold.
        """
        check_keys(dict(changes))
        content = read_file(self.file)
        before = {key: value_at(content, key) for key in changes}
        books = self._books(content, changes, abstain_below)
        with self.uow.read() as tx:
            visits = facts_of(tx.connection, period)
            stories = stories_of(tx.connection, period)
            totals, changed = add_up(one for story in stories for one in replay(story, visits, books))
            words = words_of(tx.connection, [one.message_id for one in changed[:LISTED]])
        return Answer(
            period=period,
            totals=totals,
            changed=[(one, words.get(one.message_id, "")) for one in changed[:LISTED]],
            changed_total=len(changed),
            sentences=sentences(totals, period.days, abstain_below=abstain_below),
            caveats=caveats(totals),
            snippet=rules_snippet(changes, before) if changes else "",
            config_snippet="" if abstain_below is None else abstention_snippet(abstain_below),
        )

    def values(self) -> Any:
        """What handoff.yml holds now, as YAML reads it."""
        return read_file(self.file)

    def abstains_below(self) -> float | None:
        """From which score on the assistant answers, read off what it did in the last days; None without messages."""
        certain = {OUT_OF_SCOPE, *self.rules.trigger_intents[TriggerKind.EXPLICIT_REQUEST]}
        with self.uow.read() as tx:
            not_sure, answered = threshold_in_use(tx.connection, period_of(self.rules, self.clock()).scope(), certain)
        if not_sure is None or answered is None:
            found = answered if not_sure is None else not_sure
            return None if found is None else round(found, CENTS)
        return round((not_sure + answered) / 2, CENTS)

    def _books(
        self, content: Any, changes: Mapping[str, Any], abstain_below: float | None
    ) -> dict[str | None, Rulebook]:
        answers = answers_with_offer(self.designers_rules, self.offers)
        rules = rules_of(self.file, content)
        bare = {key: value for key, value in content.items() if key != EXPERIMENT}

        def book(now: HandoffRules, own: Mapping[str, Any]) -> Rulebook:
            other = self._rules(with_overrides(self.file, bare, own), changes)
            return Rulebook(now, other, self.offers, answers, abstain_below)

        books: dict[str | None, Rulebook] = {None: book(rules, {})}
        if rules.experiment is not None:
            for variant in rules.experiment.variants:
                own = rules.rules_of_variants.get(variant.name, rules)
                books[label(rules.experiment.name, variant.name)] = book(own, variant.changes)
        return books

    def _rules(self, content: Any, changes: Mapping[str, Any]) -> HandoffRules:
        try:
            return rules_of(self.file, with_overrides(self.file, content, changes))
        except ConfigurationError as error:
            raise InvalidInput(str(error).replace(f"{self.file} has mistakes:\n", "").strip()) from error
