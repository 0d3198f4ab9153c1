#!/usr/bin/env bash
# Put OPA into .entente/bin/opa: the one on PATH if it is new enough, else built from the Go module proxy.
# OPA's own release binaries are not used: their checksums could not be had from a second public source.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=1.21.1
target=.entente/bin/opa

new_enough() {
    local found
    found=$("$1" version 2>/dev/null | sed -n 's/^Version: //p') || return 1
    [[ -n $found && $(printf '%s\n' "$version" "$found" | sort -V | head -1) == "$version" ]]
}

compiles_to_wasm() {
    local dir status=0
    dir=$(mktemp -d)
    printf 'package probe\n\ndefault allow := false\n\nallow if input.x == 1\n' >"$dir/probe.rego"
    "$1" build --target wasm --entrypoint probe/allow --output "$dir/probe.tar.gz" "$dir/probe.rego" >/dev/null 2>&1 || status=1
    rm -rf "$dir"
    return "$status"
}

mkdir -p .entente/bin
exec 9>.entente/opa.flock
flock 9
stamp=.entente/bin/.opa-$version
[[ -x $target && -f $stamp && $stamp -nt $target ]] && exit 0
if [[ -x $target ]] && new_enough "$target" && compiles_to_wasm "$target"; then
    touch "$stamp"
    exit 0
fi

new=$(mktemp -d .entente/bin/.building.XXXXXX)
trap 'rm -rf "$new"' EXIT
if found=$(command -v opa) && new_enough "$found" && compiles_to_wasm "$found"; then
    cp "$found" "$new/opa"
elif go=$(deploy/scripts/go.sh); then
    echo "building OPA $version with $("$go" env GOVERSION) (one to five minutes) …"
    # Its caches go with the build, or with who builds several programs: nothing is left in anybody's home directory.
    caches=${ENTENTE_GO_CACHES:-$PWD/$new}
    if ! GOBIN=$PWD/$new GOPATH=$caches/path GOCACHE=$caches/cache GOTOOLCHAIN=local \
        GOFLAGS="-trimpath -modcacherw" CGO_ENABLED=0 \
        "$go" install "github.com/open-policy-agent/opa@v$version" >"$new/log" 2>&1; then
        grep -v '^go: downloading' "$new/log" | tail -20 >&2 || true
    fi
fi
if ! { [[ -x $new/opa ]] && new_enough "$new/opa" && compiles_to_wasm "$new/opa"; }; then
    echo "OPA $version cannot be had here: put it on PATH, or a Go 1.26 with a reachable module proxy, and call 'make opa' again" >&2
    exit 1
fi
mv -f "$new/opa" "$target"
touch "$stamp"
echo "$target: $("$target" version | head -1)"
