"""What every connector must do, whatever it connects to: run over the built-in ones by ``test_conformance.py``.

Write a fake of your live chat (``tests/support/live_chats/base.py`` says what it needs), then::

    @pytest.fixture
    def subject():
        with FakeYours() as fake:
            yield Subject("yours", fake, YourConnector)

    class TestYours(Conformance):
        pass

Each test opens handoffs of its own. "Repeated" is what the dispatcher does after a crash or a lost answer.
"""

from __future__ import annotations

import html
import itertools
import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from handoff.connectors.base import (
    AgentMessage,
    Closed,
    Connector,
    Event,
    Link,
    NotYet,
    Ring,
    Undeliverable,
    WebhookRefused,
    WebhookRequest,
)
from handoff.connectors.card import card_of
from handoff.domain.rules import HandoffRules
from tests.integration.connectors.attempts import DESK_URL, Book, message, package
from tests.support.live_chats.base import FakeLiveChat, Fault, Webhook

MOST_REPETITIONS = 3  # one fault each time; a connector that needs more goes round in circles
PROVES = re.compile(r"signature|token|authorization|secret", re.IGNORECASE)
"""Headers of webhooks that prove where they come from."""
AGENT = "Maya Okafor"


@dataclass
class Subject:
    """A connector and the live chat it talks to."""

    type_name: str
    fake: FakeLiveChat
    connector_class: type[Connector]

    @property
    def two_way(self) -> bool:
        return self.connector_class.capabilities.two_way

    @property
    def once(self) -> bool:
        """Whether the live chat can be asked, or knows idempotency keys; if not, repetitions say what they are."""
        return getattr(self.fake, "once", True)

    def connector(self, options: dict[str, Any] | None = None) -> Connector:
        kind = self.connector_class
        checked = kind.options.model_validate(self.fake.options() if options is None else options)
        return kind.create("team_chat", checked, DESK_URL)

    def bad_options(self) -> dict[str, Any]:
        """Options with secrets that the live chat does not accept."""
        known = getattr(self.fake, "bad_options", None)
        if known is not None:
            return dict(known())
        good = self.fake.options()
        wrong = {key: value[:-4] + "zzzz" for key, value in good.items() if value in self.secrets()}
        return good | wrong

    def secrets(self) -> list[str]:
        """What must be in no error."""
        return [secret for options in (self.fake.options(),) for secret in self.secrets_in(options)]

    def secrets_in(self, options: dict[str, Any]) -> list[str]:
        checked = self.connector_class.options.model_validate(options)
        return [value.get_secret_value() for _, value in checked if isinstance(value, SecretStr)]


class Case:
    """One handoff of a test: its link, its package, and what came of it in the live chat."""

    def __init__(self, subject: Subject, rules: HandoffRules) -> None:
        self.subject = subject
        self.connector = subject.connector()
        self.id = str(uuid.uuid4())
        conversation = uuid.uuid4().hex
        self.book = Book(Link(self.id, conversation))
        self.package = package(
            rules,
            handoff_id=self.id,
            conversation_id=conversation,
            links={"desk": f"{DESK_URL}/desk/handoffs/{self.id}"},
        )
        self._before = set(subject.fake.references())
        self.events: list[Event] = []
        self._ids: set[str] = set()

    def open(self, *, repeated: bool = False) -> None:
        self.connector.open(self.package, self.book.attempt(repeated=repeated))

    def send(self, said: Any, *, repeated: bool = False) -> None:
        self.connector.send(said, self.book.attempt(repeated=repeated))

    def line(self, text: str, number: int) -> Any:
        """Line ``number`` of the visitor's."""
        made = message(text, id=f"{self.id}-m{number}", seq=number)
        return replace(made, conversation_id=self.book.link.conversation_id)

    def references(self) -> list[str]:
        """Counterparts that were made since."""
        return [reference for reference in self.subject.fake.references() if reference not in self._before]

    def reference(self) -> str:
        (reference,) = self.references()
        return reference

    def shown(self, *kinds: str) -> list[str]:
        """What agents read in the one counterpart, in order; of these kinds or all."""
        seen = self.subject.fake.seen_by_agents(self.reference())
        return [plain(line.text) for line in seen if not kinds or line.kind in kinds]

    def hear(self, webhooks: Iterable[Webhook] | None = None) -> list[Event]:
        """What came in since, as the product would take it: webhooks (all that were sent, unless given), then a pull.

        Where nothing can be pulled, webhooks and messages whose id is known are dropped, as the product drops them.
        """
        given = self.drain() if webhooks is None else list(webhooks)
        fresh: list[Event] = []
        for webhook in given:
            request = as_request(webhook)
            events = self.connector.receive(request)
            if self._known(self.connector.delivery_id(request)):
                continue
            fresh += [event for event in events if not isinstance(event, Ring)]
        if self.connector.capabilities.pulls:
            fresh += self.book.pulled(self.connector.pull)
        here = [event for event in fresh if event.reference == self.book.link.reference]
        self.events += [
            event for event in here if not (isinstance(event, AgentMessage) and self._known(f"message {event.id}"))
        ]
        return self.events

    def drain(self) -> list[Webhook]:
        with self.subject.fake.lock:
            webhooks = list(self.subject.fake.webhooks)
            self.subject.fake.webhooks.clear()
        return webhooks

    def heard(self) -> list[tuple[str, str]]:
        """(agent's name, text) of all messages so far."""
        return [(event.agent.name, event.text) for event in self.events if isinstance(event, AgentMessage)]

    def _known(self, id: str | None) -> bool:
        if id is None:
            return False
        known = id in self._ids
        self._ids.add(id)
        return known


def plain(text: str) -> str:
    """What a person reads: markup of live chats undone, white space made even."""
    return " ".join(html.unescape(text).replace("\\", "").replace("\u2060", "").replace("\u200b", "").split())


def as_request(webhook: Webhook, headers: dict[str, str] | None = None, body: bytes | None = None) -> WebhookRequest:
    sent = webhook.headers if headers is None else headers
    return WebhookRequest(
        {name.lower(): value for name, value in sent.items()},
        webhook.body if body is None else body,
        datetime.now(UTC),
    )


@contextmanager
def fault_at(fake: FakeLiveChat, step: int, fault: Fault) -> Any:
    """The request number ``step`` (0 is the next) meets the fault, those before it do not."""
    with fake.lock:
        fake.faults.extend([*[None] * step, fault])  # type: ignore[list-item]  # None: nothing happens to that one
    yield
    with fake.lock:
        fake.faults.clear()


def requests_of(fake: FakeLiveChat, call: Callable[[], object]) -> int:
    before = len(fake.requests)
    call()
    return len(fake.requests) - before


def through_a_fault(
    subject: Subject, step: int, fault: Fault, call: Callable[[bool], object], where: str
) -> Exception | None:
    """Make the call with a fault, then repeat it until it is done; returns what the fault led to."""
    first: Exception | None = None
    with fault_at(subject.fake, step, fault):
        try:
            call(False)
        except NotYet as error:
            first = error
        except Exception as error:  # noqa: BLE001  # whatever it is, it is the finding
            pytest.fail(f"{where}: {type(error).__name__}: {error}; only NotYet may come of this")
    if first is None:
        return None
    for secret in subject.secrets():
        assert secret not in f"{first}{first!r}", f"{where}: a secret is in the error"
    repeat(call, where)
    return first


def repeat(call: Callable[[bool], object], where: str) -> None:
    """Call as a repetition until it is done: a connection that the server closed meanwhile may cost one try."""
    for _ in range(MOST_REPETITIONS):
        try:
            call(True)
        except NotYet:
            continue
        return
    pytest.fail(f"{where}: repeated {MOST_REPETITIONS} times, and never done")


def facts_of(made: dict[str, Any]) -> list[str]:
    """What agents must read, each as it stands in the card."""
    card = card_of(made)
    facts = [card.headline, card.summary, *(fact.text for fact in card.facts), *(line.text for line in card.said)]
    return [plain(fact) for fact in [*facts, card.desk_url]]


def missing_facts(made: dict[str, Any], seen: Sequence[str]) -> list[str]:
    whole = plain("\n".join(seen))
    return [fact for fact in facts_of(made) if fact not in whole]


class Conformance:
    """Inherit from it where there is a fixture ``subject``; ``rules`` are the project's."""

    # --- out

    def test_open_shows_the_facts_once(self, subject: Subject, rules: HandoffRules) -> None:
        case = Case(subject, rules)
        case.open()
        shown = case.shown()
        assert not missing_facts(case.package, shown)
        whole = "\n".join(shown)
        assert whole.count(plain(card_of(case.package).summary)) == 1
        if subject.two_way:
            assert case.book.link.reference == case.reference()
        assert subject.fake.complaints == []

    @pytest.mark.parametrize("fault", list(Fault))
    def test_open_through_faults(self, subject: Subject, rules: HandoffRules, fault: Fault) -> None:
        clean = Case(subject, rules)
        steps = requests_of(subject.fake, clean.open)
        wanted = self._neutral(clean) if subject.once else []
        for step in range(steps):
            case = Case(subject, rules)
            where = f"open, request {step + 1} of {steps} with {fault}"
            error = through_a_fault(subject, step, fault, lambda again, case=case: case.open(repeated=again), where)
            if fault is Fault.TOO_MANY and isinstance(error, NotYet):
                assert error.retry_after, f"{where}: it does not say how long to wait"
            if not subject.once:
                self._posted_again_with_a_word(case, where)
                continue
            assert len(case.references()) == 1, f"{where}: {len(case.references())} counterparts"
            assert self._neutral(case) == wanted, f"{where}: agents see something else than without a fault"
        assert subject.fake.complaints == []

    def test_open_that_is_repeated_when_all_was_done(self, subject: Subject, rules: HandoffRules) -> None:
        case = Case(subject, rules)
        case.open()
        before = case.shown()
        case.open(repeated=True)
        assert len(case.references()) == 1
        assert case.shown() == before
        assert subject.fake.complaints == []

    @pytest.mark.parametrize("fault", list(Fault))
    def test_messages_arrive_once_in_order_through_faults(
        self, subject: Subject, rules: HandoffRules, fault: Fault
    ) -> None:
        self._needs_two_way(subject)
        case = Case(subject, rules)
        case.open()
        texts = [f"Line number {number} & <b>more</b>" for number in range(1, 5)]
        first, *others = [case.line(text, number) for number, text in enumerate(texts, 1)]
        steps = requests_of(subject.fake, lambda: case.send(first))
        for number, said in enumerate(others):
            where = f"send, request {number % steps + 1} of {steps} with {fault}"
            through_a_fault(
                subject, number % steps, fault, lambda again, said=said: case.send(said, repeated=again), where
            )
        repeat(lambda again: case.send(others[-1], repeated=again), f"send after {fault}")
        self._in_order(case, texts)
        assert subject.fake.complaints == []

    def test_closing_twice_is_closing_once(self, subject: Subject, rules: HandoffRules) -> None:
        self._needs_two_way(subject)
        case = Case(subject, rules)
        case.open()
        reason = "The visitor went on with the assistant."
        case.connector.close(reason, case.book.attempt())
        shown = case.shown()
        case.connector.close(reason, case.book.attempt(repeated=True))
        assert case.shown() == shown
        assert plain("\n".join(shown)).count(reason) == 1, "agents must read why it is over"
        assert subject.fake.complaints == []

    @pytest.mark.parametrize("fault", list(Fault))
    def test_closing_through_faults(self, subject: Subject, rules: HandoffRules, fault: Fault) -> None:
        self._needs_two_way(subject)
        clean = Case(subject, rules)
        clean.open()
        reason = "The visitor went on with the assistant."
        steps = requests_of(subject.fake, lambda: clean.connector.close(reason, clean.book.attempt()))
        for step in range(steps):
            case = Case(subject, rules)
            case.open()
            where = f"close, request {step + 1} of {steps} with {fault}"
            through_a_fault(
                subject,
                step,
                fault,
                lambda again, case=case: case.connector.close(reason, case.book.attempt(repeated=again)),
                where,
            )
            assert plain("\n".join(case.shown())).count(reason) == 1, where
        assert subject.fake.complaints == []

    @pytest.mark.parametrize("fault", [None, Fault.LOST_ANSWER])
    def test_the_same_handoff_once_more_after_closing(
        self, subject: Subject, rules: HandoffRules, fault: Fault | None
    ) -> None:
        """Another live chat had it in between: the link is new, the handoff's id is the same."""
        self._needs_two_way(subject)
        reason, steps = "Colleagues elsewhere have taken this over.", 1
        while steps:
            case = Case(subject, rules)
            case.open()
            case.connector.close(reason, case.book.attempt())
            old, case.book.link = case.book.link, Link(case.id, case.book.link.conversation_id)
            where = f"opened again, request {steps} with {fault}"
            if fault is None:
                case.open()
                steps = 0
            else:
                failed = through_a_fault(
                    subject, steps - 1, fault, lambda again, case=case: case.open(repeated=again), where
                )
                steps = steps + 1 if failed else 0
            new = case.book.link.reference
            assert new is not None, where
            assert len(case.references()) == (1 if new == old.reference else 2), where
            case.send(case.line("Here I am again.", 1))
            seen = subject.fake.seen_by_agents(new)
            assert [plain(line.text).count("Here I am again.") for line in seen if line.kind == "visitor"][-1] == 1
            assert not missing_facts(case.package, [line.text for line in seen]), where
            subject.fake.agent_says(new, "Welcome back.")
            case.hear()
            assert case.heard() == [(AGENT, "Welcome back.")], where
        assert subject.fake.complaints == []

    # --- errors and secrets

    def test_a_wrong_secret_is_for_good_and_not_repeated_in_the_error(
        self, subject: Subject, rules: HandoffRules
    ) -> None:
        case = Case(subject, rules)
        case.connector = subject.connector(subject.bad_options())
        with pytest.raises(Undeliverable) as caught:
            case.open()
        self._holds_no_secret(subject, f"{caught.value}{caught.value!r}", subject.bad_options())
        assert case.references() == []

    def test_nobody_there(self, subject: Subject, rules: HandoffRules) -> None:
        case = Case(subject, rules)
        options = subject.fake.options()
        subject.fake.stop()
        with pytest.raises(NotYet) as caught:
            case.open()
        self._holds_no_secret(subject, f"{caught.value}{caught.value!r}", options)
        findings = case.connector.check()
        assert any(not finding.ok and finding.remedy for finding in findings)
        self._holds_no_secret(subject, repr(findings), options)

    def test_secrets_stay_secret(self, subject: Subject) -> None:
        connector, options = subject.connector(), subject.fake.options()
        checked = subject.connector_class.options.model_validate(options)
        self._holds_no_secret(subject, f"{connector!r}{connector}{checked!r}{checked}")
        with pytest.raises(ValidationError) as caught:
            subject.connector_class.options.model_validate(options | {"no_such_key": 1})
        assert "no_such_key" in str(caught.value)
        self._holds_no_secret(subject, str(caught.value))
        assert subject.secrets(), "which option is the secret?"

    # --- in

    def test_an_answer_arrives_once_with_its_name(self, subject: Subject, rules: HandoffRules) -> None:
        case = self._opened(subject, rules)
        subject.fake.agent_says(case.reference(), "Your refund left today.")
        case.hear()
        case.hear()
        assert case.heard() == [(AGENT, "Your refund left today.")]

    def test_what_we_write_never_comes_back(self, subject: Subject, rules: HandoffRules) -> None:
        case = self._opened(subject, rules)
        case.send(case.line("Are you there?", 1))
        subject.fake.agent_notes(case.reference(), "Angry one, be careful.")
        subject.fake.agent_says(case.reference(), "Yes, I am.")
        case.send(case.line("Good.", 2))
        case.hear()
        assert case.heard() == [(AGENT, "Yes, I am.")]

    def test_webhooks_twice_and_in_any_order(self, subject: Subject, rules: HandoffRules) -> None:
        case = self._opened(subject, rules)
        texts = ["One moment.", "I have found it.", "It is on its way."]
        for text in texts:
            subject.fake.agent_says(case.reference(), text)
        webhooks = case.drain()
        for webhook in itertools.chain(reversed(webhooks), webhooks):
            case.hear([webhook])
        case.hear()
        heard = [text for _, text in case.heard()]
        assert sorted(heard) == sorted(texts)
        if subject.connector_class.capabilities.pulls:
            assert heard == texts, "what is pulled has the order in which it was written"

    def test_lost_webhooks_lose_nothing_where_it_can_be_asked(self, subject: Subject, rules: HandoffRules) -> None:
        case = self._opened(subject, rules)
        if not case.connector.capabilities.pulls:
            pytest.skip("nothing to ask")
        for number in range(3):
            subject.fake.agent_says(case.reference(), f"Answer {number}")
            case.drain()
        case.hear()
        subject.fake.agent_says(case.reference(), "Answer 3")
        case.drain()
        case.hear()
        assert [text for _, text in case.heard()] == [f"Answer {number}" for number in range(4)]

    def test_closing_there_is_heard_once_and_last(self, subject: Subject, rules: HandoffRules) -> None:
        case = self._opened(subject, rules)
        subject.fake.agent_says(case.reference(), "Done, goodbye.")
        subject.fake.agent_closes(case.reference())
        webhooks = case.drain()
        case.hear(webhooks)
        case.hear(webhooks)
        closed = [event for event in case.events if isinstance(event, Closed)]
        assert len(closed) == 1
        assert case.events[-1] is closed[0]
        assert case.heard() == [(AGENT, "Done, goodbye.")]

    def test_forged_webhooks_are_refused(self, subject: Subject, rules: HandoffRules) -> None:
        case = self._opened(subject, rules)
        subject.fake.agent_says(case.reference(), "Hello.")
        webhooks = case.drain()
        if not webhooks:
            pytest.skip("sends no webhooks")
        webhook = webhooks[0]
        proofs = [name for name in webhook.headers if PROVES.search(name)]
        assert proofs, f"nothing proves where a webhook comes from: {sorted(webhook.headers)}"
        for name in proofs:
            without = {key: value for key, value in webhook.headers.items() if key != name}
            value = webhook.headers[name]
            for changed in (without, webhook.headers | {name: value[:-1] + ("0" if value[-1] != "0" else "1")}):
                with pytest.raises(WebhookRefused) as caught:
                    case.connector.receive(as_request(webhook, changed))
                self._holds_no_secret(subject, str(caught.value))
            with pytest.raises(WebhookRefused):
                case.connector.receive(as_request(webhook, webhook.headers | {name: "\u00fc"}))
        if any("signature" in name.lower() for name in proofs):
            for altered in (webhook.body + b" ", b"", b"{"):
                with pytest.raises(WebhookRefused):
                    case.connector.receive(as_request(webhook, body=altered))
        else:
            with pytest.raises(WebhookRefused):  # the proof is looked at before the body is
                case.connector.receive(as_request(webhook, {}, b"{"))

    # --- the check

    def test_check_of_a_good_configuration(self, subject: Subject, rules: HandoffRules) -> None:
        case = Case(subject, rules)
        findings = case.connector.check()
        assert findings
        assert [finding for finding in findings if not finding.ok] == []
        assert case.references() == [], "a check leaves nothing behind"
        assert subject.fake.complaints == []

    def test_check_of_a_wrong_secret(self, subject: Subject) -> None:
        findings = subject.connector(subject.bad_options()).check()
        wrong = [finding for finding in findings if not finding.ok]
        assert wrong
        assert all(finding.what and finding.remedy for finding in wrong)
        self._holds_no_secret(subject, repr(findings), subject.bad_options())

    # --- of use above

    def _opened(self, subject: Subject, rules: HandoffRules) -> Case:
        self._needs_two_way(subject)
        case = Case(subject, rules)
        case.open()
        case.hear()
        return case

    def _needs_two_way(self, subject: Subject) -> None:
        if not subject.two_way:
            pytest.skip("notifies only")

    def _holds_no_secret(self, subject: Subject, text: str, options: dict[str, Any] | None = None) -> None:
        for secret in [*subject.secrets_in(options or subject.fake.options())]:
            assert secret not in text

    def _neutral(self, case: Case) -> tuple[int, list[int]]:
        """How many lines agents see, and how often each fact stands in them."""
        shown = case.shown()
        whole = "\n".join(shown)
        return len(shown), [whole.count(fact) for fact in facts_of(case.package)]

    def _posted_again_with_a_word(self, case: Case, where: str) -> None:
        """At most once more, and the second says that it may be one."""
        posted = case.references()
        assert 1 <= len(posted) <= 2, f"{where}: {len(posted)} times"
        for reference in posted:
            seen = [line.text for line in case.subject.fake.seen_by_agents(reference)]
            assert not missing_facts(case.package, seen), where
        if len(posted) == 2:
            last = [line.text for line in case.subject.fake.seen_by_agents(posted[1])]
            assert "may be here already" in last[0], where

    def _in_order(self, case: Case, texts: list[str]) -> None:
        whole = "\n".join(case.shown("visitor"))
        places = [whole.find(plain(text)) for text in texts]
        assert -1 not in places, f"agents do not see all of {texts}: {whole}"
        assert places == sorted(places)
        assert [whole.count(plain(text)) for text in texts] == [1] * len(texts)
