# The contract of the API, /openapi.json: the packages that check it, and the checks. Sourced.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/say.sh"

# Where the packages of t/contract are; made anew when the lock file has changed.
export SOUK_NPM=$VAR/npm

# Called where bash ignores errors, so each step asks for the one before it.
contract_npm_ci() {
	rm -rf "$SOUK_NPM" &&
		mkdir -p "$SOUK_NPM" &&
		cp "$ROOT"/t/contract/{package.json,package-lock.json,.npmrc} "$SOUK_NPM" &&
		cd "$SOUK_NPM" &&
		npm ci --loglevel=error &&
		touch "$SOUK_NPM/.whole"
}

# False if they cannot be had, which the log says.
contract_packages() (
	[ ! -e "$SOUK_NPM/.whole" ] || ! cmp -s "$ROOT/t/contract/package-lock.json" "$SOUK_NPM/package-lock.json" || exit 0
	command -v npm >/dev/null || packages_need npm || exit 1
	step "installing npm packages" "$VAR/log/npm.log" contract_npm_ci
)

contract_lint() {
	REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true node "$SOUK_NPM/node_modules/@redocly/cli/bin/cli.js" lint \
		"$ROOT/t/golden/openapi.json" --config "$ROOT/t/contract/redocly.yaml" --max-problems 50 --format=stylish >"$VAR/log/contract-lint.log" 2>&1 &&
		! grep -E '^ +[0-9]+:[0-9]+ +(error|warning)' "$VAR/log/contract-lint.log"
}
