"""The SQL database: the truth about conversations, handoffs, messages and what must still be delivered."""
