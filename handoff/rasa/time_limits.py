"""How long Rasa waits for the action server, and for a conversation's lock.

Rasa gives an action 300 s and a conversation's lock 60 s. An action server that hangs keeps a visitor waiting without a
word, and after 60 s the visitor's next message is processed beside the first, which is then lost.
"""

from __future__ import annotations

ACTION_SECONDS = 12  # an action that asks for a person gives up after 8 s (actions/handoff.py) and then says so
LOCK_SECONDS = 300  # a turn takes at most ten steps (Rasa's MAX_NUMBER_OF_PREDICTIONS) of ACTION_SECONDS each
LOCK_VARIABLE = "TICKET_LOCK_LIFETIME"
"""Rasa reads it when its lock store is imported."""
