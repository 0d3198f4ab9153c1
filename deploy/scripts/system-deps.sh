#!/usr/bin/env bash
# See to the system packages: installs what is missing as root or with a passwordless sudo, else says the command.
#   system-deps.sh build    what a virtual environment needs (venv, Python headers, C++ compiler, ICU for PyICU)
#   system-deps.sh test     what the tests start (PostgreSQL 15 or newer, Chromium, nginx, systemd-analyze,
#                           SoftHSM, openssl)
#   system-deps.sh keycloak what fetches and runs the second identity provider (Java 17 or newer, Maven)
set -euo pipefail
cd "$(dirname "$0")/../.."
python=${PYTHON:-python3}
missing=()

need() {  # need <package> <command that succeeds when it is there…>
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}

has_postgres() {
    local initdb
    for initdb in /usr/lib/postgresql/*/bin/initdb "$(command -v initdb || true)"; do
        [[ -x $initdb && $("$initdb" --version | grep -oE '[0-9]+' | head -1) -ge 15 ]] && return 0
    done
    return 1
}

has_java() {
    [[ $(java -version 2>&1 | sed -nE 's/.* version "([0-9]+).*/\1/p') -ge 17 ]]
}

python_package() {  # the package of this interpreter: "python3" or, beside the default one, "python3.12"
    "$python" -c 'import os, sys
versioned = "python%d.%d" % sys.version_info[:2]
default = os.path.basename(os.path.realpath("/usr/bin/python3"))
print("python3" if versioned == default else versioned)'
}

case ${1:-build} in
build)
    if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo "entente needs Python 3.11 or newer, and '$python' is not; name another: make venv PYTHON=python3.12" >&2
        exit 1
    fi
    need "$(python_package)-venv" "$python" -c 'import ensurepip, venv'
    need "$(python_package)-dev" "$python" -c 'import os, sys, sysconfig
sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))'
    need g++ sh -c "command -v ${CXX:-c++}"
    need pkg-config sh -c 'command -v pkg-config'
    need libicu-dev pkg-config --exists icu-i18n
    ;;
test)
    need postgresql has_postgres
    need chromium sh -c 'command -v chromium'
    need nginx-light sh -c 'command -v nginx || test -x /usr/sbin/nginx'
    need systemd sh -c 'command -v systemd-analyze'
    need softhsm2 sh -c 'command -v softhsm2-util'
    need openssl sh -c 'command -v openssl'
    ;;
keycloak)
    need default-jre-headless has_java
    need maven sh -c 'command -v mvn'
    ;;
*)
    echo "usage: $0 build|test|keycloak" >&2
    exit 2
    ;;
esac

[[ ${#missing[@]} -eq 0 ]] && exit 0

if [[ $(id -u) -eq 0 ]]; then
    as_root=()
elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
else
    as_root=(false)
fi
if [[ ${as_root[0]:-} == false ]] || ! command -v apt-get >/dev/null; then
    echo "Missing on this machine: ${missing[*]}. Install with:" >&2
    echo "    sudo apt-get update && sudo apt-get install --yes --no-install-recommends ${missing[*]}" >&2
    exit 1
fi
echo "installing ${missing[*]} …"
"${as_root[@]}" apt-get -qq update
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "${missing[@]}"
