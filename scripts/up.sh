#!/usr/bin/env bash
# ./dev up [--port N]: from a fresh Debian 12 and a fresh clone to a shop that answers. Doing it again changes nothing.
set -eu
. "$(dirname "$0")/packages.sh"
. "$(dirname "$0")/build.sh"
. "$(dirname "$0")/stack.sh"

port=$(cat "$VAR/etc/port" 2>/dev/null || echo 8443)
if [ "${1:-}" = --port ]; then
	if ! [[ ${2:-} =~ ^[0-9]{1,5}$ ]] || [ "$2" -gt 65533 ]; then
		die "usage: ./dev up [--port N], N up to 65533"
	fi
	if [ "$2" != "$port" ]; then
		site_stop "$VAR"
		port=$2
	fi
elif [ $# -gt 0 ]; then
	die "usage: ./dev up [--port N]"
fi

say "Souk: private stack in $VAR"
# shellcheck disable=SC2086
packages_need $UP_PACKAGES
build release
stack_up "$VAR" "$port" release

# shellcheck source=/dev/null
. "$VAR/env"
cat <<TEXT

  live      $SOUK_URL
            key $SOUK_KEY
  sandbox   $SOUK_SANDBOX_URL
            key $SOUK_TEST_KEY

Try it:
  curl --cacert $SOUK_CA -H "Authorization: Bearer $SOUK_KEY" $SOUK_URL/products

The same for a shell: . $VAR/env      To stop: ./dev down
TEXT
