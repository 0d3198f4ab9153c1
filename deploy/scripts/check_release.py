"""Check a release without believing whoever handed it over.

    check_release.py <folder> --vkey 'NAME+ID+KEY' [--commit SHA] [--source CHECKOUT]
    check_release.py <folder> --unsigned

Needs Python 3.11 and `cryptography`, and nothing of the project: this one file is enough. The key comes from
somewhere else than the folder. The steps, in this order; the first that fails is named and ends it:

1. `SHA256SUMS.note` is a signed note (c2sp.org/signed-note) of that key.
2. `SHA256SUMS` is its text, byte for byte, and names one wheel, one sdist, one bill, one provenance.
3. Each file that it names is there, plain, with that digest.
4. Nothing else lies in the folder.
5. The provenance's note is of that key and its text is the provenance.
6. The provenance is an in-toto statement with SLSA provenance 1, of just the wheel, the sdist and the bill.
7. It names one commit; with `--commit`, that one. With `--source`, each lock there has the digest it names.
8. The bill is CycloneDX 1.6 and of the version that the wheel is.

With `--unsigned`, 1 and 5 are left out: that says that the files fit each other, not who made them.
Ends with 0 if all holds, 1 if something does not, 2 for a wrong command line.
"""

import argparse
import base64
import binascii
import json
import re
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SUMS, NOTE = "SHA256SUMS", ".note"
KINDS = {".whl": "wheel", ".tar.gz": "sdist", ".cdx.json": "bill", ".intoto.json": "provenance"}
STATEMENT = "https://in-toto.io/Statement/v1"
PROVENANCE = "https://slsa.dev/provenance/v1"
_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9._+-]*)")
_SIGNATURE = re.compile(r"— ([^ ]+) ([^ ]+)")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_ED25519 = 1
_MATERIAL = 33
_MOST = 64 << 20


class Wrong(Exception):
    """The first thing that does not hold."""


@dataclass(frozen=True)
class Key:
    """Whose signatures count."""

    name: str
    key_id: bytes
    public: Ed25519PublicKey

    @classmethod
    def read(cls, vkey: str) -> "Key":
        """The key of `name+id+base64`; `Wrong` if it is none, or not an Ed25519 key for notes."""
        name, _, rest = vkey.partition("+")
        said, _, text = rest.partition("+")
        material = _unpacked(text, "the key")
        if not name or len(material) != _MATERIAL or material[0] != _ED25519:
            raise Wrong(f"the key of {name!r}: is not an Ed25519 key for signed notes")
        key_id = sha256(name.encode() + b"\n" + material).digest()[:4]
        if key_id.hex() != said:
            raise Wrong(f"the key of {name!r}: says id {said}, its own is {key_id.hex()}")
        return cls(name, key_id, Ed25519PublicKey.from_public_bytes(material[1:]))


def _unpacked(text: str, what: str) -> bytes:
    """The bytes of a base64 text that is written in the one way there is."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Wrong(f"{what}: is not base64") from error
    if base64.b64encode(raw).decode() != text:
        raise Wrong(f"{what}: is base64 written in another way than it is read")
    return raw


def _read(folder: Path, name: str) -> bytes:
    """The bytes of a plain file of the folder."""
    place = folder / name
    if place.is_symlink() or not place.is_file():
        raise Wrong(f"{name}: is not there" if not place.exists() else f"{name}: is not a plain file")
    if place.stat().st_size > _MOST:
        raise Wrong(f"{name}: is larger than anything of a release")
    return place.read_bytes()


def _signed_text(folder: Path, name: str, key: Key) -> bytes:
    """The text of a note, if the key signed it."""
    if not (folder / name).exists():
        raise Wrong(f"{name}: is not there; the release is not signed")
    try:
        text, gap, block = _read(folder, name).decode().rpartition("\n\n")
    except UnicodeDecodeError as error:
        raise Wrong(f"{name}: is not UTF-8") from error
    if not gap or not block.endswith("\n"):
        raise Wrong(f"{name}: is not a signed note")
    text += "\n"
    seen, good = [], False
    for line in block[:-1].split("\n"):
        told = _SIGNATURE.fullmatch(line)
        if told is None:
            raise Wrong(f"{name}: a line after the text is no signature")
        who, signature = told.groups()
        raw = _unpacked(signature, f"{name}: the signature of {who}")
        seen.append(who)
        if (who, raw[:4]) != (key.name, key.key_id):
            continue
        try:
            key.public.verify(raw[4:], text.encode())
        except InvalidSignature as error:
            raise Wrong(f"{name}: the signature of {who} is not of this text") from error
        good = True
    if not good:
        raise Wrong(f"{name}: signed by {', '.join(seen)}, not by {key.name}+{key.key_id.hex()}")
    return text.encode()


def _sums(data: bytes) -> dict[str, str]:
    """Digest by file name, of a text as `sha256sum` writes it, in the order of names."""
    found: dict[str, str] = {}
    text = data.decode("utf-8", "replace")
    if not text.endswith("\n"):
        raise Wrong(f"{SUMS}: does not end in a newline")
    for line in text[:-1].split("\n"):
        told = _LINE.fullmatch(line)
        if told is None:
            raise Wrong(f"{SUMS}: is no line of a digest and a name: {line[:80]!r}")
        if found and told[2] <= max(found):
            raise Wrong(f"{SUMS}: {told[2]} is out of order or there twice")
        found[told[2]] = told[1]
    return found


def _kinds(sums: dict[str, str]) -> dict[str, str]:
    """File name by kind; `Wrong` unless there is one of each and nothing else."""
    found: dict[str, str] = {}
    for name in sums:
        kind = next((kind for end, kind in KINDS.items() if name.endswith(end)), None)
        if kind is None or kind in found:
            raise Wrong(f"{SUMS}: {name} is {'a second ' + kind if kind else 'nothing that a release has'}")
        found[kind] = name
    if missing := sorted(set(KINDS.values()) - set(found)):
        raise Wrong(f"{SUMS}: names no {missing[0]}")
    return found


def _parsed(data: bytes, name: str) -> dict[str, Any]:
    try:
        parsed = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Wrong(f"{name}: is not JSON") from error
    if not isinstance(parsed, dict):
        raise Wrong(f"{name}: is not a JSON object")
    return parsed


def _commit_of(statement: dict[str, Any], name: str, subjects: dict[str, str], source: Path | None) -> str:
    """The commit that the statement names, if it is of these subjects."""
    try:
        kinds = (statement["_type"], statement["predicateType"])
        told = {each["name"]: each["digest"]["sha256"] for each in statement["subject"]}
        count = len(statement["subject"])
        used = statement["predicate"]["buildDefinition"]["resolvedDependencies"]
        commits = [each["digest"]["gitCommit"] for each in used if "gitCommit" in each["digest"]]
        locks = {each["name"]: each["digest"]["sha256"] for each in used if "sha256" in each["digest"]}
        builder = statement["predicate"]["runDetails"]["builder"]["id"]
    except (KeyError, TypeError, AttributeError) as error:
        raise Wrong(f"{name}: has not the form of a provenance ({error})") from error
    if kinds != (STATEMENT, PROVENANCE):
        raise Wrong(f"{name}: is {kinds[0]} of {kinds[1]}")
    if told != subjects or count != len(subjects):
        raise Wrong(f"{name}: is of {sorted(told)}, with other digests or names than {SUMS}")
    if len(commits) != 1 or not isinstance(commits[0], str) or not _COMMIT.fullmatch(commits[0]):
        raise Wrong(f"{name}: names {commits or 'no commit'}, one is needed")
    if not locks or not builder:
        raise Wrong(f"{name}: names {'no builder' if locks else 'no lock that it was built with'}")
    for lock, digest in sorted(locks.items()) if source else ():
        place = Path(str(source)) / lock
        if ".." in Path(lock).parts or not place.is_file():
            raise Wrong(f"{lock}: was used for the release and is not in {source}")
        if sha256(place.read_bytes()).hexdigest() != digest:
            raise Wrong(f"{lock}: is another one in {source} than what the release was built with")
    return str(commits[0])


def check(folder: Path, vkey: str | None, commit: str | None = None, source: Path | None = None) -> str:
    """Go through the steps; what holds, as text for a person. `Wrong` names the first that does not."""
    key = Key.read(vkey) if vkey is not None else None
    listed = _read(folder, SUMS)
    if key and _signed_text(folder, SUMS + NOTE, key) != listed:  # 1
        raise Wrong(f"{SUMS}: is not the text that {key.name} signed")
    sums = _sums(listed)  # 2
    kinds = _kinds(sums)
    for name, digest in sums.items():  # 3
        own = sha256(_read(folder, name)).hexdigest()
        if own != digest:
            raise Wrong(f"{name}: has the digest {own}, {SUMS} says {digest}")
    provenance = kinds["provenance"]
    notes = {SUMS + NOTE, provenance + NOTE}
    for each in sorted(place.name for place in folder.iterdir()):  # 4
        if key is None and each in notes:
            raise Wrong(f"{each}: the release is signed; check it with --vkey")
        if each not in {*sums, SUMS, *notes}:
            raise Wrong(f"{each}: nobody names it")
    said = _read(folder, provenance)
    if key and _signed_text(folder, provenance + NOTE, key) != said:  # 5
        raise Wrong(f"{provenance}: is not the text that {key.name} signed")
    subjects = {name: digest for name, digest in sums.items() if name != provenance}
    built_from = _commit_of(_parsed(said, provenance), provenance, subjects, source)  # 6
    if commit is not None and commit != built_from:  # 7
        raise Wrong(f"{provenance}: names commit {built_from}, not {commit}")
    _check_bill(_parsed(_read(folder, kinds["bill"]), kinds["bill"]), kinds)  # 8
    who = f"signed by {key.name}+{key.key_id.hex()}" if key else "NOT SIGNED: anybody can have made it"
    return f"{kinds['wheel']} and {len(sums) - 1} more files, from commit {built_from}, {who}"


def _check_bill(bill: dict[str, Any], kinds: dict[str, str]) -> None:
    try:
        form = (bill["bomFormat"], bill["specVersion"])
        version = bill["metadata"]["component"]["version"]
    except (KeyError, TypeError) as error:
        raise Wrong(f"{kinds['bill']}: has not the form of a bill of materials") from error
    if form != ("CycloneDX", "1.6"):
        raise Wrong(f"{kinds['bill']}: is {form[0]} {form[1]}, not CycloneDX 1.6")
    if kinds["wheel"].split("-")[1:2] != [version]:
        raise Wrong(f"{kinds['bill']}: is of version {version}, not of {kinds['wheel']}")


def main(arguments: list[str] | None = None) -> int:
    """The status."""
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=shape)
    parser.add_argument("folder", type=Path)
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--vkey", help="the key that has to have signed it, from somewhere else")
    whose.add_argument("--unsigned", action="store_true", help="only whether the files fit each other")
    parser.add_argument("--commit", help="the commit that it has to be from")
    parser.add_argument("--source", type=Path, help="a checkout of it: compare the locks")
    told = parser.parse_args(arguments)
    try:
        said = check(told.folder, told.vkey, told.commit, told.source)
    except (Wrong, OSError) as error:
        print(f"DOES NOT HOLD: {error}", file=sys.stderr)
        return 1
    print(f"HOLDS: {said}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
