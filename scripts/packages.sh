# Debian packages: which of them are missing, and their installation. Sourced.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/say.sh"

# For the scripts that source this file.
# shellcheck disable=SC2034
DB_PACKAGES="mariadb-server procps tzdata"
# shellcheck disable=SC2034
UP_PACKAGES="autoconf automake fonts-noto-core fonts-wqy-microhei gcc libc6-dev libcairo2-dev libcsv-dev libcurl4-openssl-dev libfcgi-dev libicu-dev libjson-c-dev libmariadb-dev libpango1.0-dev libssl-dev
	libsystemd-dev libzint-dev make pkg-config uthash-dev
	ca-certificates curl nginx openssl $DB_PACKAGES"
# shellcheck disable=SC2034
TEST_PACKAGES="clang-format hledger libcunit1-dev mandoc poppler-utils python3 xz-utils zbar-tools"
# shellcheck disable=SC2034
LINT_PACKAGES="clang clang-format clang-tidy cppcheck libcunit1-dev shellcheck"

packages_missing() {
	local installed name
	# shellcheck disable=SC2016
	installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p')
	for name in "$@"; do
		grep -qx "$name" <<<"$installed" || printf '%s\n' "$name"
	done
}

# No service of the host is started by an installation: our stack is private.
packages_install() (
	export DEBIAN_FRONTEND=noninteractive
	policy=/usr/sbin/policy-rc.d
	if [ ! -e "$policy" ]; then
		trap 'rm -f "$policy"' EXIT
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod 755 "$policy"
	fi
	# Another apt may hold the lists; and old lists may still be good enough.
	for _ in 1 2 3 4 5; do
		! apt-get -o DPkg::Lock::Timeout=600 update || break
		sleep 3
	done
	apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "$@"
)

# packages_need NAME…: installs what is missing; if nothing is, takes no time.
packages_need() {
	local missing
	missing=$(packages_missing "$@" | xargs)
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" != 0 ]; then
		warn "dev: these Debian packages are missing; as root:"
		warn "    apt-get update && apt-get install --no-install-recommends $missing"
		exit 1
	fi
	say "  missing: $missing"
	# shellcheck disable=SC2086
	step "installing Debian packages" "$VAR/log/apt.log" packages_install $missing
}

# The API tests run under Node 18 or later, wherever it comes from.
packages_need_node() {
	local major
	major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
	[ "$major" -ge 18 ] || packages_need nodejs
}
