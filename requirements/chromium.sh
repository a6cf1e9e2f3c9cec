#!/bin/sh
# The browser tests want a Chromium. On a throw-away machine (root, apt at hand) it is fetched; elsewhere the tests
# are skipped and say so. PAIDAN_NO_APT=1 keeps this script's hands off the system.
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
[ -z "${PAIDAN_CHROMIUM-}" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && [ -z "${PAIDAN_NO_APT-}" ]; then
    echo "fetching chromium and a Chinese font for the browser tests (PAIDAN_NO_APT=1 would skip them)" >&2
    export DEBIAN_FRONTEND=noninteractive
    if timeout 120 apt-get update -qq </dev/null >/dev/null &&
        timeout 420 apt-get install -qq -y --no-install-recommends chromium fonts-wqy-zenhei </dev/null >/dev/null; then
        exit 0
    fi
fi
echo "*** NO CHROMIUM ON THIS MACHINE: the browser tests will be skipped (apt install chromium) ***" >&2
exit 0
