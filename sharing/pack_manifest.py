"""What stands where in an evidence pack: names of members, and what the manifest says of them."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sharing.errors import FieldRefused

MANIFEST, SUMS, CHECKPOINT = "manifest.json", "SHA256SUMS", "checkpoint"
DIRECTORY, FEDERATION, POLICY = "directory.jws", "federation.vkey", "trust-policy"
INTENTS = frozenset({"ASKED", "QUESTION_RECEIVED"})
PAPERS = frozenset({"ANSWERS_RECEIVED", "QUESTION_RECEIVED"})


def leaf_name(index: int) -> str:
    """The member that holds a leaf."""
    return f"leaves/{index:012}.json"


def proof_name(index: int) -> str:
    """The member that holds a leaf's proof, as `python -m audit receipt` takes it."""
    return f"proofs/{index:012}.tlog-proof"


def sealed_names(index: int) -> tuple[str, str]:
    """The members that hold the salt and the plaintext of what was sealed beside a leaf."""
    return f"sealed/{index:012}.salt", f"sealed/{index:012}.json"


def place_of(name: str) -> int:
    """The index in the name of a leaf's member; `FieldRefused` for any other name there."""
    digits = name.removeprefix("leaves/").removesuffix(".json")
    if not digits.isdecimal() or leaf_name(int(digits)) != name:
        raise FieldRefused(f"{name[:80]}: is no name of a leaf")
    return int(digits)


def summary(leaves: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """What the manifest says of the leaves: period, and how many of each kind."""
    kinds: dict[str, int] = {}
    for record in leaves.values():
        kinds[record["kind"]] = kinds.get(record["kind"], 0) + 1
    times = sorted((str(record["at"]) for record in leaves.values()), key=datetime.fromisoformat)
    return {"counts": kinds, "period": [times[0], times[-1]] if times else []}


def revision_of(files: Mapping[str, bytes]) -> str:
    """The policy revision of Rego sources and tables: SHA-256 over their names and digests, in order."""
    parts = [f"{name}\n{sha256(files[name])}\n" for name in sorted(files)]
    return f"sha256:{sha256(''.join(parts).encode())}"


def sha256(data: bytes) -> str:
    """The SHA-256 as hex, as `SHA256SUMS` has it."""
    return hashlib.sha256(data).hexdigest()
