"""Checking an evidence pack: from the federation's key to every signature of a case.

1. The members are those that were packed. 2. The directory is signed by the federation's key. 3. The
checkpoint is signed by the node's log key, and cosigned as the trust policy asks. 4. Every leaf is in that
tree. 5. The leaves are of this case, and each intent has its outcome or is said to be open. 6. What is shown
of sealed papers is what the leaves commit to. 7. Every request was signed by who asked, under a mandate that
says what the leaf says. 8. Every reply was signed by who was asked, and the receipts are those in the leaves.
9. The policy text is that of its revision. Each step goes on after a finding, unless nothing can be checked
without it.

Standard library, `cryptography` (or what stands in for it) and `audit` only: a pack carries this file.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from audit.canonical import parse_object
from audit.checkpoint import Checkpoint
from audit.commitment import commitment
from audit.entry import read_leaf
from audit.errors import AuditError
from audit.keys import VerifyKey
from audit.merkle import verify_inclusion
from audit.proof import Proof
from audit.receipt import claim_of
from audit.trust import TrustPolicy
from sharing.errors import FieldRefused
from sharing.pack_exchange import Exchange
from sharing.pack_keys import Keys, read_keys
from sharing.pack_manifest import (
    CHECKPOINT,
    DIRECTORY,
    FEDERATION,
    INTENTS,
    MANIFEST,
    PAPERS,
    POLICY,
    SUMS,
    leaf_name,
    place_of,
    proof_name,
    revision_of,
    sealed_names,
    sha256,
    summary,
)
from sharing.pack_report import PackReport, Step
from sharing.papers import read_bundle

BROKEN = (
    AuditError,
    FieldRefused,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What reading something that is not in its form raises."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the reader brings along, from elsewhere than the pack: the surest part of the check."""

    federation: VerifyKey | None = None
    policy: TrustPolicy | None = None


def check_members(members: Mapping[str, bytes], given: Given, signatures: str = "cryptography") -> PackReport:
    """Check all steps; nothing is raised, whatever the members hold."""
    check = _Check(members, given, PackReport(signatures))
    check.run()
    return check.report


@dataclass(slots=True)
class _Check:
    members: Mapping[str, bytes]
    given: Given
    report: PackReport
    manifest: dict[str, Any] = field(default_factory=dict)
    keys: Keys | None = None
    checkpoint: Checkpoint | None = None
    leaves: dict[int, dict[str, Any]] = field(default_factory=dict)

    def run(self) -> None:
        steps: tuple[tuple[str, Callable[[Step], None]], ...] = (
            ("every member is the one that was packed", self._members),
            ("the directory is signed by the federation's key", self._directory),
            ("the log's checkpoint is signed by the node, and by its witnesses", self._checkpoint),
            ("every leaf is a record in the tree of that checkpoint", self._leaves),
            ("the leaves are of this case, every intent with its outcome", self._case),
            ("what is shown of sealed papers is what the leaves commit to", self._sealed),
            ("who asked has signed each request, under the mandate that the leaf names", self._requests),
            ("who was asked has signed each reply; receipts are those in the leaves", self._replies),
            ("the policy's text is that of its revision", self._policy),
        )
        for words, step in steps:
            told = self.report.begin(words)
            try:
                step(told)
            except BROKEN as error:
                told.find(_said(error))

    def _text(self, name: str) -> str:
        if name not in self.members:
            raise FieldRefused(f"{name}: is missing")
        return self.members[name].decode()

    def _members(self, step: Step) -> None:
        self.manifest = parse_object(self._text(MANIFEST).encode())
        sums = self._text(SUMS)
        if sha256(sums.encode()) != self.manifest["sums"]:
            step.find(f"{SUMS}: is not the one that the manifest names")
        said = {name: value for value, _, name in (line.partition("  ") for line in sums.splitlines())}
        packed = {name for name in self.members if name not in {MANIFEST, SUMS}}
        for name in sorted(packed ^ said.keys()):
            step.find(f"{name}: {'is missing' if name in said else 'was not packed'}")
        for name in sorted(packed & said.keys()):
            if sha256(self.members[name]) != said[name]:
                step.find(f"{name}: is not what was packed")
        step.notes.append(f"{len(said)} members")

    def _directory(self, step: Step) -> None:
        carried = VerifyKey.parse(self._text(FEDERATION).strip())
        pinned = self.given.federation or carried
        self.report.compare |= {
            "federation key": pinned.vkey,
            "federation key SHA-256": hashlib.sha256(pinned.raw).hexdigest(),
        }
        if carried != pinned:
            step.find(f"{FEDERATION}: the pack carries {carried.vkey}, you gave {pinned.vkey}")
        self.keys = read_keys(self._text(DIRECTORY).strip(), pinned)
        life = " to ".join(
            datetime.fromtimestamp(each, UTC).isoformat()
            for each in (self.keys.issued_at, self.keys.expires_at)
        )
        step.notes.append(f"version {self.keys.version}, {len(self.keys.logs)} nodes, in force {life}")
        if self.given.federation is None:
            step.notes.append("the key came with the pack: compare its fingerprint with one from elsewhere")

    def _checkpoint(self, step: Step) -> None:
        keys, note = self._need_keys(), self._text(CHECKPOINT)
        own = keys.logs.get(str(self.manifest["node"]), ())
        checkpoint, _ = TrustPolicy(own).check(note)
        if checkpoint.origin != self.manifest["origin"] or checkpoint.size != self.manifest["size"]:
            step.find(f"{checkpoint}: the manifest says size {self.manifest['size']}")
        self.checkpoint = checkpoint
        step.notes.append(str(checkpoint))
        policy, whose = self.given.policy, "your trust policy"
        if policy is None and POLICY in self.members:
            policy, whose = TrustPolicy.parse(self._text(POLICY)), "the trust policy in the pack"
        if policy is None:
            step.notes.append("no trust policy: witnesses were not looked at")
            return
        _, names = (policy if self.given.policy else replace(policy, logs=own)).check(note)
        step.notes.append(f"{whose} holds; cosigned by {', '.join(names) or 'nobody'}")

    def _leaves(self, step: Step) -> None:
        places = sorted(place_of(name) for name in self.members if name.startswith("leaves/"))
        for index in places:
            try:
                self._leaf(index)
            except BROKEN as error:
                step.find(f"leaf {index}: {_said(error)}")
        shown = {proof_name(index) for index in places}
        for name in sorted({name for name in self.members if name.startswith("proofs/")} - shown):
            step.find(f"{name}: its leaf is missing")
        step.notes.append(f"{len(self.leaves)} leaves")

    def _leaf(self, index: int) -> None:
        leaf, text = self.members[leaf_name(index)], self._text(proof_name(index))
        self.leaves[index] = record = read_leaf(leaf)
        proof, claim = Proof.parse(text), claim_of(leaf)
        if self.checkpoint is None or proof.checkpoint != self._text(CHECKPOINT):
            raise FieldRefused("its proof is not against the checkpoint that was checked")
        if proof.extra != claim.extra or proof.index != index:
            raise FieldRefused(f"its proof is for another leaf (index {proof.index})")
        if record["node"] != self.manifest["node"]:
            raise FieldRefused(f"is of {record['node']}, the pack is of {self.manifest['node']}")
        verify_inclusion(claim.leaf_hash, index, self.checkpoint.size, proof.path, self.checkpoint.root)

    def _case(self, step: Step) -> None:
        intents = {str(each["id"]): index for index, each in self.leaves.items() if each["kind"] in INTENTS}
        closed = {each.get("intent") for each in self.leaves.values()}
        for index, record in self.leaves.items():
            if record.get("case") != self.manifest["case_digest"] and record.get("intent") not in intents:
                step.find(f"leaf {index}: {record['kind']} is neither of this case nor of an intent of it")
        still_open = sorted(index for entry, index in intents.items() if entry not in closed)
        for index in sorted(set(still_open) ^ set(self.manifest["open"])):
            step.find(f"leaf {index}: whether this intent is open differs from what the manifest says")
        for name, found in summary(self.leaves).items():
            if self.manifest[name] != found:
                step.find(f"{MANIFEST}: {name} is {self.manifest[name]}, the leaves give {found}")
        step.notes.append(f"{len(intents)} intents, {len(still_open)} without outcome")

    def _sealed(self, step: Step) -> None:
        erased, names = set(self.manifest["erased"]), set()
        for index, record in self.leaves.items():
            salt, plaintext = sealed_names(index)
            names |= {salt, plaintext}
            shown = salt in self.members and plaintext in self.members
            if shown and commitment(self.members[salt], self.members[plaintext]) != record.get("commitment"):
                step.find(f"{plaintext}: is not what leaf {index} commits to")
            if record["kind"] in PAPERS and "commitment" in record and not shown and index not in erased:
                step.find(f"leaf {index}: its papers are missing and not said to be erased")
        for name in sorted(n for n in self.members if n.startswith("sealed/") and n not in names):
            step.find(f"{name}: belongs to no leaf")
        step.notes.append(f"{sum(n.endswith('.json') for n in names & self.members.keys())} shown")
        step.notes.append(f"{len(erased)} erased")

    def _exchanges(self, step: Step) -> Iterator[Exchange]:
        """The papers that can be read; what cannot is a finding of the step."""
        for index, record in self.leaves.items():
            name = sealed_names(index)[1]
            if record["kind"] not in PAPERS or name not in self.members:
                continue
            try:
                for paper in read_bundle(self.members[name]):
                    yield Exchange(index, record, paper, self._need_keys())
            except BROKEN as error:
                step.find(f"{name}: {_said(error)}")

    def _requests(self, step: Step) -> None:
        done = 0
        for exchange in self._exchanges(step):
            done += 1
            try:
                exchange.check_request(str(self.manifest["case"]))
            except BROKEN as error:
                step.find(f"{exchange}: {_said(error)}")
        step.notes.append(f"{done} requests")

    def _replies(self, step: Step) -> None:
        done, answered = 0, set()
        for exchange in self._exchanges(step):
            if exchange.record["kind"] == "QUESTION_RECEIVED":
                continue
            done += 1
            answered.add((exchange.index, exchange.paper.asked))
            try:
                step.notes += exchange.check_reply()
            except BROKEN as error:
                step.find(f"{exchange}: {_said(error)}")
        for index, record in self.leaves.items():
            for node in record.get("receipts", {}):
                if (index, node) not in answered and index not in self.manifest["erased"]:
                    step.find(f"leaf {index}: the paper of {node} is missing")
        step.notes.append(f"{done} replies")

    def _policy(self, step: Step) -> None:
        revisions = sorted(
            {str(each["policy_revision"]) for each in self.leaves.values() if "policy_revision" in each}
        )
        files = {n.removeprefix("policy/"): c for n, c in self.members.items() if n.startswith("policy/")}
        if not files:
            step.notes.append("no text in the pack")
        elif (found := revision_of(files)) not in revisions:
            step.find(f"policy: the text has revision {found}, no leaf was decided under it")
        else:
            step.notes.append(f"the text is that of {found}")
        step.notes += [f"decided under {revision}" for revision in revisions]

    def _need_keys(self) -> Keys:
        if self.keys is None:
            raise FieldRefused("not checked: the directory does not hold (step 2)")
        return self.keys


def _said(error: Exception) -> str:
    if isinstance(error, AuditError | FieldRefused):
        return str(error)
    return f"is not in its form ({type(error).__name__}: {str(error)[:80]})"
