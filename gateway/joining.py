"""Enrolling a partner: two administrators, each at their own node, who compare two cards by telephone.

1 The partner's card is read. 2 It is compared: each reads the fingerprint of the own card aloud, the other
types what was heard. 3 The federation's directory is taken only if it is signed by the pinned key and names
both nodes with the very keys that were compared. 4 The partner answers from here, under its certificate.

What is done is kept beside the home's other files and in the log, so that an interrupted enrolment goes on
where it stopped. Another card for the same partner begins anew: what was compared was the other one.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

import httpx2

from audit.canonical import JSON, encode
from audit.entry import Entry, Kind
from audit.errors import AuditError, Duplicate
from audit.keys import VerifyKey
from gateway.beside import LogBeside
from gateway.errors import GatewayError, SettingsRejected
from gateway.facts import retain_until
from gateway.home import Home, read_card
from gateway.reaching import out_of_reach
from gateway.settings import reach_of
from gateway.tls import client_tls
from sharing.directory import Directory, DirectoryNode
from sharing.errors import SharingError

FOLDER = "joining"
SECONDS = 10.0
_MOST = 100


class JoiningRefused(GatewayError):
    """A step of an enrolment cannot be done: what it rests on is missing, or is not what was compared."""

    code = "JOINING_REFUSED"


class FingerprintDiffers(JoiningRefused):
    """What was heard by telephone is not the fingerprint of the card that lies here."""

    code = "FINGERPRINT_DIFFERS"


class Step(StrEnum):
    """What has to be done, in this order."""

    CARD = "CARD"
    COMPARED = "COMPARED"
    DIRECTORY = "DIRECTORY"
    REACHED = "REACHED"


@dataclass(frozen=True, slots=True)
class Joining:
    """How far the enrolment of a partner is: the card's digest, and the second of each step that was done."""

    partner: str
    card: str
    done: Mapping[str, int] = field(default_factory=dict)

    @property
    def next(self) -> Step | None:
        """The step to do now; None when all is done."""
        return next((step for step in Step if step.value not in self.done), None)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One administrator's side: the own home, the partner's card, who is at it, and the time."""

    home: Home
    partner: DirectoryNode
    by: str
    now: Callable[[], float]

    @property
    def own(self) -> DirectoryNode:
        """The own card."""
        return read_card(self.home.card)

    @property
    def file(self) -> Path:
        """Where it is kept how far the enrolment is."""
        return self.home.path / FOLDER / f"{self.partner.id}.json"

    def state(self) -> Joining:
        """How far it is; at its beginning for a card that was not seen yet."""
        fresh = Joining(self.partner.id, digest_of(self.partner))
        with suppress(OSError, ValueError, KeyError, TypeError):
            told = json.loads(self.file.read_text(encoding="utf-8"))
            kept = Joining(told["partner"], told["card"], dict(told["done"]))
            return kept if kept.card == fresh.card else fresh
        return fresh

    async def read(self) -> Joining:
        """Step 1: the card is that of another node, and its keys are not the own ones."""
        own = self.own
        if self.partner.id == own.id:
            raise JoiningRefused(f"card of {self.partner.id}: is the own card; the partner's is wanted")
        if {key.kid for key in self.partner.keys} & {key.kid for key in own.keys}:
            raise JoiningRefused(f"card of {self.partner.id}: has a key of {own.id}")
        if self.partner.address == own.address:
            raise JoiningRefused(f"card of {self.partner.id}: has the own address {own.address}")
        return await self._did(Step.CARD)

    async def compare(self, heard: str) -> Joining:
        """Step 2: `heard` is what the partner's administrator read aloud; spaces and case do not matter."""
        self._after(Step.CARD)
        wanted = card_fingerprint(self.partner)
        if _bare(heard) != _bare(wanted):
            await self._log("PARTNER_CARD_DIFFERS", once=False)
            raise FingerprintDiffers(
                f"card of {self.partner.id}: heard was {heard[:_MOST]!r}, not the fingerprint of the card "
                "that lies here; get the card anew, by another way"
            )
        return await self._did(Step.COMPARED)

    async def take(self, text: str) -> Joining:
        """Step 3: the directory, a compact JWS; on return it lies in the home, and the node reads it."""
        self._after(Step.COMPARED)
        try:
            pinned = VerifyKey.parse(self.home.federation_key.read_text(encoding="utf-8").strip())
        except (OSError, AuditError) as error:
            raise JoiningRefused(
                f"{self.home.federation_key}: is not the federation's key ({error}); compare it by telephone "
                "and put it there"
            ) from error
        try:
            told = Directory.open(text.strip(), [pinned], now=int(self.now()))
        except SharingError as error:
            raise JoiningRefused(f"directory: {error}") from error
        for node in (self.own, self.partner):
            listed = told.by_id.get(node.id)
            if listed is None or digest_of(listed) != digest_of(node):
                what = "does not name" if listed is None else "has another address or other keys of"
                raise JoiningRefused(
                    f"directory {told.version}: {what} {node.id} than the card that was compared"
                )
        written = self.home.directory.with_suffix(".new")
        written.write_text(text.strip(), encoding="utf-8")
        written.replace(self.home.directory)
        return await self._did(Step.DIRECTORY)

    async def reach(self) -> Joining:
        """Step 4: the partner's node answers at the address on its card, as the node asks it."""
        self._after(Step.DIRECTORY)
        url = f"{self.partner.address}/healthz"
        if refusal := out_of_reach(url, reach_of(self.home.settings())):
            raise JoiningRefused(
                f"{url}: {refusal}; put the network between the services into [reach] networks"
            )
        try:
            trust = client_tls(self.home.path, self.home.settings().tls)
            with httpx2.Client(
                timeout=SECONDS, follow_redirects=False, trust_env=False, verify=trust
            ) as client:
                told = client.get(url).json()
        except (httpx2.HTTPError, SettingsRejected, ValueError) as error:
            raise JoiningRefused(f"{url}: {type(error).__name__}: {error}"[:300]) from error
        found = told.get("node") if isinstance(told, dict) else None
        if found != self.partner.id:
            raise JoiningRefused(f"{url}: answers as {str(found)[:_MOST]!r}, {self.partner.id} is expected")
        return await self._did(Step.REACHED)

    def _after(self, step: Step) -> None:
        if step.value not in self.state().done:
            raise JoiningRefused(f"{self.partner.id}: the step {step} comes first")

    async def _did(self, step: Step) -> Joining:
        """The step is in the log, then kept; one that was done before changes nothing."""
        state = self.state()
        if step.value in state.done:
            return state
        await self._log(f"PARTNER_{step}", once=True)
        done = replace(state, done={**state.done, step.value: int(self.now())})
        self.file.parent.mkdir(mode=0o700, exist_ok=True)
        written = self.file.with_suffix(".new")
        told = {"partner": done.partner, "card": done.card, "done": dict(done.done)}
        written.write_text(json.dumps(told, indent=2), encoding="utf-8")
        written.replace(self.file)
        return done

    async def _log(self, action: str, *, once: bool) -> None:
        """An entry with the partner and the card's digest; who did it is sealed beside it."""
        card, now = digest_of(self.partner), int(self.now())
        facts: dict[str, JSON] = {
            "action": action,
            "partner": self.partner.id,
            "target": card,
            "retain_until": retain_until(now, Kind.ADMINISTRATION),
        }
        sealed = json.dumps({"by": self.by}, ensure_ascii=False).encode()
        key = f"join:{action}:{card}" if once else None
        entry = Entry(Kind.ADMINISTRATION, self.own.id, facts, sealed=sealed, once=key)
        log = LogBeside(
            self.home, self.home.settings(), clock=lambda: datetime.fromtimestamp(self.now(), UTC)
        )
        try:
            with suppress(Duplicate):
                await log.append(entry)
        finally:
            await log.close()


def digest_of(node: DirectoryNode) -> str:
    """`sha256:<hex>` of what a card promises: id, address, and every key with its life."""
    keys: list[JSON] = [
        [key.use.value, key.key.vkey, key.not_before, key.not_after]
        for key in sorted(node.keys, key=lambda each: each.kid)
    ]
    said: dict[str, JSON] = {
        "id": node.id,
        "address": node.address,
        "keys": keys,
        "log": node.log_vkey,
        "witness": node.witness_vkey,
    }
    return f"sha256:{sha256(encode(said)).hexdigest()}"


def card_fingerprint(node: DirectoryNode) -> str:
    """128 bits of that digest in eight groups, to be read aloud."""
    digest = digest_of(node).removeprefix("sha256:")[:32]
    return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))


def _bare(text: str) -> str:
    return "".join(text.split()).replace("-", "").lower()
