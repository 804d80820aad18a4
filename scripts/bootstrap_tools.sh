#!/bin/sh
# Put the project's own uv into .tools, with nothing on the machine but Python 3.11.
set -eu
cd "$(dirname "$0")/.."

is_3_11() { command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' >/dev/null 2>&1; }

base=
for candidate in ${PYTHON:-} python3.11 python3 python; do
    if is_3_11 "$candidate"; then base=$candidate; break; fi
done
if [ -z "$base" ]; then
    found=$(python3 --version 2>/dev/null || echo "no python3")
    echo "This project needs Python 3.11, which is not on PATH (found: $found)." >&2
    echo "Install it (Debian 12: apt-get install python3.11 python3.11-venv), or name it: make PYTHON=/path/to/python3.11 ..." >&2
    exit 1
fi

echo "==> Preparing uv in .tools with $("$base" --version)"
rm -rf .tools
# Debian ships venv and ensurepip apart: each way to a pip is tried before giving up
"$base" -m venv --without-pip .tools
if "$base" -c 'import ensurepip' 2>/dev/null; then
    .tools/bin/python -m ensurepip >/dev/null
    install_with=".tools/bin/python -m pip"
elif "$base" -m pip --version >/dev/null 2>&1; then
    install_with="$base -m pip --python .tools/bin/python"
else
    rm -rf .tools
    echo "$("$base" --version) has neither ensurepip nor pip. Install one (Debian: apt-get install python3.11-venv)." >&2
    exit 1
fi
PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore \
    $install_with install --quiet --require-hashes --only-binary :all: -r requirements-uv.txt
touch .tools/ready
