#!/usr/bin/env bash
# Build the console into gateway/console/dist; what is there and from these sources is kept.
#   console.sh          build
#   console.sh check    its own checks: types, documents, lint, unit tests
set -euo pipefail
cd "$(dirname "$0")/../.."
console=gateway/console
stamp=$console/dist/sources.sha256

sources() {  # one digest over everything that the build reads
    find "$console" gateway/graphql/schema.graphql gateway/documents/desk sharing/catalogues policy/rego/data.json \
        \( -path "$console/node_modules" -o -path "$console/dist" -o -path "$console/src/generated" \) -prune \
        -o -type f ! -path "$console/public/documents.json" ! -name '*.tsbuildinfo' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

bring_packages() {  # exactly those of the lock, and no script of theirs is run
    local wanted
    wanted=$({ node --version; cat "$console/package-lock.json"; } | sha256sum)
    [[ -f $console/node_modules/.entente && $(cat "$console/node_modules/.entente") == "$wanted" ]] && return
    echo "installing the console's packages into $console/node_modules …"
    (cd "$console" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    echo "$wanted" >"$console/node_modules/.entente"
}

mkdir -p .entente
exec 9>.entente/console.flock
flock 9
task=${1:-build}
[[ $task == build || $task == check ]] || { echo "usage: $0 [check]" >&2; exit 2; }
wanted=$(sources)
[[ $task == build && -f $stamp && $(cat "$stamp") == "$wanted" ]] && exit 0

programs=$(deploy/scripts/node.sh) || {
    echo "the console cannot be built here: put Node.js 20.19, 22.12 or newer with npm on PATH, and call 'make console' again" >&2
    exit 1
}
export PATH=$programs:$PATH
# Node trusts only the authorities it was built with; a proxy that looks into TLS has one of the machine's.
machine=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
[[ -n ${NODE_EXTRA_CA_CERTS:-} || ! -f $machine ]] || export NODE_EXTRA_CA_CERTS=$machine
bring_packages
if [[ $task == check ]]; then
    exec 9>&- # a check of minutes keeps nobody from what is built
    cd "$console"
    exec npm run --silent check
fi
(cd "$console" && npm run --silent build)
[[ -f $console/dist/index.html && -f $console/dist/documents.json ]] || {
    echo "the build left no index.html or no documents.json in $console/dist" >&2
    exit 1
}
echo "$wanted" >"$stamp"
echo "$console/dist: $(find "$console/dist" -type f | wc -l) files"
