"""A case's evidence in one file: it checks itself with plain Python, and every change to it is named."""

import ast
import asyncio
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import JSON, encode
from audit.entry import Entry, Kind
from audit.errors import AuditUnavailable
from audit.keys import SignatureType, SigningKey, VerifyKey
from audit.trust import TrustPolicy
from gateway.errors import VariablesRejected
from gateway.evidence import EvidencePack, Reader, Wanted, pack_case
from gateway.pack_modules import modules
from policy.terms import LegalBasis, Operation, Purpose
from sharing.encoding import unb64url
from sharing.pack import read_pack, write_pack
from sharing.pack_check import Given, check_members
from sharing.pack_manifest import MANIFEST, SUMS
from sharing.pack_program import main
from tests.world import Ground, World, open_world

BOX: dict[str, Any] = {"value": "XQZU 418026-6", "kind": "container"}
CASE = "FR-2026-0418"
READER = Reader("auditor-1", "oversight")
WANTED = Wanted(CASE, "COURT_ORDER")
Members = dict[str, bytes]


@dataclass(frozen=True)
class Packs:
    """Packs of one case by node, one with identities, and the federation's key."""

    by_node: Mapping[str, EvidencePack]
    opened: EvidencePack
    federation: VerifyKey

    def members(self, node: str = "fr.ofast") -> Members:
        return read_pack(self.by_node[node].content)


async def lived(world: World) -> None:
    """Three questions: answered, refused by the partners, and one of another case."""
    await world.ask("fr.ofast", Operation.LOOKUP, BOX)
    await world.ask(
        "fr.ofast",
        Operation.LOOKUP,
        BOX,
        purpose=Purpose.STRATEGIC_ANALYSIS,
        legal_basis=LegalBasis.ER_18_2_B,
    )
    await world.ask("fr.ofast", Operation.LOOKUP, BOX, case="FR-2026-9999")


async def made(path: Path, ground: Ground) -> Packs:
    async with open_world(path, ground) as world:
        await lived(world)
        by_node = {node: await pack_case(world.nodes[node], READER, WANTED) for node in world.nodes}
        opened = await pack_case(world.nodes["fr.ofast"], READER, replace(WANTED, identities="NAMES_ORDERED"))
        federation = VerifyKey.parse(world.homes["fr.ofast"].federation_key.read_text().strip())
    return Packs(by_node, opened, federation)


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory, opa_binary: Path, policy_cache: Path) -> Packs:
    ground = Ground(engine="wasm", opa=str(opa_binary), cache=policy_cache)
    return asyncio.run(made(tmp_path_factory.mktemp("evidence"), ground))


@asynccontextmanager
async def another(path: Path, ground: Ground) -> AsyncIterator[World]:
    async with open_world(path, ground) as world:
        await world.ask("fr.ofast", Operation.LOOKUP, BOX)
        yield world


def resummed(members: Members) -> Members:
    """The members with digests that fit again: what a careful forger does."""
    packed = {name: content for name, content in members.items() if name not in {MANIFEST, SUMS}}
    sums = "".join(
        f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in packed.items()
    ).encode()
    manifest = json.loads(members[MANIFEST]) | {"sums": hashlib.sha256(sums).hexdigest()}
    return members | {SUMS: sums, MANIFEST: encode(manifest)}


def findings(members: Members, given_: Given | None = None) -> list[str]:
    report = check_members(members, given_ or Given())
    assert len(report.steps) == 9, "every step is taken"
    return report.findings


def names(members: Members, folder: str) -> list[str]:
    return sorted(name for name in members if name.startswith(folder))


def test_every_nodes_pack_of_the_case_holds(packs: Packs) -> None:
    for node, pack in packs.by_node.items():
        assert findings(packs.members(node), Given(federation=packs.federation)) == []
        assert pack.exchanges == {"fr.ofast": 4, "se.polisen": 2, "eu.europol": 2}[node]


def test_no_content_no_name_and_no_other_case_is_in_a_pack(packs: Packs) -> None:
    for node in packs.by_node:
        content = packs.by_node[node].content
        assert b"418026" not in content
        assert b"Name of analyst-1" not in content
        assert b"FR-2026-9999" not in content


def test_identities_are_there_only_when_they_were_opened(packs: Packs) -> None:
    members = read_pack(packs.opened.content)
    assert findings(members) == []
    assert any(b"Name of analyst-1" in members[name] for name in names(members, "sealed/"))


Change = Callable[[Members], Members]


def bent(folder: str, old: bytes, new: bytes) -> Change:
    def change(members: Members) -> Members:
        name = next(name for name in names(members, folder) if old in members[name])
        return members | {name: members[name].replace(old, new, 1)}

    return change


def without(folder: str) -> Change:
    return lambda members: {k: v for k, v in members.items() if k != names(members, folder)[-1]}


def swapped(folder: str, suffix: str) -> Change:
    def change(members: Members) -> Members:
        first, second = [name for name in names(members, folder) if name.endswith(suffix)][:2]
        return members | {first: members[second], second: members[first]}

    return change


def retold(**said: Any) -> Change:
    return lambda members: members | {MANIFEST: encode(json.loads(members[MANIFEST]) | said)}


def without_outcome(members: Members) -> Members:
    name = next(n for n in names(members, "leaves/") if b'"kind":"DISCLOSED"' in members[n])
    proof = name.replace("leaves/", "proofs/").replace(".json", ".tlog-proof")
    return {key: value for key, value in members.items() if key not in {name, proof}}


def swapped_receipt(members: Members) -> Members:
    """One partner's receipt in the place of another's, in the paper."""
    name = next(n for n in names(members, "sealed/") if b"outcome_receipt" in members[n])
    told = json.loads(members[name])
    first, second = [paper for paper in told["papers"] if "outcome_receipt" in paper][:2]
    first["outcome_receipt"], second["outcome_receipt"] = second["outcome_receipt"], first["outcome_receipt"]
    return members | {name: encode(told)}


FORGED: dict[str, tuple[Change, str]] = {
    "a leaf says otherwise": (bent("leaves/", b"OPERATIONAL_ANALYSIS", b"INFORMATION_EXCHANGE"), "leaf "),
    "a leaf is gone": (without("leaves/"), "its leaf is missing"),
    "a proof is gone": (without("proofs/"), "is missing"),
    "an outcome is gone": (without_outcome, "whether this intent is open differs"),
    "two proofs change places": (swapped("proofs/", ".tlog-proof"), "its proof is for another leaf"),
    "two receipts change places": (swapped_receipt, "is not what leaf"),
    "papers change places": (swapped("sealed/", ".json"), "is not what leaf"),
    "papers are gone": (without("sealed/"), "its papers are missing"),
    "a salt is changed": (swapped("sealed/", ".salt"), "is not what leaf"),
    "the checkpoint is another": (bent("checkpoint", b"fr.ofast/log\n", b"fr.ofast/lag\n"), "checkpoint"),
    "the directory is bent": (bent("directory.jws", b".e", b".f"), "JWS"),
    "another federation": (
        lambda members: (
            members | {"federation.vkey": SigningKey.generate("world.test/directory").public.vkey.encode()}
        ),
        "JWS: the header is not alg Ed25519",
    ),
    "the law is another": (bent("policy/", b"package", b"package "), "the text has revision"),
    "another case": (retold(case="FR-2026-0001"), "is for case 'FR-2026-0418'"),
    "another count": (retold(counts={"ASKED": 1}), "the leaves give"),
    "another period": (retold(period=["2020-01-01", "2020-01-02"]), "period is"),
    "a smaller log": (retold(size=1), "the manifest says size 1"),
    "an open intent": (retold(open=[3]), "whether this intent is open differs"),
    "no form": (retold(erased=None), "not in its form"),
}


@pytest.mark.parametrize("forged", sorted(FORGED))
def test_a_careful_forgery_is_named(packs: Packs, forged: str) -> None:
    change, told = FORGED[forged]
    found = findings(resummed(change(packs.members())))
    assert any(told in finding for finding in found), found


@pytest.mark.parametrize("careless", sorted(set(FORGED) - {"another case", "another count", "no form"}))
def test_a_careless_change_is_named_by_its_member(packs: Packs, careless: str) -> None:
    change, _ = FORGED[careless]
    assert findings(change(packs.members()))


@given(data=st.data())
def test_no_member_can_be_anything_else(packs: Packs, data: st.DataObject) -> None:
    members = packs.members()
    evidence = [
        name for name in members if name.partition("/")[0] not in {"audit", "sharing", "__main__.py", SUMS}
    ]
    name = data.draw(st.sampled_from(sorted(evidence)))
    content = data.draw(st.one_of(st.binary(max_size=99), st.sampled_from(sorted(set(members.values())))))
    if content == members[name]:
        return
    changed = members | {name: content}
    assert findings(changed if name == MANIFEST else resummed(changed))


def test_a_forged_federation_is_found_by_the_key_that_the_reader_knows(packs: Packs) -> None:
    stranger = Given(federation=SigningKey.generate("world.test/directory").public)
    assert any("you gave" in finding for finding in findings(packs.members(), stranger))


def test_the_readers_own_trust_policy_counts(packs: Packs) -> None:
    witness = SigningKey.generate("witness.test/w", SignatureType.COSIGNATURE).public.vkey
    payload = packs.members()["directory.jws"].decode().split(".")[1]
    (log,) = [each["log_vkey"] for each in json.loads(unb64url(payload))["nodes"] if each["id"] == "fr.ofast"]
    for quorum, holds in (("none", True), ("w", False)):
        policy = TrustPolicy.parse(f"log {log}\nwitness w {witness}\nquorum {quorum}\n")
        assert (findings(packs.members(), Given(policy=policy)) == []) is holds


@pytest.fixture
def file(packs: Packs, tmp_path: Path) -> Path:
    path = tmp_path / "case.pyz"
    path.write_bytes(packs.by_node["se.polisen"].content)
    return path


def run(file: Path, *arguments: str, flags: tuple[str, ...] = ("-I",), path: str = os.defpath) -> Any:
    """The pack as a stranger runs it: an empty folder, nothing of ours to import."""
    empty = file.parent / "empty"
    empty.mkdir(exist_ok=True)
    command = [sys.executable, *flags, str(file), *arguments]
    return subprocess.run(command, cwd=empty, env={"PATH": path}, capture_output=True, text=True, check=False)


def test_the_file_checks_itself_with_plain_python(file: Path, packs: Packs) -> None:
    done = run(file, "--json", "--federation-key", packs.federation.vkey)
    told = json.loads(done.stdout)
    assert (done.returncode, told["holds"], told["signatures"]) == (0, True, "cryptography"), done.stderr


def test_without_cryptography_openssl_checks_the_signatures(file: Path) -> None:
    done = run(file, flags=("-I", "-S"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "signatures checked with: openssl" in done.stdout
    assert done.stdout.endswith("\nholds\n")


def test_openssl_finds_a_bad_signature(file: Path, packs: Packs) -> None:
    members = packs.members("se.polisen")
    head, payload, signature = members["directory.jws"].decode().strip().split(".")
    other = ("A" if signature[5] != "A" else "B").join((signature[:5], signature[6:]))
    file.write_bytes(write_pack(resummed(members | {"directory.jws": f"{head}.{payload}.{other}".encode()})))
    done = run(file, flags=("-I", "-S"))
    assert done.returncode == 1
    assert "FINDING JWS: the signature is not of world.test/directory" in done.stdout


def test_with_nothing_to_check_signatures_the_file_says_so(file: Path) -> None:
    done = run(file, flags=("-I", "-S"), path="/nonexistent")
    assert done.returncode == 4
    assert "SIGNATURES WERE NOT CHECKED" in done.stdout
    assert not done.stdout.endswith("\nholds\n")


def test_the_file_teaches_its_use_and_prints_what_to_compare(file: Path, packs: Packs) -> None:
    assert "exit codes:" in run(file, "--help").stdout
    assert run(file, "--nonsense").returncode == 2
    assert hashlib.sha256(packs.federation.raw).hexdigest() in run(file).stdout


@pytest.mark.parametrize("place", [10, 5000, -30_000, -1])
def test_a_changed_byte_is_unreadable_and_named(
    file: Path, place: int, capsys: pytest.CaptureFixture[str]
) -> None:
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
    assert main([], file) == 3
    assert "pack:" in capsys.readouterr().err


def test_what_a_pack_says_cannot_command_a_terminal(
    file: Path, packs: Packs, capsys: pytest.CaptureFixture[str]
) -> None:
    members = resummed(retold(case="\x1b[2J\u202eholds")(packs.members("se.polisen")))
    file.write_bytes(write_pack(members))
    assert main([], file) == 1
    assert all(each.isprintable() or each == "\n" for each in capsys.readouterr().out)


def test_what_a_pack_carries_needs_nothing_but_plain_python() -> None:
    for name, source in modules().items():
        for each in ast.walk(ast.parse(source, feature_version=(3, 11))):
            named = [each.module or ""] if isinstance(each, ast.ImportFrom) else []
            named += [alias.name for alias in each.names] if isinstance(each, ast.Import) else []
            for module in named:
                top = module.partition(".")[0]
                assert top in sys.stdlib_module_names | {"audit", "sharing", "cryptography"}, (name, module)


async def test_the_same_state_gives_the_same_bytes(tmp_path: Path, ground: Ground) -> None:
    async with another(tmp_path, ground) as world:
        node = world.nodes["fr.ofast"]
        node.watch.note = node.log.checkpoint()
        await node.log.keep(node.watch.note)
        assert (await pack_case(node, READER, WANTED)).content == (
            await pack_case(node, READER, WANTED)
        ).content


async def test_the_look_is_logged_before_and_the_pack_after(tmp_path: Path, ground: Ground) -> None:
    async with another(tmp_path, ground) as world:
        node, before = world.nodes["fr.ofast"], world.nodes["fr.ofast"].log.head.size
        pack = await pack_case(node, READER, replace(WANTED, identities="NAMES_ORDERED"))
        looks = (await world.log("fr.ofast"))[before:]
        assert [each["kind"] for each in looks] == ["LOG_READ"] * 3
        assert [each.get("justification") for each in looks] == ["COURT_ORDER", "NAMES_ORDERED", None]
        assert looks[2]["target"] == pack.digest
        assert all(each["case"] == node.digests.of(CASE.encode()) for each in looks)

        class Full:
            def __getattr__(self, name: str) -> Any:
                raise AssertionError(name)

            async def append(self, _: Entry) -> None:
                raise AuditUnavailable("no room")

        full: Any = Full()
        with pytest.raises(AuditUnavailable):
            await pack_case(replace(node, log=full), READER, WANTED)


async def test_erased_papers_and_open_intents_are_said(tmp_path: Path, ground: Ground) -> None:
    async with another(tmp_path, ground) as world:
        node = world.nodes["fr.ofast"]
        leaves = await world.log(node.id)
        place = next(index for index, each in enumerate(leaves) if each["kind"] == "QUESTION_RECEIVED")
        facts: dict[str, JSON] = {
            "ranges": [f"{place}"],
            "records": 1,
            "reasons": ["RETENTION"],
            "approvers": ["a-1", "a-2"],
        }
        await node.log.erase([place], Entry(Kind.ERASED, node.id, facts))
        asked = Entry(Kind.ASKED, node.id, {"case": node.digests.of(CASE.encode()), "query_id": "q-cut"})
        await node.log.append(asked)
        members = read_pack((await pack_case(node, READER, WANTED)).content)
        manifest = json.loads(members[MANIFEST])
        assert manifest["erased"] == [place]
        assert len(manifest["open"]) == 1
        assert findings(members) == []


@pytest.mark.parametrize(
    "wrong", [("", "COURT"), ("x" * 129, "COURT"), (CASE, ""), (CASE, "because I say so")]
)
def test_a_pack_needs_a_case_and_a_code_for_why(wrong: tuple[str, str]) -> None:
    with pytest.raises(VariablesRejected):
        Wanted(*wrong)
