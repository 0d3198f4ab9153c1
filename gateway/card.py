"""The card of a node when its keys change: what the federation is given to sign into the directory.

Old keys stay in it for verification, each with the moment from which nothing new may be signed with it.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from audit.keys import VerifyKey
from gateway.home import KEY_LIFE, read_card
from sharing.keys import Use

MAX_KEYS = 16
_EARLIER = 60


class Card:
    """The card file of a home; changes are written by `save`, whole or not at all."""

    def __init__(self, path: Path) -> None:
        """Read it; `SettingsRejected` if it is no card."""
        read_card(path)
        self._path = path
        self._said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))

    def replace(self, use: Use, old: VerifyKey, new: VerifyKey, *, now: int, until: int) -> None:
        """Put `new` in the place of `old`, which is accepted until `until` (Unix seconds); twice is once."""
        keys: list[dict[str, Any]] = self._said["keys"]
        for each in keys:
            if each["vkey"] == old.vkey:
                each["not_after"] = max(each["not_before"] + 1, min(each["not_after"], until))
        keys = [each for each in keys if each["vkey"] != new.vkey]
        life = {"not_before": now - _EARLIER, "not_after": now + int(KEY_LIFE.total_seconds())}
        self._said["keys"] = [*_kept(keys, now), {"use": str(use), "vkey": new.vkey} | life]
        if use is Use.LOG:
            self._said |= {"log_origin": new.name, "log_vkey": new.vkey}

    def witness(self, new: VerifyKey) -> None:
        """Name another key for cosigning."""
        self._said["witness_vkey"] = new.vkey

    def save(self) -> None:
        """Write the card, once it reads as one."""
        draft = self._path.with_name(self._path.name + ".new")
        draft.write_text(json.dumps(self._said, indent=2, ensure_ascii=False), encoding="utf-8")
        read_card(draft)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(self._path)


def _kept(keys: list[dict[str, Any]], now: int) -> list[Mapping[str, Any]]:
    """As many as fit beside a new one: of those whose time is over, the oldest are left out, logs' last."""
    spare = len(keys) - (MAX_KEYS - 1)
    over = [each for each in keys if each["not_after"] <= now]
    over.sort(key=lambda each: (each["use"] == Use.LOG, each["not_after"]))
    gone = [each["vkey"] for each in over[: max(0, spare)]]
    return [each for each in keys if each["vkey"] not in gone]
