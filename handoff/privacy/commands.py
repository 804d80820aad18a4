"""The commands `handoff export` and `handoff erase`: what they say and ask."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from handoff.clock import utc_now
from handoff.domain.errors import Conflict, InvalidInput
from handoff.privacy.document import as_text
from handoff.privacy.visitor_data import Erased, Found, VisitorData, refuse_open
from handoff.settings import OWNER_ONLY, Settings

YES = "yes"
QUESTION = f"Erase this for good? Type '{YES}': "
_MINUTE = "%Y-%m-%d %H:%M"


def export(settings: Settings, who: str, out: Path | None, *, with_rasa: bool) -> int:
    """Write everything about ``who`` to ``out``, or to standard output; what was found is said on standard error."""
    with closing(VisitorData.open(settings, os.environ, with_rasa=with_rasa)) as data:
        found, document = data.export(who, utc_now())
    content = as_text(document).encode("utf-8")
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
    else:
        _write_new(out, content)
    for line in _described(found):
        print(line, file=sys.stderr)
    if out is not None:
        print(f"Written to {out}. Read it before you hand it over: others may be named in it.", file=sys.stderr)
    return 0


def erase(settings: Settings, who: str, *, yes: bool, open_too: bool, with_rasa: bool) -> int:
    """Say what will be erased, ask, and erase it.

    Raises:
        Conflict: a handoff is open, or nobody confirmed; nothing was erased.
    """
    with closing(VisitorData.open(settings, os.environ, with_rasa=with_rasa)) as data:
        found = data.find(who)
        for line in (*_described(found), *_left(found)):
            print(line)
        if not open_too:
            refuse_open(found.open_handoffs)  # once more below: nobody is asked for what would be refused anyway
        _confirm(yes)
        erased = data.erase(found, open_too=open_too)
    print(_done(erased))
    return 0


def _confirm(yes: bool, ask: Callable[[str], str] = input) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise Conflict("Nothing was erased: there is no terminal to confirm it on. Add --yes if it is what you want.")
    try:
        answer = ask(QUESTION)
    except (EOFError, KeyboardInterrupt):
        answer = ""
    if answer.strip().lower() != YES:
        raise Conflict("Nothing was erased.")


def _described(found: Found) -> Iterator[str]:
    count = len(found.stored)
    yield f"{found.who}: {count} conversation{'' if count == 1 else 's'}"
    for conversation_id, stored in found.stored.items():
        when = " to ".join(f"{at:{_MINUTE}}" for at in stored.period) + " UTC" if stored.period else "no dates"
        states = ", ".join(row["status"] for row in stored.tables["handoffs"]) or "none"
        yield f"  {conversation_id} ({stored.channel or 'known to Rasa only'}): {when}; handoffs: {states}"
    totals: dict[str, int] = {}
    for stored in found.stored.values():
        for table, rows in stored.tables.items():
            totals[table] = totals.get(table, 0) + len(rows)
    yield f"Rows: {_counts(totals, found.rasa_events)}"
    if found.mentioned_in:
        yield f"NOT part of this, though the address occurs there: {', '.join(found.mentioned_in)}"
        yield "  Read them, and run the same command with the id of each that is theirs."


def _left(found: Found) -> Iterator[str]:
    """What an erasure does not reach."""
    chats: dict[str, set[str]] = {}
    for stored in found.stored.values():
        for name, references in stored.live_chats.items():
            chats[name] = chats.get(name, set()) | references
    mails = sum(1 for stored in found.stored.values() for mail in stored.emails if mail["attempts"])
    if chats:
        yield "NOT erased, because they are elsewhere; erase them there:"
    for connector, references in sorted(chats.items()):
        yield f"  live chat '{connector}': {', '.join(sorted(references)) or 'look for the visitor there'}"
    if mails:
        yield f"NOT erased: {mails} e-mail{'' if mails == 1 else 's'} in mailboxes and on mail servers"
    if found.rasa_events is None:
        yield "NOT erased: Rasa's tracker store (--without-rasa); erase these conversations there yourself"


def _done(erased: Erased) -> str:
    return f"Erased: {_counts(erased.rows, erased.rasa_events)}. Backups and logs are not touched."


def _counts(rows: dict[str, int], rasa_events: int | None) -> str:
    parts = [f"{table} {count}" for table, count in rows.items() if count]
    parts += ["Rasa's events left out" if rasa_events is None else f"Rasa's events {rasa_events}"]
    return ", ".join(parts)


def _write_new(path: Path, content: bytes) -> None:
    """For its owner only, and never over another file."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except FileExistsError as error:
        raise InvalidInput(f"{path} exists already. Name another file, or remove that one.") from error
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written ({error.strerror}). Name another file.") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
