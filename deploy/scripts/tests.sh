#!/usr/bin/env bash
# Run the tests: what is named, or all of them in two halves at once: two rooms and most stories, all the rest.
set -uo pipefail
cd "$(dirname "$0")/../.."
pytest=(.venv/bin/python -m pytest)
unset PYTHONDONTWRITEBYTECODE # where it is set, every node and every command compiles all that it imports

[[ -x .entente/bin/regal ]] || unlinted="REGO NOT LINTED: no Regal (make regal)"
[[ $# -gt 0 ]] && exec "${pytest[@]}" "$@"

said=$(mktemp)
trap 'rm -f "$said"' EXIT
"${pytest[@]}" tests/audit tests/sharing tests/flow/served tests/flow/test_[a-r]*.py >"$said" 2>&1 & # half of the time
stories=$!
trap 'kill "$stories" 2>/dev/null' INT TERM
"${pytest[@]}" tests --ignore=tests/audit --ignore=tests/sharing --ignore=tests/flow/served --ignore-glob='tests/flow/test_[a-r]*'
rest=$?
echo "… audit, sharing and the stories of nodes:"
wait "$stories"
told=$?
cat "$said"
[[ -z ${unlinted:-} ]] || echo "$unlinted" >&2
exit $((rest != 0 || told != 0))
