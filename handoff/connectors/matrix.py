"""Matrix: a private room for each handoff on any homeserver; agents answer from Element or any other client.

The bot is an ordinary account. Rooms are not encrypted, since the bot could not read them otherwise. Every room has an
alias made of the handoff's id, and every message a transaction made of ours, so that whatever is sent twice after a
lost answer is there once.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence, Set
from typing import Any, ClassVar, Self

from handoff.connectors.base import Attempt, Capabilities, Closed, Connector, Finding, Link, Options, Pulled
from handoff.connectors.card import SPEAKERS, card_of
from handoff.connectors.http import LiveChatHttp
from handoff.connectors.matrix_api import OURS, Account, Gone, MatrixApi, pause_in_body, server_of
from handoff.connectors.matrix_check import findings
from handoff.connectors.matrix_events import Heard, Rules, hear
from handoff.connectors.matrix_options import MatrixOptions
from handoff.connectors.matrix_text import notice, package_contents, room_body, visitor_contents
from handoff.connectors.matrix_timeline import Timeline, timeline_of
from handoff.domain.model import Message, Sender
from handoff.service.delivery import NotYet, Undeliverable

logger = logging.getLogger(__name__)

GOODBYE = "This is over: the visitor reads nothing more that is written here."


class MatrixConnector(Connector):
    """See the module."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        two_way=True, pulls=True, attachments=True, priority=True, queues=True, typing=True
    )
    options: ClassVar[type[Options]] = MatrixOptions

    def __init__(self, name: str, options: MatrixOptions) -> None:
        super().__init__(name)
        self._options = options
        headers = {"Authorization": f"Bearer {options.token.get_secret_value()}"}
        self._api = MatrixApi(LiveChatHttp(options.url, headers, what=name, pause_in=pause_in_body))
        self._known: Account | None = None
        self._names: dict[str, str] = {}

    @classmethod
    def create(cls, name: str, options: MatrixOptions, desk_url: str) -> Self:
        """See the base; the link to the desk is in the package."""
        return cls(name, options)

    def open(self, package: dict[str, Any], attempt: Attempt) -> None:
        """Make the room, show the package in it, and then invite: nobody comes into an empty room.

        Invitations are calls of their own, since one account that cannot be invited would spoil the room for all.
        """
        api = self._api.during(attempt)
        me = self._me(api)
        room = attempt.link.reference
        if room is None:
            room = self._make_room(api, me, package, repeated=attempt.repeated)
            attempt.remember(room)
        shown = api.shown(room, me.id) if attempt.repeated else frozenset()
        for content in package_contents(card_of(package), self._options.note_prefix):
            self._say(api, attempt.link, room, content, shown)
        known = api.known_members(room) if attempt.repeated else frozenset()
        self._invite(attempt.link, room, self._options.agents(package["queue"]), known, attempt)

    def send(self, message: Message, attempt: Attempt) -> None:
        """The visitor's words are messages; what others say elsewhere are notices, which say who."""
        room = _room_of(attempt.link)
        api = self._api.during(attempt)
        shown = api.shown(room, self._me(api).id) if attempt.repeated else frozenset()
        if message.sender is Sender.VISITOR:
            contents = visitor_contents(message.id, message.text)
        else:
            who = SPEAKERS[message.sender.value]
            name = f"{message.name} ({who.lower()}, elsewhere)" if message.name else who
            contents = [notice(message.sender.value, message.id, f"{name}: {message.text}")]
        for content in contents:
            self._say(api, attempt.link, room, content, shown)

    def typing(self, link: Link, on: bool) -> None:
        """The bot types where the visitor does."""
        self._api.typing(_room_of(link), self._me(self._api).id, on)

    def close(self, reason: str, attempt: Attempt) -> None:
        """Say why, and leave: agents see that nobody listens any more, and keep the room."""
        room = attempt.link.reference
        if room is None:  # it was never shown to anybody
            return
        api = self._api.during(attempt)
        me = self._me(api)
        shown: Set[str] = frozenset()
        if attempt.repeated:
            if me.id not in (api.joined(room) or ()):
                return  # leaving is the last that is done
            shown = api.shown(room, me.id)
        self._leave(api, attempt.link, room, f"{reason} {GOODBYE}", shown)

    def pull(self, link: Link) -> Pulled:
        """Ask /sync for this room alone.

        Agents are told in the room when something of theirs did not reach the visitor. Who ended it, by command or as
        the last to leave, is answered by the bot's leaving.
        """
        room = _room_of(link)
        me = self._me(self._api)
        timeline = timeline_of(self._api, room, me.id, link.cursor)
        heard = self._hear(room, me, timeline)
        for event_id, text in heard.asides:
            with Gone():  # read again, after the bot has left
                self._say(self._api, link, room, notice("system", f"aside-{event_id}", text))
        ended = heard.over
        if heard.departed and not heard.over and self._nobody_there(room, me):
            heard.events.append(Closed(room, heard.departed))
            ended = True
        if ended:
            self._leave(self._api, link, room, GOODBYE)
        return Pulled(heard.events, timeline.cursor)

    def check(self) -> list[Finding]:
        """See :func:`handoff.connectors.matrix_check.findings`."""
        return findings(self._api, self._options.invite, files=self._options.media_url is not None)

    def _me(self, api: MatrixApi) -> Account:
        """The bot; asked once per process. Two threads at once ask twice, and get the same."""
        if self._known is None:
            self._known = api.whoami()
        return self._known

    def _make_room(self, api: MatrixApi, me: Account, package: dict[str, Any], *, repeated: bool) -> str:
        """The room of a handoff, made once: its alias tells whether it is there."""
        if repeated and (room := self._find_room(api, me, package["handoff_id"])):
            return room
        handoff_id, agents = package["handoff_id"], self._options.agents(package["queue"])
        # other servers get nothing of it unless an agent is there
        federate = any(server_of(agent) != me.server for agent in agents)
        urgency = package["urgency"]["level"]
        body = room_body(card_of(package), urgency, f"handoff-{handoff_id}", federate=federate)
        made = api.create_room(body) or self._find_room(api, me, handoff_id) or api.create_room(body)
        if made is None:
            raise NotYet(f"{self.name}: the room of handoff {handoff_id} is being made.")
        return made

    def _find_room(self, api: MatrixApi, me: Account, handoff_id: str) -> str | None:
        """The room that an earlier attempt made.

        An alias that leads to a room without the bot is of one that was never finished or is left: it is taken away.
        """
        alias = _alias(handoff_id, me)
        room = api.resolve(alias)
        if room is None:
            return None
        if me.id in (api.joined(room) or ()):
            return room
        api.drop_alias(alias)
        return None

    def _invite(self, link: Link, room: str, agents: Sequence[str], known: Set[str], attempt: Attempt) -> None:
        """Invite all who can be. The handoff fails only if that is nobody; else the others hear who is missing.

        Waiting for one agent's server would keep the visitor from all the others.
        """
        refused: dict[str, NotYet | Undeliverable] = {}
        for agent in agents:
            if agent in known:
                continue
            attempt.keep()
            try:
                self._api.invite(room, agent)
            except (NotYet, Undeliverable) as error:
                logger.warning("Handoff %s: %s could not be invited: %s", link.handoff_id, agent, error)
                refused[agent] = error
        if not refused:
            return
        attempt.keep()
        there = self._api.known_members(room)  # an invitation without an answer may have arrived
        missing = [agent for agent in refused if agent not in there]
        if set(missing) == set(agents):
            errors = list(refused.values())
            raise next((error for error in errors if isinstance(error, NotYet)), errors[0])
        if missing:
            attempt.keep()
            text = f"I could not invite {' and '.join(missing)}. Please do, if they should be here."
            self._say(self._api, link, room, notice("system", "not-invited", text))

    def _hear(self, room: str, me: Account, timeline: Timeline) -> Heard:
        for event in timeline.events:
            name = event["content"].get("displayname")
            if event["type"] == "m.room.member" and isinstance(name, str) and event.get("state_key") == event["sender"]:
                self._names[event["sender"]] = name
        rules = Rules(me.id, frozenset(self._options.ignore), self._options.note_prefix, self._options.media_url)
        return hear(room, timeline.events, rules, lambda account: self._name(room, account))

    def _name(self, room: str, account: str) -> str:
        """What visitors may call an agent: the name in the room, else the first part of the account."""
        if account not in self._names:
            self._names[account] = self._api.name_in(room, account) or account[1:].partition(":")[0]
        return self._names[account]

    def _nobody_there(self, room: str, me: Account) -> bool:
        others = set(self._api.joined(room) or ()) - {me.id, *self._options.ignore}
        return not others

    def _leave(self, api: MatrixApi, link: Link, room: str, text: str, shown: Set[str] = frozenset()) -> None:
        """Say goodbye, take open invitations back, free the alias, leave; what is done already has no effect.

        An invitation into a room without the bot leads nowhere, and agents would collect them.
        """
        with Gone():
            self._say(api, link, room, notice("system", "closed", text), shown)
        for account in api.invited(room):
            api.withdraw(room, account)
        api.drop_alias(_alias(link.handoff_id, self._me(api)))
        api.leave(room)

    def _say(
        self, api: MatrixApi, link: Link, room: str, content: Mapping[str, Any], shown: Set[str] = frozenset()
    ) -> None:
        """Send one message unless it is among those ``shown`` already."""
        identity = content[OURS]["id"]
        if identity not in shown:
            api.say(room, f"{link.handoff_id}-{identity}", content)


def _room_of(link: Link) -> str:
    if link.reference is None:
        raise Undeliverable(f"Handoff {link.handoff_id} has no room.")
    return link.reference


def _alias(handoff_id: str, me: Account) -> str:
    return f"#handoff-{handoff_id}:{me.server}"
