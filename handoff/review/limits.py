"""How much the review takes and shows, in one place, since the API's description repeats it."""

from __future__ import annotations

EXAMPLE_LIMIT = 400
"""Characters of a training example. The longest of this project's has 271; what is longer holds several wishes."""

ANSWER_LIMIT = 1500  # characters of an answer: three times the longest one here, and more than anybody reads in a chat
NAME_LIMIT = 60  # characters of an FAQ's name: the label of a button, at most
TITLE_LIMIT = 200  # what the column holds
MOST_EXAMPLES = 200  # of one operation: more cannot be read through before they are accepted
MOST_OPERATIONS = 50  # of one change, for the same reason
MOST_MESSAGES = 2000  # that one operation settles: a whole group of a busy month
MOST_TEXTS = 1000  # different texts that are grouped, the latest: half a second of encoding, 8 MB of distances
MOST_GROUPS = 100  # that are shown at once
MESSAGES_SHOWN = 20  # of a group
ANSWERS_SHOWN = 5  # of people, of a group
NEAREST_SHOWN = 5  # intents, of a group
FEWEST_EXAMPLES = 2  # of a new FAQ: Rasa warns of an intent with one
