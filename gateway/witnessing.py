"""Getting the node's own log cosigned, off the query path: a slow, lying or dead witness costs only itself.

Every tick offers the log's last signed checkpoint to each witness that is free: at once when the log has
grown, every `refresh_seconds` when it has not, and ever more seldom to one that does not cosign. Lines are
gathered by checkpoint, so that a slow one still completes a quorum; that checkpoint is kept in the log.

A witness whose first word in this run contradicts the log puts it in quarantine: the store may have been
brought back from a backup together with its guard, which nothing else finds. Later such a word is a finding.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Protocol

from audit.cosignature import Cosigner
from audit.errors import AuditError
from audit.feeding import Meaning, Offer, RawReply, Verdict, with_cosignatures
from audit.log import Log
from audit.note import Note, Signature
from audit.submission import Submission
from audit.trust import TrustPolicy
from gateway.errors import GatewayError
from gateway.settings import Settings
from gateway.watch import CONTRADICTS, Watch, Word

PATH = "/add-checkpoint"
PACE = 1.0
DEADLINE = 5.0
ATTEMPTS = 4
GATHERED = 32
"""Checkpoints whose cosignatures are still gathered."""

log = logging.getLogger(__name__)


class WitnessSilent(GatewayError):
    """A witness gave no whole reply."""

    code = "WITNESS_SILENT"


class Fed(Protocol):
    """Whose log is fed: a node, or a sequencer that has just opened it."""

    @property
    def id(self) -> str:
        """The node's id."""

    @property
    def settings(self) -> Settings:
        """Its settings."""

    @property
    def log(self) -> Log:
        """Its log."""

    @property
    def watch(self) -> Watch:
        """Where it is kept what the witnesses said."""

    def now(self) -> int:
        """The time as whole Unix seconds."""


class Poster(Protocol):
    """The way to the witnesses."""

    async def post(self, url: str, body: bytes) -> RawReply:
        """Send the body and return the reply, at most `feeding.MAX_REPLY` + 1 bytes; or `WitnessSilent`."""

    async def close(self) -> None:
        """Let go of connections."""


@dataclass(slots=True)
class _Station:
    """One witness: where it is, what it knows of our log, and from when on it is asked again."""

    name: str
    cosigner: Cosigner
    url: str
    known: int = 0
    cosigned: str = ""
    refresh_at: float = 0.0
    patient_until: float = 0.0
    failures: int = 0
    busy: bool = False
    agreed: bool = False
    """Whether it has cosigned in this run."""

    def due(self, text: str, at: float) -> bool:
        """Whether it is to be offered the checkpoint at this second of the loop's clock."""
        return not self.busy and at >= self.patient_until and (self.cosigned != text or at >= self.refresh_at)


class Feeder:
    """Feeds the witnesses of one policy; `run` until cancelled, or `once`."""

    def __init__(self, node: Fed, policy: TrustPolicy, poster: Poster) -> None:
        self._node, self._poster = node, poster
        self._stations = [
            _Station(name, cosigner, policy.urls[name] + PATH)
            for name, cosigner in policy.witnesses.items()
            if name in policy.urls
        ]
        self._gathered: dict[str, list[Signature]] = {}

    async def once(self) -> Mapping[str, Meaning]:
        """Offer the last checkpoint to every witness now, and return what each said."""
        note = self._node.log.checkpoint()
        said = await asyncio.gather(*(self._feed(station, note) for station in self._stations))
        return {station.name: meaning for station, meaning in zip(self._stations, said, strict=True)}

    async def run(self) -> None:
        """Feed until cancelled; whatever breaks is logged, and the next tick goes on."""
        loop = asyncio.get_running_loop()
        knocked = self._node.watch.knocked
        async with asyncio.TaskGroup() as tasks:
            while True:
                note = self._node.log.checkpoint()
                text = Note.parse(note).text
                for station in self._stations:
                    if station.due(text, loop.time()):
                        station.busy = True
                        tasks.create_task(self._quietly(station, note))
                self._node.watch.tell()
                with suppress(TimeoutError):
                    await asyncio.wait_for(knocked.wait(), PACE)
                    knocked.clear()
                    for station in self._stations:
                        station.patient_until = 0.0

    async def _quietly(self, station: _Station, note: str) -> None:
        try:
            await self._feed(station, note)
        except Exception:  # one witness's trouble must not end the feeding of the others
            log.exception("witness %s", station.name)
        finally:
            station.busy = False

    async def _feed(self, station: _Station, note: str) -> Meaning:
        """Offer, and take in what came of it."""
        try:
            async with asyncio.timeout(DEADLINE):
                meaning = await self._offer(Offer(station.cosigner, note, station.known), station.url)
        except TimeoutError:
            meaning = Meaning(Verdict.SILENT, f"no whole reply within {DEADLINE} s")
        except (WitnessSilent, AuditError) as error:
            meaning = Meaning(Verdict.SILENT, str(error))
        meaning = self._behind(meaning)
        self._remember(station, note, meaning)
        if meaning.line is not None:
            await self._gather(note, meaning.line)
        return meaning

    async def _offer(self, offer: Offer, url: str) -> Meaning:
        """Talk to one witness until it has cosigned or there is nothing else to try."""
        size, tried = offer.checkpoint.size, list[int]()
        while True:
            proof = await self._node.log.consistency(offer.old, size)
            reply = await self._poster.post(url, Submission(offer.old, tuple(proof), offer.note).body)
            meaning = offer.read(reply, self._node.now())
            tried.append(offer.old)
            old = offer.again(meaning, tried)
            if old is None or len(tried) == ATTEMPTS:
                return meaning
            offer = replace(offer, old=old)

    def _behind(self, meaning: Meaning) -> Meaning:
        """A witness that another process of this node has fed meanwhile is not ahead of the log."""
        if meaning.verdict is Verdict.AHEAD and (meaning.size or 0) <= self._node.log.head.size:
            return replace(meaning, verdict=Verdict.OTHER_SIZE)
        return meaning

    def _remember(self, station: _Station, note: str, meaning: Meaning) -> None:
        at = asyncio.get_running_loop().time()
        last = self._node.watch.words.get(station.name)
        self._node.watch.words[station.name] = Word(meaning.verdict, meaning.detail, self._node.now())
        if meaning.size is not None and meaning.verdict is not Verdict.AHEAD:
            station.known = meaning.size
        if meaning.verdict is Verdict.COSIGNED:
            station.cosigned, station.failures, station.agreed = Note.parse(note).text, 0, True
            station.refresh_at = at + self._node.settings.witness.refresh_seconds
            return
        if meaning.verdict in CONTRADICTS and not station.agreed:
            self._node.log.quarantine(f"witness {station.name} {meaning.detail}")
            log.critical("QUARANTINED: log of %s: witness %s %s", self._node.id, station.name, meaning.detail)
        station.failures += 1
        wait = min(self._node.settings.witness.refresh_seconds, PACE * 2.0 ** min(station.failures, 16))
        station.patient_until = at + wait
        if last is None or last.verdict is not meaning.verdict:
            level = logging.CRITICAL if meaning.verdict in CONTRADICTS else logging.WARNING
            log.log(level, "WITNESS_%s: %s: %s", meaning.verdict, station.name, meaning.detail)

    async def _gather(self, note: str, line: Signature) -> None:
        """Put the line to the others on this checkpoint; with a quorum it becomes the last witnessed one."""
        text = Note.parse(note).text
        lines = self._gathered.setdefault(text, [])
        lines.append(line)
        cosigned = with_cosignatures(note, lines)
        self._gathered[text] = [each for each in Note.parse(cosigned).signatures if each in lines]
        while len(self._gathered) > GATHERED:
            del self._gathered[next(iter(self._gathered))]
        if self._node.watch.take(cosigned):
            try:
                await self._node.log.keep(cosigned)
            except AuditError as error:
                log.error("witnessed checkpoint of %s: %s", self._node.id, error)  # noqa: TRY400  # the text says it


@asynccontextmanager
async def witnessed(node: Fed, open_poster: Callable[[], Awaitable[Poster]]) -> AsyncIterator[None]:
    """Ask the witnesses, then feed them in the background until the end; nothing where none is asked for.

    A witness that does not answer is named and does not stand in the way.
    """
    policy = node.watch.policy
    if policy is None:
        yield
        return
    poster = await open_poster()
    try:
        feeder = Feeder(node, policy, poster)
        await feeder.once()
        task = asyncio.create_task(feeder.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    finally:
        await poster.close()
