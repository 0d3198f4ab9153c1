#!/usr/bin/env bash
# Build the programs of others that check and witness our logs, into .entente/bin; each go.sum pins its modules.
#   outside.sh          all of them
#   outside.sh <name>   tlogcheck, fsck, posix-oneshot or outside_witness; prints its path
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
    [[ -x $program && -z $(find "tests/audit/$2" deploy/scripts/outside.sh -newer "$program" -print -quit) ]]
}

build() {  # build <name> <source folder> <package>
    fresh "$1" "$2" || (cd "tests/audit/$2" && "$go" build -mod=readonly -o "$root/.entente/bin/$1" "$3")
}

build_witness() {  # its Merkle library lacks one function in the newest release; subtree.go.in puts it there
    fresh outside_witness outside_witness && return
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
    tlogcheck) build tlogcheck tlogcheck . ;;
    fsck) build fsck tessera github.com/transparency-dev/tessera/cmd/fsck ;;
    posix-oneshot) build posix-oneshot tessera github.com/transparency-dev/tessera/cmd/examples/posix-oneshot ;;
    outside_witness) build_witness ;;
    *)
        echo "usage: $0 [tlogcheck|fsck|posix-oneshot|outside_witness]" >&2
        exit 2
        ;;
    esac
    echo "$root/.entente/bin/$1"
}

mkdir -p .entente/bin
exec 9>.entente/outside.flock
flock 9
[[ $# -gt 0 ]] || set -- tlogcheck fsck posix-oneshot outside_witness
for name in "$@"; do
    one "$name"
done
