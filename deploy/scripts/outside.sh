#!/usr/bin/env bash
# Build the programs of others that check what we make, into .entente/bin; each go.sum pins its modules.
#   outside.sh          all of them
#   outside.sh <name>   tlogcheck, fsck, posix-oneshot, outside_witness (our logs),
#                       compose_check, chart_check (our containers); prints its path
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
go=$(deploy/scripts/go.sh)
export GOFLAGS="-trimpath -buildvcs=false -modcacherw" GOTOOLCHAIN=local CGO_ENABLED=0
if [[ -n ${ENTENTE_GO_CACHES:-} ]]; then # of who builds several programs
    export GOPATH=$ENTENTE_GO_CACHES/path GOCACHE=$ENTENTE_GO_CACHES/cache
fi

fresh() {  # fresh <name> <source folder>: it is built, and from these sources
    local program=.entente/bin/$1
    [[ -x $program && -z $(find "tests/$2" deploy/scripts/outside.sh -newer "$program" -print -quit) ]]
}

build() {  # build <name> <source folder> <package>
    fresh "$1" "$2" || (cd "tests/$2" && "$go" build -mod=readonly -o "$root/.entente/bin/$1" "$3")
}

build_witness() {  # its Merkle library lacks one function in the newest release; subtree.go.in puts it there
    fresh outside_witness audit/outside_witness && return
    local work=.entente/outside_witness
    rm -rf "$work"
    mkdir -p "$work"
    cp tests/audit/outside_witness/{go.mod,go.sum,main.go} "$work"
    (cd "$work" && "$go" mod vendor)
    cp tests/audit/outside_witness/subtree.go.in "$work/vendor/github.com/transparency-dev/merkle/proof/subtree.go"
    (cd "$work" && "$go" build -mod=vendor -o "$root/.entente/bin/outside_witness" .)
    rm -rf "$work"
}

one() {
    case $1 in
    tlogcheck) build tlogcheck audit/tlogcheck . ;;
    fsck) build fsck audit/tessera github.com/transparency-dev/tessera/cmd/fsck ;;
    posix-oneshot) build posix-oneshot audit/tessera github.com/transparency-dev/tessera/cmd/examples/posix-oneshot ;;
    outside_witness) build_witness ;;
    compose_check | chart_check) build "$1" "gateway/$1" . ;;
    *)
        echo "usage: $0 [tlogcheck|fsck|posix-oneshot|outside_witness|compose_check|chart_check]" >&2
        exit 2
        ;;
    esac
    echo "$root/.entente/bin/$1"
}

mkdir -p .entente/bin
exec 9>.entente/outside.flock
flock 9
[[ $# -gt 0 ]] || set -- tlogcheck fsck posix-oneshot outside_witness compose_check chart_check
for name in "$@"; do
    one "$name"
done
