#!/usr/bin/env bash
# Build the node's image with podman and look at what came out: that it runs as nobody, and what it must not hold.
#   image.sh            on the pinned base
#   image.sh debian     on a base made here of Debian's packages (mmdebstrap, as root), where no registry is reached
# What else podman is told: BUILD_ARGS, as "--isolation chroot --volume /etc/ssl/certs:/etc/ssl/certs:ro".
set -euo pipefail
cd "$(dirname "$0")/../.."
name=${IMAGE:-entente}
read -ra extra <<<"${BUILD_ARGS:-}"

debian_base() {
    local folder
    folder=$(mktemp -d)
    mmdebstrap --variant=apt --include=python3,python3-venv,ca-certificates bookworm "$folder/base.tar" >&2
    printf 'FROM scratch\nADD base.tar /\n' >"$folder/Containerfile"
    podman build --quiet --tag entente-base "${extra[@]}" --file "$folder/Containerfile" "$folder" >&2
    rm -rf "$folder"
    echo localhost/entente-base
}

case ${1:-} in
"") ;;
debian) extra+=(--build-arg "BASE=$(debian_base)") ;;
*)
    echo "usage: $0 [debian]" >&2
    exit 2
    ;;
esac
podman build --tag "$name" "${extra[@]}" --file deploy/Containerfile .
folder=$(podman image mount "$name")
trap 'podman image unmount "$name" >/dev/null' EXIT
status=0
must_not_hold() {  # must_not_hold <what> <arguments of find…>
    local what=$1 found
    shift
    found=$(find "$folder" -xdev "$@" -print -quit)
    [[ -z $found ]] || { echo "the image holds $what: ${found#"$folder"}" >&2; status=1; }
}
must_not_hold "a compiler" -path '*/bin/*' \( -name 'gcc*' -o -name 'g++*' -o -name cc -o -name make -o -name go -o -name node \)
must_not_hold "sources or tests of ours" -path '*/opt/entente/*' \( -name Makefile -o -name tests -path '*/opt/entente/tests' -o -name '*.tsx' \)
must_not_hold "a private key" -path '*/opt/entente/*' \( -name '*.key' -o -name '*.secret' -o -name 'id_*' \)
must_not_hold "a home" -path '*/var/lib/entente/*'
[[ $(podman image inspect --format '{{.Config.User}}' "$name") == 10001:10001 ]] || { echo "the image runs as root" >&2; status=1; }
echo "$name: $(($(podman image inspect --format '{{.Size}}' "$name") / 1000000)) MB"
exit "$status"
