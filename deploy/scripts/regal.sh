#!/usr/bin/env bash
# Build Regal, the linter of the Rego, into .entente/bin/regal; deploy/regal/go.sum pins it and all it is made of.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
target=.entente/bin/regal

fresh() {
    [[ -x $target && -z $(find deploy/regal deploy/scripts/regal.sh -newer "$target" -print -quit) ]]
}

mkdir -p .entente/bin
exec 9>.entente/regal.flock
flock 9
fresh && exit 0
go=$(deploy/scripts/go.sh)
new=$(mktemp -d .entente/bin/.building.XXXXXX)
trap 'rm -rf "$new"' EXIT
echo "building Regal with $("$go" env GOVERSION) (two to five minutes) …"
# Its caches go with the build: nothing is left in the home directory of whoever calls.
if ! (cd deploy/regal && GOPATH=$root/$new/path GOCACHE=$root/$new/cache GOTOOLCHAIN=local \
    GOFLAGS="-trimpath -modcacherw -mod=readonly -buildvcs=false" CGO_ENABLED=0 \
    "$go" build -o "$root/$new/regal" github.com/open-policy-agent/regal) >"$new/log" 2>&1; then
    grep -v '^go: downloading' "$new/log" | tail -20 >&2 || true
    echo "Regal cannot be had here: a Go 1.26 with a reachable module proxy is needed" >&2
    exit 1
fi
mv -f "$new/regal" "$target"
echo "$target: built from deploy/regal/go.mod"
