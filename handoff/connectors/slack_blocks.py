"""A card as a Slack message: blocks of plain text, so that nothing a visitor typed is markup, a mention or a link.

Slack's limits (its reference of block kit): 50 blocks, 150 characters of a header, 3000 of a section. How much fits in
one message altogether is not documented: 9 600 characters were accepted, 11 300 were not (slackapi/bolt-js#2867).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from handoff.connectors.card import Card, Spoken

HEADER = 150
SECTION = 3000
LONGEST_LINE = 1200  # characters of one line of the conversation or one fact: the desk has the rest
WHOLE = 9000  # characters in all blocks together, below what was seen to be accepted
FOR_SUMMARY = 1500  # 80 words are some 600 characters
FOR_FACTS = 3500  # leaves more than half for the conversation
FALLBACK = 300  # characters in a notification on a phone; more is cut there anyway
AGAIN = "This may be here already: Slack did not say whether the first try arrived."
CUT = "…"


def message_of(card: Card, *, perhaps_again: bool) -> dict[str, Any]:
    """Return the JSON of an incoming webhook: ``text`` for notifications, ``blocks`` for the channel."""
    urgency = next((fact.text for fact in card.facts if fact.label == "Urgency"), "")
    facts = _sections((f"{fact.label}: {fact.text}" for fact in card.facts), FOR_FACTS)
    above = [
        *([_section(escaped(AGAIN))] if perhaps_again else []),
        {"type": "header", "text": _plain(cut(escaped(card.headline), HEADER))},
        *([_section(cut(escaped(card.summary), FOR_SUMMARY))] if card.summary else []),
        *facts,
    ]
    link = f"*<{_link(card.desk_url)}|Answer on the desk>*"
    room = WHOLE - len(link) - sum(len(block["text"]["text"]) for block in above)
    return {
        "text": cut(escaped(f"New handoff ({urgency}): {card.headline}"), FALLBACK),
        "blocks": [
            *above,
            {"type": "divider"},
            *_conversation(card.said, room),
            # a link and not a button: Slack reports clicks on buttons to the app, and warns the agent when none listens
            {"type": "section", "text": {"type": "mrkdwn", "text": link}},
        ],
    }


def escaped(text: str) -> str:
    """``text`` with the three characters replaced that mean something to Slack ("Escaping text" in its reference)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def cut(text: str, most: int) -> str:
    """``text`` (escaped) in at most ``most`` characters; no entity is cut in two."""
    if len(text) <= most:
        return text
    kept = text[: most - len(CUT)]
    start = kept.rfind("&")
    if start >= 0 and ";" not in kept[start:]:
        kept = kept[:start]
    return kept + CUT


def _conversation(said: Sequence[Spoken], room: int) -> list[dict[str, Any]]:
    """The latest lines that fit, and how many are left out above them."""
    lines = [cut(escaped(f"{line.who}: {line.text}"), LONGEST_LINE) for line in said]
    note = "Earlier lines are on the desk: {}."
    room -= len(note) + len(str(len(lines)))
    kept: list[str] = []
    while lines and room >= len(lines[-1]) + 1:
        room -= len(lines[-1]) + 1
        kept.insert(0, lines.pop())
    return _packed([*([note.format(len(lines))] if lines else []), *kept])


def _sections(lines: Iterable[str], most: int) -> list[dict[str, Any]]:
    """As many of the lines as fit into ``most`` characters; the most important come first."""
    kept: list[str] = []
    for line in (cut(escaped(line), LONGEST_LINE) for line in lines):
        most -= len(line) + 1
        if most < 0:
            kept.append("More is on the desk.")
            break
        kept.append(line)
    return _packed(kept)


def _packed(lines: Sequence[str]) -> list[dict[str, Any]]:
    """The lines in as few sections as hold them."""
    sections: list[str] = []
    for line in lines:
        if sections and len(sections[-1]) + 1 + len(line) <= SECTION:
            sections[-1] += f"\n{line}"
        else:
            sections.append(line)
    return [_section(text) for text in sections]


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _plain(text)}


def _plain(text: str) -> dict[str, Any]:
    # without emoji, ":100:" in an order number would become a picture
    return {"type": "plain_text", "text": text, "emoji": False}


def _link(url: str) -> str:
    """``url`` for ``<url|words>``, where a bar would end it."""
    return escaped(url).replace("|", "%7C")
