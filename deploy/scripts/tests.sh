#!/usr/bin/env bash
# Run the tests: what is named, or all of them in two processes, each of which takes the next file when it is free.
set -uo pipefail
cd "$(dirname "$0")/../.."
pytest=(.venv/bin/python -m pytest)
unset PYTHONDONTWRITEBYTECODE # where it is set, every node and every command compiles all that it imports

[[ -x .entente/bin/regal ]] || unlinted="REGO NOT LINTED: no Regal (make regal)"
[[ $# -gt 0 ]] && exec "${pytest[@]}" "$@"

"${pytest[@]}" -n 2 --dist loadfile --no-loadscope-reorder --durations 25 -m "not long"
status=$?
echo "left to make nightly: what is marked long in" $(grep -rl 'mark\.long' tests --include='*.py' | sort)
[[ -z ${unlinted:-} ]] || echo "$unlinted" >&2
exit "$status"
