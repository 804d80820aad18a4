"""Readable output of several processes on one terminal."""

from __future__ import annotations

import os
import re
import sys
import threading
from typing import TextIO

COLOURS = {"rasa": "36", "actions": "33", "desk": "35", "handoff": "32"}  # SGR codes: cyan, yellow, magenta, green
NAME_WIDTH = max(map(len, COLOURS))
ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
HIDDEN = "[secret]"


class Console:
    """Writes whole lines, one process at a time, with the name of the process in front."""

    def __init__(self, stream: TextIO = sys.stdout, secrets: tuple[str, ...] = ()) -> None:
        """Write to ``stream``; none of ``secrets`` is ever shown, whichever library logs it."""
        self._stream = stream
        self._secrets = tuple(filter(None, secrets))
        self._colour = stream.isatty()
        self._lock = threading.Lock()

    def line(self, name: str, text: str) -> None:
        """Show one line of process ``name``."""
        prefix = f"{name:<{NAME_WIDTH}} |"
        if self._colour:
            prefix = f"\x1b[{COLOURS.get(name, '37')}m{prefix}\x1b[0m"
        self._write(f"{prefix} {self.clean(text)}\n")

    def say(self, text: str) -> None:
        """Show something of the supervisor's own."""
        self.line("handoff", text)

    def block(self, lines: list[str]) -> None:
        """Show lines that belong together, without names in front; secrets are not looked for here."""
        self._write("\n" + "".join(f"  {line}".rstrip() + "\n" for line in lines) + "\n")

    def clean(self, text: str) -> str:
        """``text`` without colours of its own and without secrets."""
        text = ANSI.sub("", text).rstrip()
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def _write(self, text: str) -> None:
        with self._lock:
            try:
                self._stream.write(text)
                self._stream.flush()
            except BrokenPipeError:
                # whoever read us is gone (`make run | head`): go on in silence, so that no child blocks on its output
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, self._stream.fileno())
                os.close(nowhere)
