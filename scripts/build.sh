# One build directory per kind below build/: release, debug, asan, clang, analyze, fuzz, branches, coverage. Sourced.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/say.sh"

# Sets `options`, the arguments of configure.
build_options() {
	options=(--quiet --enable-werror)
	case $1 in
	release) ;;
	debug) options+=(--enable-debug) ;;
	asan) options+=(--enable-debug --enable-sanitizers) ;;
	clang) options+=(--enable-debug CC=clang) ;;
	analyze) options+=("CFLAGS=-O1 -fanalyzer") ;;
	fuzz) options+=(--enable-debug CC=clang "CFLAGS=-g -O1 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all") ;;
	branches) options+=(--enable-debug CC=clang "CFLAGS=-g -O1 -fprofile-instr-generate -fcoverage-mapping") ;;
	coverage) options+=(--enable-debug --enable-coverage) ;;
	*) die "there is no build of kind $1" ;;
	esac
}

build_configure() {
	local kind=$1 options
	cd "$ROOT" || return
	if [ ! configure -nt configure.ac ] || [ ! Makefile.in -nt Makefile.am ] || [ ! Makefile.in -nt configure.ac ]; then
		autoreconf -i
		touch configure Makefile.in
	fi
	mkdir -p "build/$kind"
	cd "build/$kind" || return
	if [ ! config.status -nt ../../configure ]; then
		build_options "$kind"
		../../configure "${options[@]}"
	fi
}

# Two of us may build at the same time; the second waits.
build_make() (
	kind=$1
	shift
	mkdir -p "$ROOT/build"
	exec 9>"$ROOT/build/.lock"
	flock 9
	build_configure "$kind"
	make -j"$(nproc)" --no-print-directory "$@" 9>&-
)

# build KIND [make target…]
build() {
	local kind=$1
	step "building ($kind)" "$VAR/log/build-$kind.log" build_make "$@"
}
