#!/usr/bin/env bash
# Run the checks that start nothing, and beside them the tests: what is named, or all of them in two processes,
# each of which takes the next file when it is free. What failed is said at the end; one failure fails both.
set -uo pipefail
cd "$(dirname "$0")/../.."
pytest=(.venv/bin/python -m pytest)
[[ $# -gt 0 ]] || set -- -n 2 --dist loadfile --no-loadscope-reorder --durations 25 -m "not long"
unset PYTHONDONTWRITEBYTECODE # where it is set, every node and every command compiles all that it imports
said=$(mktemp)
trap 'rm -f "$said"' EXIT

# They leave one core idle for minutes, and so do the tests at times; what they say is told at once when they end.
(
    status=0
    make --no-print-directory --jobs 2 --output-sync=target lint rego console-test >"$said" 2>&1 || status=$?
    cat "$said"
    exit "$status"
) &
checks=$!
status=0
"${pytest[@]}" "$@" || status=$?
if ! wait "$checks"; then
    echo "A CHECK FAILED beside the tests:" >&2
    tail -40 "$said" >&2
    status=1
fi
echo "left to make nightly: what is marked long in" $(grep -rl 'mark\.long' tests --include='*.py' | sort)
[[ -x .entente/bin/regal ]] || echo "REGO NOT LINTED: no Regal (make regal)" >&2
exit "$status"
