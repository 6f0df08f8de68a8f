#!/usr/bin/env bash
# ./dev fmt: formats every C source in place; formatting is never discussed.
set -eu
. "$(dirname "$0")/packages.sh"
packages_need clang-format
cd "$ROOT"
find src t -name lint -prune -o -name '*.[ch]' -print0 | xargs -0r clang-format -i
