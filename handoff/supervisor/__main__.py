"""``python -m handoff.supervisor``: the same as ``handoff run``."""

import sys

from handoff.cli import main

if __name__ == "__main__":
    sys.exit(main(["run"]))
