#!/bin/sh
# Formatting, lint, types and unit tests of the client, all offline. Ends with `N passed, N failed`.
# Takes deno from the project's .venv, or from DENO.
set -eu
cd "$(dirname "$0")"
deno=${DENO:-../.venv/bin/deno}
[ -d node_modules/react ] || ./setup.sh
"$deno" fmt --check --quiet
"$deno" lint --quiet
"$deno" check --quiet src tests/*.ts
NO_COLOR=1 "$deno" test --quiet --no-remote --no-check --allow-read=src src > .check.log 2>&1 && status=0 || status=$?
[ "$status" = 0 ] || cat .check.log
sed -n 's/.*| \([0-9]*\) passed.*| \([0-9]*\) failed.*/\1 passed, \2 failed/p' .check.log | tail -1
rm .check.log
exit "$status"
