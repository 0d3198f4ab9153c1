"""A stand-alone witness: its folder, how it is made, how it is served; and the policy files of both sides.

`witness.key` signs, `witness.vkey` is what logs put into their policy, `witness.sqlite` is what it must not
forget: losing it lets every log show it a new history, so it is backed up like evidence and never put back.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from audit.checkpoint import Checkpoint
from audit.files import write_whole
from audit.keys import SignatureType, SigningKey, write_secret
from audit.sql_witness_store import SqlWitnessStore
from audit.trust import NONE
from audit.witness import Witness, WitnessStore, pin
from gateway.app import Doors
from gateway.databases import opened
from gateway.errors import SettingsRejected
from gateway.home import Home
from gateway.listen import listen
from gateway.rooms import WITNESS
from gateway.settings import parse_settings
from gateway.witness_door import WitnessDoor, known_logs
from sharing.directory import DirectoryNode

SUBMIT = "/add-checkpoint"
_WITNESS_SECTION = re.compile(r"^\[witness\][^\n]*\n", re.MULTILINE)
PREFIX = "/witness"
"""Where a node's own witness is, below its address."""


@dataclass(frozen=True, slots=True)
class WitnessHome:
    """The folder of a witness, or the home of a node that is one."""

    path: Path

    @property
    def key(self) -> Path:
        """The private key of a stand-alone witness."""
        return self.path / "witness.key"

    @property
    def vkey(self) -> Path:
        """Its public key."""
        return self.path / "witness.vkey"

    def open_store(self) -> WitnessStore:
        """What it has seen; the caller closes it."""
        if (self.path / "node.toml").exists():
            return SqlWitnessStore(opened(WITNESS, self.path, Home(self.path).settings()))
        if not self.key.exists():
            raise SettingsRejected(
                f"{self.path}: neither a witness nor a node; `entente witness init` makes one"
            )
        return SqlWitnessStore(f"sqlite:///{(self.path / 'witness.sqlite').resolve()}")

    def pin(self, notes: Sequence[Path]) -> list[Checkpoint]:
        """Let logs that were never seen start from these checkpoints; all were read before one is pinned."""
        texts = [_read(note) for note in notes]
        store = self.open_store()
        try:
            return [pin(store, text) for text in texts]
        finally:
            store.close()


def create_witness(path: Path, name: str) -> WitnessHome:
    """Make the folder of a stand-alone witness with a fresh key; an existing key is never replaced."""
    home = WitnessHome(path)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = SigningKey.generate(name, SignatureType.COSIGNATURE)
    key.save(home.key)
    home.vkey.write_text(f"{key.public.vkey}\n", encoding="utf-8")
    return home


def witness_app(witness: Witness) -> ASGIApp:
    """The one door of a stand-alone witness."""
    return Doors({SUBMIT: WitnessDoor(witness, time.time, lambda: None)}, _nothing)


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer for every other path."""
    told = {"error": {"code": "NOT_FOUND", "message": f"POST {SUBMIT} is all there is"}}
    if scope["type"] == "http":
        await JSONResponse(told, 404)(scope, receive, send)


async def serve_witness(home: WitnessHome, logs: Path, host: str, port: int) -> None:
    """Serve the witness for the logs of the policy file until asked to end."""
    store = home.open_store()
    try:
        witness = Witness(store, SigningKey.load(home.key), known_logs(lambda: None, logs))
        await listen(witness_app(witness), host, port)
    finally:
        store.close()


def policy_text(
    own: DirectoryNode, partners: Sequence[DirectoryNode], needed: str, more: Sequence[str]
) -> str:
    """The policy file that asks `needed` (`any`, `all` or a number) of the partners to cosign the `own` log.

    `more` are witnesses beside them, each as `name vkey url`. `SettingsRejected` without any witness.
    """
    lines = [
        f"{each.id} {each.witness_vkey} {each.address}{PREFIX}"
        for each in partners
        if each.witness_vkey and each.id != own.id
    ]
    lines += more
    if not lines:
        raise SettingsRejected(f"{own.id}: no partner in the directory has a witness key, and none was added")
    names = " ".join(line.split()[0] for line in lines)
    logs = [f"log {key.vkey}" for key in own.log_keys]
    witnesses = [f"witness {line}" for line in lines]
    head = f"# Who must have cosigned the log of {own.id}: c2sp.org/tlog-policy"
    return "\n".join([head, *logs, *witnesses, f"group quorum {needed} {names}", "quorum quorum", ""])


def take_policy(home: Home, text: str) -> None:
    """Put a policy file into the node's home and name it in its settings, which stay as they are otherwise.

    `SettingsRejected` where they name another file.
    """
    path, named = home.path / "node.toml", home.settings().witness.policy
    if named not in {None, home.trust_policy.name}:
        raise SettingsRejected(f"{path}: witness.policy is {named}, not {home.trust_policy.name}")
    write_whole(home.trust_policy, text.encode())
    if named is not None:
        return
    told, line = path.read_text(encoding="utf-8"), f'policy = "{home.trust_policy.name}"\n'
    told, found = _WITNESS_SECTION.subn(lambda head: f"{head[0]}{line}", told, count=1)
    told = told if found else f"{told.rstrip()}\n\n[witness]\n{line}"
    parse_settings(told, path)
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    write_secret(draft, told.encode())
    draft.replace(path)


def unwitnessed_text(own: DirectoryNode) -> str:
    """The policy file that asks nobody to cosign the `own` log."""
    return "\n".join([*(f"log {key.vkey}" for key in own.log_keys), f"quorum {NONE}", ""])


def _read(note: Path) -> str:
    try:
        return note.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsRejected(f"{note}: is no checkpoint ({error})") from error
