#!/bin/sh
# The browser tests drive the system's Chromium. Debian's is installed when there is none and we may: the one without
# windows of its own, in which pages open four times as fast.
set -eu

for name in chromium-headless-shell chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "==> Installing Chromium for the browser tests"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends chromium-headless-shell >/dev/null 2>&1 ||
        apt-get install -y -qq --no-install-recommends chromium >/dev/null
    exit 0
fi
echo "The browser tests need Chromium, which is not on PATH. Install it (Debian: sudo apt-get install chromium-headless-shell)." >&2
if [ "${CI:-}" = true ]; then exit 1; fi
echo "They are skipped." >&2
