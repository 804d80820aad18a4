#!/bin/sh
# The tests of the matrix connector run a real homeserver (Synapse) in an environment of its own, .tools/synapse.
set -eu
cd "$(dirname "$0")/.."

target=.tools/synapse
lock=requirements-synapse.lock
# the copy is made last, so that an installation which broke off is made again
if cmp -s "$lock" "$target/installed.lock"; then exit 0; fi

echo "==> Installing a Matrix homeserver for the tests of the matrix connector (150 MB on disk, once)"
rm -rf "$target"
# with bytecode, since tests may run where Python writes none: each start would take seconds longer
if .tools/bin/uv venv --quiet --no-config --python .tools/bin/python "$target" &&
    .tools/bin/uv pip sync --quiet --no-config --require-hashes --only-binary :all: --compile-bytecode \
        --python "$target/bin/python" "$lock"; then
    cp "$lock" "$target/installed.lock"
    exit 0
fi
rm -rf "$target"
echo "Synapse could not be installed; the reason stands above." >&2
if [ "${CI:-}" = true ]; then exit 1; fi
echo "The tests of the matrix connector are skipped." >&2
