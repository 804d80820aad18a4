#!/bin/sh
# Rasa's own test runner over tests/stories: intents of what visitors say, and what the assistant then does.
set -eu
cd "$(dirname "$0")/.."

# a var folder of its own: nothing that tests do shows up in the desk
export HANDOFF_VAR="$PWD/var/test"
eval "$(.venv/bin/python -m handoff.cli env)"
.venv/bin/python scripts/step.py "Conversations of tests/stories (rasa test core)" \
    .venv/bin/python -m handoff.rasa.command test core --quiet --model models/assistant.tar.gz --stories tests/stories \
    --out var/test/rasa --fail-on-prediction-errors
