#!/bin/sh
# Install the servers that some tests start for themselves, where this machine lets us. What is missing afterwards makes
# those tests skip with their reason, so nothing here fails. For continuous integration.
set -u

# Where Debian puts its programs; another place serves the tests of this file.
POSTGRESQL="${POSTGRESQL:-/usr/lib/postgresql}"

if ls "$POSTGRESQL"/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null; then
    exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "PostgreSQL is not installed: its tests will be skipped" >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
install_postgresql() {
    apt-get install --yes --quiet=2 --no-install-recommends postgresql >/dev/null 2>&1
}
install_postgresql || { apt-get update --quiet=2 >/dev/null 2>&1 && install_postgresql; } ||
    echo "PostgreSQL could not be installed: its tests will be skipped" >&2
exit 0
