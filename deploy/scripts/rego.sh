#!/usr/bin/env bash
# Check and test the Rego: format, strict compilation under our list of builtins, tests with full coverage.
set -euo pipefail
cd "$(dirname "$0")/../.."
rego=policy/rego
beside=policy/opa # whom an OPA beside a node answers: no rule of disclosure, so it has its own builtins
opa=.entente/bin/opa

if ! [[ -x $opa ]]; then
    echo "Rego not checked: no OPA (make opa)" >&2
    [[ ${CI:-} == true || ${ENTENTE_REQUIRE_ALL:-} == 1 ]] && exit 1
    exit 0
fi
unformatted=$("$opa" fmt --list "$rego" "$beside")
if [[ -n $unformatted ]]; then
    echo "not formatted (.entente/bin/opa fmt --write $rego $beside):" "$unformatted" >&2
    exit 1
fi
"$opa" check --strict --capabilities "$rego/capabilities.json" "$rego"
"$opa" check --strict "$beside"
for folder in "$rego" "$beside"; do
    covered=(test --timeout 120s --coverage --threshold 100 "$folder")
    "$opa" "${covered[@]}" >/dev/null || "$opa" "${covered[@]}" --verbose
    "$opa" test --timeout 120s "$folder"
done
if [[ -x .entente/bin/regal ]]; then
    .entente/bin/regal lint --config-file policy/regal.yaml "$rego" "$beside"
else
    echo "REGO NOT LINTED: no Regal (make regal)" >&2
fi
