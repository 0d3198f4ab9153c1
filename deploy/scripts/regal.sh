#!/usr/bin/env bash
# Build Regal, the linter of the Rego, into .entente/bin/regal; deploy/regal/go.sum pins it and all it is made of.
# What is there and from these sources is kept; a build that takes longer than ten minutes is given up.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
target=.entente/bin/regal
at_most=600

fresh() {
    [[ -x $target && -z $(find deploy/regal deploy/scripts/regal.sh -newer "$target" -print -quit) ]]
}

mkdir -p .entente/bin
exec 9>.entente/regal.flock
flock 9
fresh && exit 0
go=$(deploy/scripts/go.sh)
rm -rf .entente/bin/.regal.* # of a build that was killed; nobody else builds while we hold the lock
new=$(mktemp -d .entente/bin/.regal.XXXXXX)
trap 'rm -rf "$new"' EXIT
echo "building Regal with $("$go" env GOVERSION) (one to six minutes) …"
# Its caches go with the build, or with who builds several programs: nothing is left in anybody's home directory.
caches=${ENTENTE_GO_CACHES:-$root/$new}
if ! (cd deploy/regal && GOPATH=$caches/path GOCACHE=$caches/cache GOTOOLCHAIN=local \
    GOFLAGS="-trimpath -modcacherw -mod=readonly -buildvcs=false" CGO_ENABLED=0 \
    timeout "$at_most" "$go" build -o "$root/$new/regal" github.com/open-policy-agent/regal) >"$new/log" 2>&1; then
    grep -v '^go: downloading' "$new/log" | tail -20 >&2 || true
    echo "REGAL CANNOT BE HAD HERE: it takes a Go 1.26, a reachable module proxy and $at_most seconds" >&2
    exit 1
fi
mv -f "$new/regal" "$target"
echo "$target: built from deploy/regal/go.mod"
