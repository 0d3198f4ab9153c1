"""Whose signature makes a consent: a node's grant keys, from the own ring or from the directory."""

from collections.abc import Callable, Mapping

from audit.keys import VerifyKey
from sharing.consents import KeysOf
from sharing.directory import Directory
from sharing.key_choice import KeyChoice
from sharing.keys import Use, kid


def grant_keys(choice: KeyChoice, directory_now: Callable[[], Directory | None]) -> KeysOf:
    """The keys by kid that signed or may sign a node's consents; none for a node that is not listed today.

    Keys that the directory lists only for verification count: what they signed was checked when it came.
    """

    def keys_of(node: str) -> Mapping[str, VerifyKey]:
        if node == choice.newest.node:
            return {kid(key): key for key in choice.newest.grant_keys}
        directory = directory_now()
        listed = directory.by_id.get(node) if directory else None
        return {each.kid: each.key for each in listed.keys if each.use is Use.GRANT} if listed else {}

    return keys_of
