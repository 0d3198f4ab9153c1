"""Make a release out of the newest commit, or the key that signs it.

    python -m deploy.scripts.release make [--key FILE] [--into FOLDER]
    python -m deploy.scripts.release key NAME FILE

`make`, in this order: 1 nothing in the checkout differs from the commit; 2 the key is read, if one is
named; 3 wheel and sdist are built twice, from two unpacked copies of the commit, in folders and time zones of
their own, and every byte is compared; 4 bill of materials, provenance and SHA256SUMS are written; 5 the last
two are signed; 6 the whole is checked as a stranger would. The folder appears when all that is done, and is
never written over. Without a key nothing is signed, and that is said; no key is ever made on the way.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from importlib import metadata
from io import BytesIO
from pathlib import Path
from typing import Any

from audit.errors import AuditError
from audit.keys import SignatureType, SigningKey
from audit.note import sign_note
from deploy.scripts.check_release import NOTE, PROVENANCE, STATEMENT, SUMS, Wrong, check
from deploy.scripts.sbom import NPM_LOCK, ROOT, bill

BUILDER = "urn:entente:builder:make-release"
"""Whose machine it was is not known from it: one key signs, wherever `make release` ran."""
BUILD_TYPE = "urn:entente:build:wheel-and-sdist:1"
NOT_SIGNED = "NOT SIGNED: no key was named (--key FILE); nobody can tell who made it"
NO_LICENCE = "NO LICENCE: pyproject.toml states none, so nobody else may use this; the owner has to decide"
ZONES = ("UTC", "Pacific/Kiritimati")


class ReleaseRefused(Exception):
    """No release is made; the message says why."""


@dataclass(frozen=True)
class Source:
    """What is released: the commit, when it was made (seconds), and how the builder is called."""

    commit: str
    seconds: int
    builder: str = BUILDER


def committed(root: Path) -> Source:
    """The newest commit; `ReleaseRefused` if files differ from it."""
    if changed := _git(root, "status", "--porcelain").decode().splitlines():
        raise ReleaseRefused(f"{len(changed)} files are not as committed, first {changed[0]}")
    commit, seconds = _git(root, "show", "-s", "--format=%H %ct", "HEAD").decode().split()
    return Source(commit, int(seconds))


def build(copy: Path, out: Path, seconds: int, zone: str, path: str) -> None:
    """Build wheel and sdist of an unpacked copy; nothing of this process's own checkout is within reach."""
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    surroundings |= {"SOURCE_DATE_EPOCH": str(seconds), "TZ": zone, "LC_ALL": "C.UTF-8", "PATH": path}
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", str(out)]
    ran = subprocess.run(command, cwd=copy, env=surroundings, capture_output=True, text=True, check=False)  # noqa: S603  # our own
    if ran.returncode:
        raise ReleaseRefused(f"the build failed:\n{ran.stdout}{ran.stderr}")


def unpack(root: Path, commit: str, folder: Path) -> None:
    """Put the files of the commit into a new folder."""
    packed = _git(root, "-c", "tar.umask=0022", "archive", "--format=tar", commit)
    with tarfile.open(fileobj=BytesIO(packed)) as opened:
        opened.extractall(folder, filter="data")


def difference(one: Path, other: Path) -> str | None:
    """What differs between two archives: the first file in them, or order and headers; None if nothing."""
    if one.read_bytes() == other.read_bytes():
        return None
    first, second = _members(one), _members(other)
    for name in sorted(first.keys() | second.keys()):
        if first.get(name) != second.get(name):
            return f"{one.name}: {name}" + ("" if name in first and name in second else " is in one only")
    return f"{one.name}: order or headers of the archive"


def _members(archive: Path) -> dict[str, tuple[object, ...]]:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            return {
                each.filename: (each.date_time, each.external_attr, sha256(opened.read(each)).digest())
                for each in opened.infolist()
            }
    with tarfile.open(archive) as tar:
        return {
            each.name: (each.mtime, each.mode, each.uid, each.gid, each.type, _content(tar, each))
            for each in tar.getmembers()
        }


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    opened = tar.extractfile(member)
    return sha256(opened.read()).digest() if opened else b""


def built_twice(root: Path, source: Source, work: Path) -> list[Path]:
    """Wheel and sdist, the same bytes from two builds; `ReleaseRefused` names the file that differs."""
    programs = subprocess.run(  # noqa: S603  # our own
        [root / "deploy/scripts/node.sh"], capture_output=True, text=True, check=True
    ).stdout.strip()
    path = f"{programs}:{os.environ['PATH']}"
    outs = []
    for number, zone in enumerate(ZONES):
        copy, out = work / f"copy{'-of-another-name' * number}", work / f"out-{number}"
        print(f"building in {zone} …", flush=True)
        unpack(root, source.commit, copy)
        build(copy, out, source.seconds, zone, path)
        outs.append(out)
    one, other = ({each.name: each for each in sorted(out.iterdir())} for out in outs)
    if one.keys() != other.keys():
        raise ReleaseRefused(f"the builds gave {sorted(one)} and {sorted(other)}")
    for name, place in one.items():
        if differs := difference(place, other[name]):
            raise ReleaseRefused(f"two builds of one commit differ: {differs}")
    return list(one.values())


def provenance(root: Path, source: Source, subjects: dict[str, str]) -> str:
    """The in-toto statement with SLSA provenance 1: what was made, from what, by what. No time, no chance."""
    locks = [*sorted(f"deploy/{each.name}" for each in (root / "deploy").glob("*.lock")), NPM_LOCK]
    named = [{"name": name, "digest": {"sha256": digest}} for name, digest in sorted(subjects.items())]
    statement: dict[str, Any] = {
        "_type": STATEMENT,
        "subject": named,
        "predicateType": PROVENANCE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {"commit": source.commit},
                "internalParameters": {
                    "SOURCE_DATE_EPOCH": str(source.seconds),
                    "python": platform.python_version(),
                    "hatchling": metadata.version("hatchling"),
                    "built": f"{len(ZONES)} times, every byte the same",
                },
                "resolvedDependencies": [
                    {"name": "source", "digest": {"gitCommit": source.commit}},
                    *({"name": lock, "digest": {"sha256": _digest(root / lock)}} for lock in locks),
                ],
            },
            "runDetails": {"builder": {"id": source.builder}},
        },
    }
    return json.dumps(statement, indent=1, ensure_ascii=True) + "\n"


def assemble(folder: Path, root: Path, source: Source, key: SigningKey | None) -> None:
    """Write beside wheel and sdist what tells of them, and sign it; then check it as a stranger would."""
    (wheel,) = folder.glob("*.whl")
    name = "-".join(wheel.name.split("-")[:2])
    (folder / f"{name}.cdx.json").write_bytes(bill(root))
    made = {each.name: _digest(each) for each in folder.iterdir()}
    statement = folder / f"{name}.intoto.json"
    statement.write_text(provenance(root, source, made), encoding="utf-8")
    made[statement.name] = _digest(statement)
    sums = folder / SUMS
    sums.write_text("".join(f"{made[each]}  {each}\n" for each in sorted(made)), encoding="utf-8")
    for each in (sums, statement) if key else ():
        note = sign_note(each.read_text(encoding="utf-8"), key)
        each.with_name(each.name + NOTE).write_text(note, encoding="utf-8")
    check(folder, key.public.vkey if key else None, source.commit, root)


def read_key(place: Path) -> SigningKey:
    """The key that signs; `ReleaseRefused` if it is not one for notes, or others may touch its file."""
    try:
        key = SigningKey.load(place)
    except AuditError as error:
        raise ReleaseRefused(str(error)) from error
    if key.public.type is not SignatureType.NOTE:
        raise ReleaseRefused(f"{place.name}: is a key for cosignatures, not for notes")
    return key


def make(root: Path, into: Path, key_file: Path | None, builder: str) -> str:
    """Make the release as the module says; what was made, as text."""
    if into.exists():
        raise ReleaseRefused(f"{into} is there already; nothing is written over")
    source = committed(root)
    source = Source(source.commit, source.seconds, builder)
    key = read_key(key_file) if key_file else None
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="release-") as work:
        made = built_twice(root, source, Path(work))
        with tempfile.TemporaryDirectory(prefix=f".{into.name}.", dir=into.parent) as draft:
            folder = Path(draft) / into.name
            folder.mkdir(mode=0o755)
            for each in made:
                (folder / each.name).write_bytes(each.read_bytes())
            assemble(folder, root, source, key)
            folder.rename(into)
    files = "".join(f"\n  {each.name}" for each in sorted(into.iterdir()))
    signed = f"signed by {key.public.vkey}" if key else NOT_SIGNED
    return "\n".join([f"{into}:{files}", *unlicensed(root), signed])


def unlicensed(root: Path) -> list[str]:
    """A warning where the project does not say under which licence others may use it."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [] if project.get("license") else [NO_LICENCE]


def _digest(place: Path) -> str:
    return sha256(place.read_bytes()).hexdigest()


def _git(root: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=True).stdout  # noqa: S603, S607  # constant words and a commit


def main() -> int:
    """The status."""
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=shape)
    tasks = parser.add_subparsers(required=True, dest="task")
    making = tasks.add_parser("make", help="build twice, describe, sign, check")
    making.add_argument("--key", type=Path, help="the key that signs; without it nothing is signed")
    making.add_argument("--into", type=Path, default=ROOT / "dist" / "release")
    making.add_argument("--builder", default=BUILDER, help="a URI that says whose machine this is")
    keying = tasks.add_parser("key", help="make a key that signs releases, in a new file of mode 0600")
    keying.add_argument("name", help="whose it is and what for: eu.entente/release")
    keying.add_argument("file", type=Path)
    told = parser.parse_args()
    try:
        if told.task == "key":
            key = SigningKey.generate(told.name)
            key.save(told.file)
            print(key.public.vkey)
        else:
            print(make(ROOT, told.into, told.key, told.builder))
    except (ReleaseRefused, AuditError, Wrong) as error:
        print(f"no release: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
