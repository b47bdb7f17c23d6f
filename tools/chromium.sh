#!/bin/sh
# Finds a Chromium for the browser journeys; on Debian or Ubuntu as root it installs one.
set -u
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null && exit 0
fi
echo "No Chromium found: the browser journeys will be skipped (under CI they fail)." >&2
echo "Install the system's package, e.g. 'sudo apt-get install chromium fonts-noto-cjk'." >&2
exit 0
