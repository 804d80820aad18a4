"""Twenty conversations at once: none sees another's messages, and everything happens once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.e2e.people import AgentClient, Visitor
from tests.e2e.product import Product, eventually

CONVERSATIONS = 20


def test_twenty_conversations_stay_apart(product: Product, sanne: AgentClient, jonas: AgentClient) -> None:
    agents = (sanne, jonas)

    def whole_story(number: int) -> Visitor:
        visitor, agent = Visitor(product.web), agents[number % 2]
        visitor.say(f"hello, visitor {number} here")
        visitor.say("how long does delivery take?")
        if number % 4 == 0:
            return visitor  # some only ask
        visitor.say(f"I am number {number}, let me talk to a human")
        row = agent.handoff_of(visitor.id)
        assert row is not None
        assert agent.act(row["id"], "claim").status_code == 200
        for turn in range(3):
            assert visitor.say(f"visitor {number} message {turn}") == []
            agent.reply(row["id"], f"reply {turn} to visitor {number}")
        if number % 2:
            assert agent.act(row["id"], "hand_back").status_code == 200
        return visitor

    with ThreadPoolExecutor(CONVERSATIONS) as pool:
        visitors = list(pool.map(whole_story, range(CONVERSATIONS)))

    for number, visitor in enumerate(visitors):
        history = visitor.history()
        assert [message["seq"] for message in history] == list(range(1, len(history) + 1))
        from_agent = [message["text"] for message in history if message["from"] == "agent"]
        own = [message["text"] for message in history if message["from"] == "visitor"]
        others = [other for other in range(CONVERSATIONS) if other != number]
        assert not any(f"visitor {other} " in f"{text} " for text in own + from_agent for other in others)
        handed_over = number % 4 != 0
        assert from_agent == [f"reply {turn} to visitor {number}" for turn in range(3 if handed_over else 0)]
        assert own[3:] == [f"visitor {number} message {turn}" for turn in range(3 if handed_over else 0)]

    with product.services.uow.read() as tx:
        rows = tx.connection.exec_driver_sql(
            "SELECT conversation_id, count(*) FROM handoffs GROUP BY conversation_id"
        ).all()
    made = dict(tuple(row) for row in rows)
    assert [made.get(visitor.id, 0) for visitor in visitors] == [int(n % 4 != 0) for n in range(CONVERSATIONS)]

    def all_delivered() -> bool:
        with product.services.uow.read() as tx:
            return tx.outbox.undelivered() == 0

    eventually(all_delivered, "the outbox is empty")
