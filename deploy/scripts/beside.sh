#!/usr/bin/env bash
# Install programs that no one here wrote into an environment of their own; its lock pins them with hashes.
#   beside.sh idp         Canaille, an identity provider, into .entente/idp
#   beside.sh checkers    hadolint and kubernetes-validate, into .entente/checkers
# Prints the environment's Python. Does nothing when Python and the lock are those of the last time.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-python3}
name=${1:-}
[[ $name == idp || $name == checkers ]] || { echo "usage: $0 idp|checkers" >&2; exit 2; }
lock=deploy/requirements-$name.lock
home=.entente/$name

mkdir -p .entente
exec 9>".entente/$name.flock"
flock 9
wanted=$({ "$python" --version; pwd; cat "$lock"; } | sha256sum)
if [[ ! -x $home/bin/python || ! -f $home/.made || $(cat "$home/.made") != "$wanted" ]]; then
    rm -rf "$home"
    "$python" -m venv "$home"
    "$home/bin/python" -m pip --disable-pip-version-check --quiet install --no-compile --only-binary :all: --require-hashes -r "$lock" >&2
    echo "$wanted" >"$home/.made"
fi
echo "$PWD/$home/bin/python"
