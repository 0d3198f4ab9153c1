"""Trust policies (c2sp.org/tlog-policy): known logs, known witnesses, and how many must have cosigned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from audit.checkpoint import Checkpoint, open_checkpoint
from audit.cosignature import Cosigner
from audit.errors import FormatRefused, ProofRefused
from audit.keys import VerifyKey
from audit.note import Note

NONE = "none"


@dataclass(frozen=True, slots=True)
class Rule:
    """A group of the policy: at least `needed` of `members` (witnesses or groups) have witnessed."""

    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrustPolicy:
    """Known log keys, witnesses and groups by their name in the policy, and the name that is the quorum.

    `urls` are the witnesses' submission prefixes (c2sp.org/tlog-witness), for those that have one.
    """

    logs: tuple[VerifyKey, ...]
    witnesses: Mapping[str, Cosigner] = field(default_factory=dict)
    groups: Mapping[str, Rule] = field(default_factory=dict)
    quorum: str = NONE
    urls: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_keys(cls, *vkeys: str) -> Self:
        """Return the policy that knows these log keys and asks for no witness."""
        return cls(tuple(VerifyKey.parse(vkey) for vkey in vkeys))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a policy file; `FormatRefused` names the line that is wrong."""
        reader = _Reader()
        for number, line in enumerate(text.split("\n"), 1):
            words = line.replace("\t", " ").split(" ")
            words = [word for word in words if word]
            if words and not words[0].startswith("#"):
                reader.take(words, f"trust policy, line {number}")
        if reader.quorum is None:
            raise FormatRefused("trust policy: has no quorum line")
        return cls(tuple(reader.logs), reader.witnesses, reader.groups, reader.quorum, reader.urls)

    def check(self, note: str) -> tuple[Checkpoint, list[str]]:
        """Return the checkpoint and the names of its good witnesses; `ProofRefused` if it is not good enough.

        1. A known log, named like the origin, has signed it.
        2. No signature of a known witness on it is bad.
        3. The witnesses that have cosigned it fulfil the quorum.
        """
        checkpoint, names = self.witnessed(note)
        if not self.fulfilled(names):
            seen = ", ".join(names) or "none"
            raise ProofRefused(f"{checkpoint}: quorum {self.quorum} is not reached, cosigned by: {seen}")
        return checkpoint, names

    def witnessed(self, note: str) -> tuple[Checkpoint, list[str]]:
        """Return what `check` does after its steps 1 and 2 only, whether or not the quorum is reached."""
        checkpoint = open_checkpoint(note, self.logs)
        good = Note.parse(note).verified_by(list(self.witnesses.values()))
        return checkpoint, [name for name, witness in self.witnesses.items() if witness in good]

    def fulfilled(self, names: Sequence[str]) -> bool:
        """Tell whether cosignatures of the witnesses `names` are the quorum."""
        return self.quorum == NONE or self._holds(self.quorum, names)

    def _holds(self, name: str, cosigned: Sequence[str]) -> bool:
        rule = self.groups.get(name)
        if rule is None:
            return name in cosigned
        return sum(self._holds(member, cosigned) for member in rule.members) >= rule.needed


class _Reader:
    """The lines of a policy, taken one after the other; each may name only what stands above it."""

    def __init__(self) -> None:
        self.logs: list[VerifyKey] = []
        self.witnesses: dict[str, Cosigner] = {}
        self.groups: dict[str, Rule] = {}
        self.quorum: str | None = None
        self.urls: dict[str, str] = {}
        self._members: set[str] = set()

    def take(self, words: list[str], where: str) -> None:
        """Take one line."""
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                self._log(VerifyKey.parse(vkey), where)
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self._witness(name, Cosigner(VerifyKey.parse(vkey)), where)
                if url:
                    self.urls[name] = url[0].rstrip("/")
            case ["group", name, needed, *members] if members:
                self._new(name, where)
                self.groups[name] = Rule(_needed(needed, len(members), where), tuple(members))
                self._join(members, where)
            case ["quorum", name] if self.quorum is None and (name == NONE or self._known(name)):
                self.quorum = name
            case _:
                raise FormatRefused(f"{where}: {' '.join(words)[:80]!r} is no line of a policy here")

    def _log(self, key: VerifyKey, where: str) -> None:
        if any(key.raw == known.raw for known in self.logs):
            raise FormatRefused(f"{where}: the key of {key.name} is listed twice")
        self.logs.append(key)

    def _witness(self, name: str, cosigner: Cosigner, where: str) -> None:
        self._new(name, where)
        if any(cosigner.key.raw == known.key.raw for known in self.witnesses.values()):
            raise FormatRefused(f"{where}: the key of {cosigner.name} is listed twice")
        self.witnesses[name] = cosigner

    def _known(self, name: str) -> bool:
        return name in self.witnesses or name in self.groups

    def _new(self, name: str, where: str) -> None:
        if name == NONE or self._known(name):
            raise FormatRefused(f"{where}: the name {name!r} is taken")

    def _join(self, members: Sequence[str], where: str) -> None:
        for member in members:
            if not self._known(member) or member in self._members:
                raise FormatRefused(f"{where}: {member!r} is not defined above, or is a member already")
            self._members.add(member)


def _needed(word: str, members: int, where: str) -> int:
    """Return how many members a group needs."""
    needed = {"any": 1, "all": members}.get(word)
    if needed is None and word.isascii() and word.isdecimal():
        needed = int(word)
    if needed is None or not 1 <= needed <= members:
        raise FormatRefused(f"{where}: {word!r} of {members} members cannot be needed")
    return needed
