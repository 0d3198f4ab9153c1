"""A log that takes the place of another whose key was compromised, and how anyone can check that it does.

The old log ends at the last checkpoint that is trusted. The new one has another origin and another key; its
first leaf is a KEY entry that commits to the old one: `previous_origin`, `previous_key`, `size` and `root` of
that checkpoint. Whoever holds a later checkpoint of the old log holds evidence of the compromise, not of the
node.
"""

import re

from audit.canonical import JSON
from audit.checkpoint import Checkpoint
from audit.entry import Kind, read_leaf
from audit.errors import ProofRefused
from audit.keys import VerifyKey

COMPROMISED = "COMPROMISED"
_NUMBERED = re.compile(r"(?P<name>.+/log)(?:\.(?P<number>[1-9][0-9]{0,3}))?", re.ASCII)


def next_origin(origin: str) -> str:
    """Return the name of the log after `<node>/log` (`<node>/log.2`) or after `<node>/log.<n>`."""
    found = _NUMBERED.fullmatch(origin)
    if found is None:
        raise ProofRefused(f"log {origin}: is not named <node>/log or <node>/log.<number>")
    return f"{found['name']}.{int(found['number'] or 1) + 1}"


def key_name(key: VerifyKey) -> str:
    """Return a key as leaves name it: `<name>:<id>`."""
    return f"{key.name}:{key.key_id.hex()}"


def succession(trusted: Checkpoint, old: VerifyKey, new: VerifyKey) -> dict[str, JSON]:
    """Return the facts of the first entry of the log of key `new`, which follows `trusted` of key `old`."""
    return {
        "use": "log",
        "action": COMPROMISED,
        "reasons": [COMPROMISED],
        "key": key_name(new),
        "previous_key": key_name(old),
        "origin": new.name,
        "previous_origin": trusted.origin,
        "size": trusted.size,
        "root": f"sha256:{trusted.root.hex()}",
    }


def check_succession(first: bytes, origin: str, old: Checkpoint) -> None:
    """Check that the log `origin`, whose first leaf is `first`, follows the log of `old` at that size.

    The signatures of both logs are checked elsewhere. `ProofRefused` names both sides; `FormatRefused` if
    `first` is no leaf.
    """
    leaf = read_leaf(first)
    said = {name: leaf.get(name) for name in ("kind", "use", "origin", "previous_origin", "size", "root")}
    wanted = {
        "kind": Kind.KEY.value,
        "use": "log",
        "origin": origin,
        "previous_origin": old.origin,
        "size": old.size,
        "root": f"sha256:{old.root.hex()}",
    }
    for name, value in wanted.items():
        if said[name] != value:
            raise ProofRefused(f"log {origin}: its first leaf says {name} {said[name]}, {old} wants {value}")
