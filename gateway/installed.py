"""What `entente init --installed` writes into `node.toml`: the places of `deploy/docs/installing.md`.

One machine with PostgreSQL, OPA and nginx beside the node. The databases let the node's user in over their
Unix socket by who it is (`peer`), so that no password lies anywhere. `deploy/places.yaml` says the same paths
and ports once more for what is not Python; a test holds the two together.
"""

from collections.abc import Mapping
from typing import Final

from gateway.rooms import ROOMS

PORT: Final = 8401
INSTALLED: Final[Mapping[str, Mapping[str, object]]] = {
    "listen": {"leave_seconds": 5.0},
    "tls": {
        "certificate": "tls/client.pem",
        "key": "tls/client.key",
        "trust": "/etc/entente/tls/partners-ca.pem",
    },
    "policy": {
        "engine": "opa",
        "opa_address": "unix:/run/entente-opa/opa.sock",
        "opa_token_file": "opa/token",  # nosec B105  # a place
    },
    "store": {room.name: f"postgresql:///entente_{room.name}" for room in ROOMS},
    "signin": {
        "client_secret_file": "keys/client.secret",  # nosec B105  # a place
        "scope": "openid profile email groups",
        "mapping": "roles.yaml",
    },
    "observe": {"port": 9401},
}
