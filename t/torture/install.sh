#!/usr/bin/env bash
# ./dev torture install [--keep]: the package, from its build to its purge, on a Debian 12 of nothing but essentials.
# Builds it twice (the same bytes must come), asks lintian and blhc, installs it in a debootstrap tree without systemd running,
# sets a demo shop up, asks it the printed question, installs it over itself, removes and purges it.
# Everything of the tree runs in namespaces of its own: mounts, processes and, once packages are there, the network, so no port
# can be taken and nothing is left mounted. Needs root, and the host's apt sources.
set -eu
. "$(dirname "$0")/../../scripts/packages.sh"

[ "$(id -u)" = 0 ] || die "the package test makes a system of its own: run it as root"
packages_need blhc debhelper debootstrap iproute2 libcunit1-dev lintian

work=$(mktemp -d /tmp/souk-install-XXXXXX)
tree=$work/tree
faults=0
finish() {
	[ "${keep:-}" ] && say "kept: $work" && return
	rm -rf --one-file-system "$work"
}
trap finish EXIT
[ "${1:-}" != --keep ] || keep=1

result() { # 0 if it is as promised, what was promised
	if [ "$1" = 0 ]; then say "ok - $2"; else say "not ok - $2" && faults=$((faults + 1)); fi
}
is() { # command…, the last word says what was promised
	local promise=${*: -1} status=0
	"${@:1:$#-1}" || status=1
	result $status "$promise"
}

# Whatever does not come from apt: the packages of a lock file, each with the hash of what was looked at.
locked() {
	local lock
	while read -r lock; do
		node -e 'const { packages } = JSON.parse(require("fs").readFileSync(process.argv[1]));
			for (const [name, { version, integrity }] of Object.entries(packages))
				if (name && (!version || !/^sha512-/.test(integrity))) throw new Error(name);' "$lock" || return 1
	done < <(cd "$ROOT" && git ls-files -co --exclude-standard '*package-lock.json')
	! (cd "$ROOT" && git grep -nE '\b(npx|npm (i|install)|pip3? install|git clone|wget|curl [^|]*\|)' -- dev scripts debian .ci t/contract/package.json)
}

# ---- the package

export SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH=$(git -C "$ROOT" log -1 --format=%ct)

mkdir "$work/source"
(cd "$ROOT" && git ls-files -co --exclude-standard -z | xargs -0 cp --parents -t "$work/source")

# build_in DIR [options]: the package of the sources, built there.
build_in() {
	mkdir "$work/$1"
	cp -a "$work/source" "$work/$1/souk"
	(cd "$work/$1/souk" && DEB_BUILD_OPTIONS="parallel=$(nproc) ${2:-}" dpkg-buildpackage -us -uc -b) >"$work/$1/build.log" 2>&1 ||
		die "the package does not build: $(tail -n 20 "$work/$1/build.log")"
}
build_in one
build_in two nocheck
deb=$(echo "$work"/one/souk_*.deb)
is cmp "$deb" "$work/two/${deb##*/}" "two builds give the same bytes"
is blhc "$work/one/build.log" "blhc finds no gap in the hardening"
is locked "every npm package is locked to a version and a hash"
is lintian --allow-root --fail-on error,warning "$(echo "$work"/one/*.changes)" "lintian has no error and no warning"

# ---- the tree

# shellcheck disable=SC2016
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)
debootstrap --variant=minbase bookworm "$tree" "$mirror" >"$work/debootstrap.log" 2>&1 || die "debootstrap: $(tail -n 5 "$work/debootstrap.log")"
cp -a /etc/apt/apt.conf.d /etc/apt/sources.list.d "$tree/etc/apt/"
[ ! -f /etc/apt/sources.list ] || cp /etc/apt/sources.list "$tree/etc/apt/"
cp /etc/resolv.conf "$tree/etc/"
cp "$deb" "$tree/root/"

# inside [--net] COMMAND: in the tree; without --net there is no network but a loopback of its own.
inside() {
	local net=--net
	[ "$1" != --net ] || { net="" && shift; }
	# shellcheck disable=SC2016,SC2086
	unshare --mount --pid --fork --kill-child $net bash -eu -c '
		! [ "$3" ] || ip link set lo up
		mount -t proc proc "$1/proc"
		mount --rbind /dev "$1/dev"
		exec chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive bash -c "$2"
	' inside "$tree" "$1" "$net"
}
# Nothing is started while the network is the host's.
no_services() { printf '#!/bin/sh\nexit 101\n' >"$tree/usr/sbin/policy-rc.d" && chmod 755 "$tree/usr/sbin/policy-rc.d"; }
services() { rm -f "$tree/usr/sbin/policy-rc.d"; }

inside --net 'apt-get update && apt-get install -y --no-install-recommends curl' >"$work/apt.log" 2>&1
no_services

# ---- three commands

begun=$SECONDS
# shellcheck disable=SC2016
inside --net 'apt install -y --no-install-recommends /root/souk_*.deb' >>"$work/apt.log" 2>&1 || die "apt: $(tail -n 20 "$work/apt.log")"
services
say "# apt install: $((SECONDS - begun)) s"
setup=$SECONDS
# shellcheck disable=SC2016
inside 'soukctl setup --demo >/root/ask && bash /root/ask >/root/answer &&
	soukctl doctor >/root/doctor; echo $? >/root/doctor.status
	soukctl setup --demo 2>/root/again >/root/ask-again
	for service in souk-api nginx mariadb; do service $service stop; done' >"$work/setup.log" 2>&1 || true
say "# soukctl setup --demo, curl, doctor, setup again: $((SECONDS - setup)) s; in all $((SECONDS - begun)) s"
is grep -q '"object":"product"' "$tree/root/answer" "the printed curl is answered with products"
is test $((SECONDS - begun)) -le 300 "three commands take five minutes at most"
is cmp -s "$tree/root/ask" "$tree/root/ask-again" "a second setup prints the same command"
is grep -qx 0 "$tree/root/doctor.status" "doctor finds no fault"
[ "$(cat "$tree/root/doctor.status")" = 0 ] || cat "$tree/root/doctor"
is cmp -s "$work/one/souk/debian/souk/etc/souk/souk.env" "$tree/etc/souk/souk.env" "no file had to be edited"
[ "$faults" = 0 ] || tail -n 40 "$work/setup.log"

# ---- again, away, for ever

no_services
inside 'dpkg -i /root/souk_*.deb' >"$work/again.log" 2>&1 || die "dpkg: $(tail -n 20 "$work/again.log")"
services
# shellcheck disable=SC2016
inside 'service mariadb start && service souk-api start && service nginx start && bash /root/ask
	for service in souk-api nginx mariadb; do service $service stop; done' >"$work/upgraded.log" 2>&1 || true
is grep -q '"object":"product"' "$work/upgraded.log" "after the package is installed over itself, the shop answers"

no_services
inside 'apt-get remove -y souk' >>"$work/apt.log" 2>&1
services
is test -f "$tree/etc/souk/keyring" "removing keeps the key ring"
inside 'nginx -q -t' 2>"$work/nginx.log" && status=0 || status=1
result "$status" "without the package, nginx takes its other sites"
no_services
inside 'apt-get purge -y souk' >>"$work/apt.log" 2>&1
services

# What has its name, or belongs to its users; MariaDB's data, and what opens them, are MariaDB's.
leftovers() {
	chroot "$tree" find / -xdev \( -name '*souk*' -o -user souk -o -user souk_migrate \) -not -path '/root/*' -not -path '/proc/*' \
		-not -path '/dev/*' -not -path '/var/lib/mysql/*' -not -path /etc/mysql/souk.key \
		-not -path /etc/mysql/mariadb.conf.d/60-souk.cnf
}
left=$(leftovers)
[ -z "$left" ] || say "$left"
is test -z "$left" "purging leaves no file"
inside 'service mariadb start && mariadb -e "SELECT COUNT(*) FROM souk.products"; service mariadb stop' >"$work/kept.log" 2>&1 || true
is grep -q 'COUNT' "$work/kept.log" "MariaDB still opens its encrypted data"

say "$faults faults"
[ "$faults" = 0 ]
