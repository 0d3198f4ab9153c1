#!/usr/bin/env bash
# Say where promtool is, which checks and tries the alert rules: from PATH, else out of Debian's package of Prometheus.
# The package is unpacked and not installed: that would start a service. apt checks it against its signed lists.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=.entente/bin/promtool

if command -v promtool; then
    exit 0
fi
mkdir -p .entente/bin
exec 9>.entente/promtool.flock
flock 9
if [[ ! -x $target ]]; then
    new=$(mktemp -d .entente/bin/.promtool.XXXXXX)
    trap 'rm -rf "$new"' EXIT
    # As root apt would fetch as its own user, who may not write here.
    fetch=(apt-get -qq -o APT::Sandbox::User=root download prometheus)
    if ! (cd "$new" && "${fetch[@]}" >/dev/null 2>&1); then
        if [[ $(id -u) -eq 0 ]]; then apt-get -qq update >&2; else sudo -n apt-get -qq update >&2; fi
        (cd "$new" && "${fetch[@]}" >&2)
    fi
    dpkg-deb --fsys-tarfile "$new"/prometheus_*.deb | tar -xO ./usr/bin/promtool >"$new/promtool"
    chmod +x "$new/promtool"
    mv -f "$new/promtool" "$target"
fi
echo "$PWD/$target"
