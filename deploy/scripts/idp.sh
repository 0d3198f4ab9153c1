#!/usr/bin/env bash
# Install Canaille, an identity provider that no one here wrote, into .entente/idp; its lock pins it with hashes.
# Prints the environment's Python. Does nothing when Python and the lock are those of the last time.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-python3}
lock=deploy/requirements-idp.lock
home=.entente/idp

mkdir -p .entente
exec 9>.entente/idp.flock
flock 9
wanted=$({ "$python" --version; pwd; cat "$lock"; } | sha256sum)
if [[ ! -x $home/bin/python || ! -f $home/.made || $(cat "$home/.made") != "$wanted" ]]; then
    rm -rf "$home"
    "$python" -m venv "$home"
    "$home/bin/python" -m pip --disable-pip-version-check --quiet install --no-compile --only-binary :all: --require-hashes -r "$lock" >&2
    echo "$wanted" >"$home/.made"
fi
echo "$PWD/$home/bin/python"
