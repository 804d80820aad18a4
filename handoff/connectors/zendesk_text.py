"""Text for Zendesk and from it: what visitors typed must never become markup, and agents' words come as plain text."""

from __future__ import annotations

import html
from typing import Any

LONGEST_COMMENT = 60_000
"""Bytes; Zendesk refuses comments from 64 KiB on, and a refused package would cost the whole handoff."""
LONGEST_SUBJECT = 150
"""Characters; what Zendesk's lists of tickets show at most."""


def html_of(text: str) -> str:
    """``text`` as the ``html_body`` of a comment: every character is shown as it is.

    A plain ``body`` would be read as Markdown where the account has that switched on. Doubled braces are Zendesk's
    placeholders (``{{ticket.id}}``), so they are written as entities too.
    """
    return html.escape(text, quote=False).replace("{", "&#123;").replace("\n", "<br>")


def package_html(text: str, desk_url: str) -> str:
    """The package as the ``html_body`` of a comment, cut where Zendesk would refuse its length."""
    body = html_of(text)
    if len(body.encode()) <= LONGEST_COMMENT:
        return body
    end = html_of(f"\n…\n(Too long for a comment; all of it is on the desk: {desk_url})")
    kept, room = [], LONGEST_COMMENT - len(end.encode())
    for line in text.split("\n"):
        part = html_of(line + "\n")
        room -= len(part.encode())
        if room < 0:
            break
        kept.append(part)
    return "".join(kept) + end


def subject_of(headline: str) -> str:
    """The subject of a ticket: one line, cut where lists would cut it."""
    line = " ".join(headline.split())
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1].rstrip() + "…"


def said_in(comment: dict[str, Any]) -> str:
    """What a comment says, as plain text: ``plain_body`` where there is one, else ``body``.

    The editor's non-breaking spaces may be left in it as ``&nbsp;`` (seen by others, not re-verified).
    """
    text = str(comment.get("plain_body") or comment.get("body") or "")
    return text.replace("&nbsp;", " ").replace("\xa0", " ").strip()
