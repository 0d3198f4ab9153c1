"""The documents that come with this installation, as texts: what both a node and its command line read."""

import hashlib
from collections.abc import Mapping
from importlib.resources import files


def shipped_texts(door: str) -> Mapping[str, str]:
    """The texts of the documents shipped for a door (`partner` or `desk`), by name without ending."""
    folder = files("gateway") / "documents" / door
    return {each.name.removesuffix(".graphql"): each.read_text(encoding="utf-8") for each in folder.iterdir()}


def document_id(text: str) -> str:
    """`sha256:<hex>` of a document's text."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
