#!/usr/bin/env bash
# Bring .venv to what the locks say:  venv.sh run | dev
# Does nothing when Python, the locks and pyproject.toml are those of the last time; a killed run is simply repeated.
set -euo pipefail
cd "$(dirname "$0")/../.."
kind=${1:-run}
python=${PYTHON:-python3}
venv=.venv
locks=(deploy/requirements-build.lock deploy/requirements.lock)
[[ $kind == dev ]] && locks=(deploy/requirements-build.lock deploy/requirements-dev.lock)
stamp=$venv/.entente-$kind

mkdir -p .entente
exec 9>.entente/venv.flock
flock 9

wanted=$({ "$python" --version; pwd; cat "${locks[@]}" pyproject.toml; } | sha256sum)
if [[ -x $venv/bin/python && -f $stamp && $(cat "$stamp") == "$wanted" ]]; then
    touch "$stamp"
    exit 0
fi

deploy/scripts/system-deps.sh build
if ! "$venv/bin/python" -c 'import sys; print(sys.version)' 2>/dev/null | grep -qxF "$("$python" -c 'import sys; print(sys.version)')"; then
    rm -rf "$venv"
    "$python" -m venv "$venv"
fi
rm -f "$stamp"
pip=("$venv/bin/python" -m pip --disable-pip-version-check --quiet install)
echo "installing into $venv (the first time takes one to three minutes: PyICU is compiled) …"
# The build tools first and no build isolation: nothing is fetched whose hash is not in a lock.
"${pip[@]}" --require-hashes -r "${locks[0]}"
"${pip[@]}" --require-hashes --no-build-isolation -r "${locks[1]}"
"${pip[@]}" --no-build-isolation --no-deps --editable .
echo "$wanted" >"$stamp"
