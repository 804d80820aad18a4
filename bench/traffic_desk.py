"""The planned team at work: who waits, who takes whom, what agents do, and what the clock does by itself.

Waits follow from who is there: an agent with a free place takes the visitor who has waited longest.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from bench.traffic_company import (
    TOPIC_OF_QUEUE,
    TOPICS,
    ZONE,
    Worker,
    is_open,
    local,
    next_opening,
)
from bench.traffic_happenings import (
    ByItself,
    Cancels,
    Claims,
    HandsBack,
    MovesToAgent,
    MovesToQueue,
    Releases,
    Replies,
    Resolves,
    Rings,
    SaysPresence,
)
from bench.traffic_team import Agent, Handoff
from bench.traffic_world import TIMERS_FIRST, Person, World

if TYPE_CHECKING:
    pass

# handoff.yml: waiting
TOLD_AFTER = timedelta(seconds=120)
MISSED_AFTER = timedelta(seconds=600)
AGENT_GONE_AFTER = timedelta(seconds=120)
ONLINE_FOR = timedelta(seconds=60)
"""``online.seconds``: so long after the desk last heard from them, agents are taken to be there."""

LOOK_EVERY = 600.0  # an agent with nothing to do looks at the list of those who left an address
EMPTY_HANDED, MOVED_ON, TO_COLLEAGUE, GIVEN_BACK, GONE = 0.05, 0.05, 0.04, 0.02, 0.015
"""How often an agent closes without a word, passes it to a team or a colleague, gives it back, and is suddenly away."""
RESOLVED = 0.85  # the others are handed back
EARLY = 0.5  # an agent who comes before the opening takes what waits for it this often

REPLIES = (
    "Let me look into it.",
    "I have changed it for you.",
    "It leaves our warehouse today.",
    "You get a mail soon.",
)


class Desk:
    """The queues and the team."""

    def __init__(self, world: World, team: tuple[Worker, ...]) -> None:
        self.world = world
        self.agents = [Agent(worker) for worker in team]
        self.open: list[Handoff] = []
        self._replies = 0

    def begin_days(self, first: datetime, last: datetime) -> None:
        """Let agents look at the desk from the beginning of each of their shifts on."""
        day = first.astimezone(ZONE).date()
        while day <= last.astimezone(ZONE).date():
            for agent in self.agents:
                if day.weekday() in agent.worker.days:
                    self.world.enters(self._shift(agent), local(day, agent.worker.begin))
            day += timedelta(days=1)

    def hears(self) -> tuple[str, ...]:
        """The desk hears from whoever is there: their names."""
        there = [agent for agent in self.agents if agent.is_there(self.world.now)]
        for agent in there:
            agent.heard_at = self.world.now
        return tuple(agent.name for agent in there)

    def somebody_is_online(self, topic: str) -> bool:
        """Whether a visitor with this topic is told that somebody is."""
        since = self.world.now - ONLINE_FOR
        online = [one for one in self.agents if not one.away and one.heard_at is not None and one.heard_at >= since]
        return any(agent.looks_after(topic) for agent in online)

    # what the clock does

    def begin(self, handoff: Handoff) -> None:
        """A handoff was made."""
        self.open.append(handoff)
        handoff.queue, handoff.topic = handoff.opening.queue, handoff.opening.topic
        if handoff.opening.opens:
            self.stand(handoff, tell=self.somebody_is_online(handoff.topic))
        else:
            self.schedule(handoff)

    def stand(self, handoff: Handoff, *, tell: bool) -> None:
        """It waits in its queue from now on."""
        handoff.status, handoff.agent, handoff.since = "queued", None, self.world.now
        handoff.stay += 1
        self._timer(handoff, MISSED_AFTER, self._missed)
        if tell:
            self._timer(handoff, TOLD_AFTER, self._told)
        self.world.ends(handoff.meeting, "queued")
        self._call_agents()

    def schedule(self, handoff: Handoff) -> None:
        """It waits for the next opening."""
        handoff.status, handoff.agent, handoff.since = "scheduled", None, self.world.now
        handoff.stay += 1
        opens = next_opening(handoff.queue, self.world.now)
        self._timer(handoff, opens - self.world.now, self._opened)
        self.world.ends(handoff.meeting, "scheduled")

    def _timer(self, handoff: Handoff, after: timedelta, act: Callable[[Handoff], None]) -> None:
        stay = handoff.stay

        def ring() -> None:
            if handoff.stay == stay:
                act(handoff)

        self.world.at(self.world.now + after, ring, order=TIMERS_FIRST)

    def _rings(self, handoff: Handoff, what: ByItself) -> None:
        there = self.hears()
        self.world.note(Rings(self.world.now, handoff.visitor.conversation, handoff.number, what, there))

    def _told(self, handoff: Handoff) -> None:
        self._rings(handoff, ByItself.TOLD)

    def _opened(self, handoff: Handoff) -> None:
        self._rings(handoff, ByItself.OPENED)
        self.stand(handoff, tell=True)

    def _missed(self, handoff: Handoff) -> None:
        if not is_open(handoff.queue, self.world.now):
            self._rings(handoff, ByItself.CLOSED)
            self.schedule(handoff)
            return
        self._rings(handoff, ByItself.MISSED)
        handoff.status = "follow_up" if handoff.email else "missed"
        handoff.stay += 1
        handoff.ever_missed = True
        self.world.ends(handoff.meeting, "missed")

    def _gone(self, agent: Agent) -> None:
        for handoff in list(agent.holds):
            agent.holds.remove(handoff)
            if is_open(handoff.queue, self.world.now):
                self._rings(handoff, ByItself.REQUEUED)
                self.stand(handoff, tell=True)
            else:
                self._rings(handoff, ByItself.RESCHEDULED)
                self.schedule(handoff)

    # what agents do

    def _shift(self, agent: Agent) -> Person:
        yield self.world.some(1, 30)
        while agent.on_shift(self.world.now):
            self._look(agent)
            yield self.world.some(0.5, 1.5) * LOOK_EVERY

    def _call_agents(self) -> None:
        for agent in self.agents:
            if agent.on_shift(self.world.now):
                self.world.later(self.world.some(4, 45), partial(self._look, agent))

    def _look(self, agent: Agent) -> None:
        if not agent.on_shift(self.world.now) or len(agent.holds) >= agent.worker.at_once:
            return
        mine = [one for one in self.open if agent.looks_after(one.topic)]
        waiting = [one for one in mine if one.status == "queued"]
        if not waiting and not agent.holds:
            resting = [one for one in mine if one.status in ("missed", "follow_up")]
            early = [one for one in mine if one.status == "scheduled" and not is_open(one.queue, self.world.now)]
            waiting = resting or (early if self.world.happens(EARLY) else [])
        if not waiting:
            return
        handoff = min(waiting, key=lambda one: (one.since or one.made_at, one.number))
        self.world.note(Claims(self.world.now, handoff.visitor.conversation, handoff.number, agent.name))
        self._take(agent, handoff)
        self.world.enters(self._serve(agent, handoff, handoff.stay), self.world.now)
        if len(agent.holds) < agent.worker.at_once:
            self.world.later(self.world.some(5, 60), partial(self._look, agent))

    def _take(self, agent: Agent, handoff: Handoff) -> None:
        if handoff.agent is not None:
            handoff.agent.holds.remove(handoff)
        handoff.status, handoff.agent = "assigned", agent
        handoff.stay += 1
        agent.holds.append(handoff)

    def _serve(self, agent: Agent, handoff: Handoff, stay: int) -> Person:
        world, visitor = self.world, handoff.visitor
        live = visitor.is_there
        replies = 0 if world.happens(EMPTY_HANDED) else world.chance.randint(1, 5 if live else 2)
        for number in range(replies):
            yield world.some(12, 110)
            if handoff.stay != stay:
                return
            self._replies += 1
            text = world.chance.choice(REPLIES)
            world.note(
                Replies(world.now, visitor.conversation, handoff.number, agent.name, f"reply-{self._replies}", text)
            )
            if number == 0 and self._hands_on(agent, handoff):
                return
            if live and world.happens(0.85):
                yield world.some(8, 120)
                if handoff.stay != stay:
                    return
                visitor.writes_to_person()
        yield world.some(5, 70)
        if handoff.stay != stay:
            return
        self._close(agent, handoff)

    def _close(self, agent: Agent, handoff: Handoff) -> None:
        what = Resolves if self.world.happens(RESOLVED) else HandsBack
        self.world.note(what(self.world.now, handoff.visitor.conversation, handoff.number, agent.name))
        handoff.status = "resolved" if what is Resolves else "handed_back"
        handoff.stay += 1
        agent.holds.remove(handoff)
        self.open.remove(handoff)
        self.world.ends(handoff.meeting, handoff.status)
        self.world.later(self.world.some(2, 20), partial(self._look, agent))

    def _hands_on(self, agent: Agent, handoff: Handoff) -> bool:
        """Now and then somebody else goes on; whether it is so."""
        drawn, now, who = self.world.chance.random(), self.world.now, handoff.visitor.conversation
        if drawn < MOVED_ON:
            queue = self.world.chance.choice([one for one in TOPIC_OF_QUEUE if one != handoff.queue])
            opens = is_open(queue, now)
            topic = handoff.topic if TOPICS[handoff.topic].queue == queue else TOPIC_OF_QUEUE[queue]
            self.world.note(MovesToQueue(now, who, handoff.number, agent.name, queue, topic, opens))
            handoff.queue, handoff.topic = queue, topic
            self._leave(agent, handoff, opens=opens)
            return True
        if drawn < MOVED_ON + GIVEN_BACK:
            opens = is_open(handoff.queue, now)
            self.world.note(Releases(now, who, handoff.number, agent.name, opens))
            self._leave(agent, handoff, opens=opens)
            return True
        if drawn < MOVED_ON + GIVEN_BACK + GONE and agent.on_shift(now):
            agent.away = True
            self.world.note(SaysPresence(now, "", agent.name, there=False))
            for held in agent.holds:
                held.stay += 1  # whatever they were about to do, they do not do
            self.world.at(now + AGENT_GONE_AFTER, partial(self._gone, agent), order=TIMERS_FIRST)
            self.world.later(self.world.some(900, 2400), partial(self._comes_back, agent))
            return True
        others = [one for one in self.agents if one is not agent and one.on_shift(now)]
        if drawn > 1 - TO_COLLEAGUE and others:
            colleague = self.world.chance.choice(others)
            self.world.note(MovesToAgent(now, who, handoff.number, agent.name, colleague.name, self.hears()))
            self._take(colleague, handoff)
            self.world.enters(self._serve(colleague, handoff, handoff.stay), now)
            return True
        return False

    def _leave(self, agent: Agent, handoff: Handoff, *, opens: bool) -> None:
        agent.holds.remove(handoff)
        if opens:
            self.stand(handoff, tell=True)
        else:
            self.schedule(handoff)

    def _comes_back(self, agent: Agent) -> None:
        agent.away = False
        self.world.note(SaysPresence(self.world.now, "", agent.name, there=True))
        self._look(agent)

    # what visitors do

    def cancel(self, handoff: Handoff) -> None:
        """The visitor goes on without a person."""
        waited_in = handoff.status
        self.world.note(Cancels(self.world.now, handoff.visitor.conversation, handoff.number, waited_in))
        handoff.status = "cancelled"
        handoff.stay += 1
        self.open.remove(handoff)
        self.world.ends(handoff.meeting, "cancelled")
