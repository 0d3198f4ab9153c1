#!/usr/bin/env bash
# Attack the project with others' tools, in an environment of their own:
#     security.sh [static | advisories | probe | bill | api | fuzz]
# Without a name all of them. What could not be asked counts as a failure; ENTENTE_OFFLINE=1 says that it is known.
# API_EXAMPLES are schemathesis's for each operation and person, FUZZ_SECONDS atheris's for each parser.
set -uo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
tools=.entente/security
rooms=(gateway tenants policy sharing audit)
status=0

environment() {
    local lock=deploy/requirements-security.lock wanted
    wanted=$(sha256sum "$lock")
    [[ -f $tools/.lock && $(cat "$tools/.lock") == "$wanted" ]] && return
    "${PYTHON:-python3}" -m venv "$tools" || return
    "$tools/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: --require-hashes -r "$lock" || return
    echo "$wanted" >"$tools/.lock"
}

failed() {
    echo "SECURITY: $*" >&2
    status=1
}

static() {
    echo "bandit …"
    "$tools/bin/bandit" --quiet --exit-zero --recursive "${rooms[@]}" --exclude gateway/console \
        --configfile deploy/security/bandit.yaml --format json --output .entente/bandit.json &&
        "$tools/bin/python" deploy/security/excused.py .entente/bandit.json || failed "bandit found something"
    echo "semgrep, rules of this house …"
    SEMGREP_SEND_METRICS=off "$tools/bin/semgrep" scan --quiet --error --metrics off --disable-version-check --no-git-ignore \
        --config deploy/security/rules.yaml --exclude gateway/console --exclude '*.lock' "${rooms[@]}" ||
        failed "semgrep found something"
}

unasked() {  # unasked <whom>
    if [[ ${ENTENTE_OFFLINE:-} == 1 ]]; then
        echo "NOT ASKED: $1 cannot be reached from here" >&2
    else
        failed "$1 cannot be reached; advisories were not looked at (ENTENTE_OFFLINE=1 where that is known)"
    fi
}

advisories() {
    echo "six==1.16.0 --hash=sha256:8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254" >.entente/probe.txt
    if ! "$tools/bin/pip-audit" --strict --require-hashes --disable-pip --progress-spinner off -r .entente/probe.txt >/dev/null 2>&1; then
        unasked "the source of pip-audit" # it does not know what everybody knows
    else
        python_advisories
    fi
    console_advisories
}

python_advisories() {
    local lock said
    for lock in ${AUDITED:-deploy/requirements.lock deploy/requirements-dev.lock deploy/requirements-build.lock}; do
        echo "pip-audit $lock …"
        # --strict: a package that could not be looked up is a failure, not a line in passing.
        said=$("$tools/bin/pip-audit" --strict --require-hashes --disable-pip --progress-spinner off -r "$lock" 2>&1)
        case $?:$said in
        0:*) echo "$said" ;;
        *ConnectionError* | *"Max retries"* | *"Name or service"*) unasked "the source of pip-audit" ;;
        *) failed "pip-audit $lock: $said" ;;
        esac
    done
}

console_advisories() {
    local said
    local programs
    echo "npm audit …"
    programs=$(deploy/scripts/node.sh) || { failed "no Node.js, and so no npm audit"; return; }
    said=$(cd gateway/console && PATH=$programs:$PATH npm audit --package-lock-only --audit-level=low 2>&1)
    case $?:$said in
    0:*) echo "$said" ;;
    *"audit endpoint returned an error"* | *ENOTFOUND* | *ECONNREFUSED* | *ENOAUDIT* | *EAI_AGAIN*) unasked "the source of npm audit" ;;
    *) failed "npm audit: $said" ;;
    esac
}

probe() {
    echo "whether an advisory, a package nobody knows and a silent source are noticed …"
    .venv/bin/python -m pytest -q -p no:cacheprovider tests/security/probe_advisories.py ||
        failed "what asks for advisories does not notice what it should"
}

api() {
    .venv/bin/python -m tests.security.attacked --examples "${API_EXAMPLES:-6}" || failed "schemathesis found something"
}

bill() {
    echo "bill of materials …"
    PYTHONPATH=$root .venv/bin/python -m deploy.scripts.sbom .entente/bill.cdx.json &&
        "$tools/bin/python" deploy/security/sbom_form.py .entente/bill.cdx.json || failed "the bill of materials has not its form"
}

fuzz() {
    local site target seconds=${FUZZ_SECONDS:-10}
    site=$(.venv/bin/python -c 'import site; print(site.getsitepackages()[0])')
    mkdir -p .entente/fuzz
    for target in $(PYTHONPATH=$root .venv/bin/python -m tests.security.parsers); do
        mkdir -p ".entente/fuzz/$target"
        echo "fuzzing $target for $seconds s …"
        PYTHONPATH=$root:$site "$tools/bin/python" -m tests.security.fuzz "$target" ".entente/fuzz/$target" \
            -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 -artifact_prefix=".entente/fuzz/" \
            >".entente/fuzz/$target.log" 2>&1 ||
            failed "$target: $(tail -25 ".entente/fuzz/$target.log")"
        tail -1 ".entente/fuzz/$target.log"
    done
}

environment || { echo "SECURITY: the tools could not be installed" >&2; exit 1; }
[[ $# -gt 0 ]] || set -- static advisories probe bill api fuzz
for part in "$@"; do
    case $part in
    static | advisories | probe | bill | api | fuzz) "$part" ;;
    *) echo "usage: $0 [static] [advisories] [probe] [bill] [api] [fuzz]" >&2; exit 2 ;;
    esac
done
exit "$status"
