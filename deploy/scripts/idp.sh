#!/usr/bin/env bash
# Canaille, an identity provider that no one here wrote, in an environment of its own; prints its Python.
exec "$(dirname "$0")/beside.sh" idp
