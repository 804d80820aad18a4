"""A small child for tests of the supervisor: says a line, answers HTTP with one status, and ends as told."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--status", type=int, default=200)
    parser.add_argument("--say", default="")
    parser.add_argument("--end-after", type=float)
    parser.add_argument("--end-when", type=Path, help="end once this file is there")
    parser.add_argument("--end-with", type=int, default=0)
    parser.add_argument("--stubborn", action="store_true", help="do not stop when asked to")
    parsed = parser.parse_args()
    if parsed.stubborn:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print(f"pid {os.getpid()}")
    if parsed.say:
        print(parsed.say)
    if parsed.end_after is not None or parsed.end_when is not None:
        threading.Thread(target=_end, args=(parsed.end_after, parsed.end_when, parsed.end_with), daemon=True).start()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(parsed.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    HTTPServer(("127.0.0.1", parsed.port), Handler).serve_forever()


def _end(seconds: float | None, file: Path | None, code: int) -> None:
    time.sleep(seconds or 0)
    while file is not None and not file.exists():
        time.sleep(0.02)
    print("the disk is full", file=sys.stderr, flush=True)
    os._exit(code)


if __name__ == "__main__":
    main()
