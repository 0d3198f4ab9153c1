#!/usr/bin/env bash
# Install Keycloak, an identity provider that no one here wrote, into .entente/keycloak; its version and its digest
# stand here. It needs a Java and, to be fetched, Maven. Prints its folder. Does nothing when it is there already.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=26.7.0
digest=f771df0aa1e4820f57d56f7d6d015beb6415487b43f8de7e5a6d48f8a7fe118a
maven_plugin=org.apache.maven.plugins:maven-dependency-plugin:3.8.1
home=.entente/keycloak

mkdir -p .entente
exec 9>.entente/keycloak.flock
flock 9

wanted() { # what is built is of this script, at this place, for this Java
    { pwd; cat deploy/scripts/keycloak.sh; java -version; } 2>&1 | sha256sum
}

if [[ ! -x $home/bin/kc.sh || ! -f $home/.made || $(cat "$home/.made") != $(wanted) ]]; then
    deploy/scripts/system-deps.sh keycloak >&2
    new=$(mktemp -d .entente/.keycloak.XXXXXX)
    trap 'rm -rf "$new"' EXIT
    mvn --batch-mode --quiet --no-transfer-progress "$maven_plugin:copy" "-DoutputDirectory=$PWD/$new" \
        "-Dartifact=org.keycloak:keycloak-quarkus-dist:$version:tar.gz" >&2
    archive=$new/keycloak-quarkus-dist-$version.tar.gz
    echo "$digest  $archive" | sha256sum --check --quiet >&2
    tar -xzf "$archive" -C "$new"
    "$new/keycloak-$version/bin/kc.sh" build --db=dev-file >&2 # half a minute, once
    rm -rf "$home"
    mv "$new/keycloak-$version" "$home"
    wanted >"$home/.made"
fi
echo "$PWD/$home"
