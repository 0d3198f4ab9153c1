"""Rego on trial is read from a folder or an archive, whole or not at all."""

import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy.bundle import Bundle, law_files
from policy.conformance import differing
from policy.errors import EngineFailed
from policy.rego_engine import RegoEngine
from policy.trial_bundle import MOST_BYTES, MOST_FILES, read_trial, trial_sent


def folder(where: Path, files: dict[str, bytes]) -> Path:
    where.mkdir()
    for name, content in files.items():
        (where / name).write_bytes(content)
    return where


def archive(where: Path, members: list[tuple[str, bytes | None]]) -> Path:
    with tarfile.open(where, "w:gz") as packed:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.type, member.size = (
                (tarfile.DIRTYPE, 0) if content is None else (tarfile.REGTYPE, len(content))
            )
            packed.addfile(member, None if content is None else io.BytesIO(content))
    return where


def test_the_packaged_law_reads_as_itself(tmp_path: Path) -> None:
    files = law_files()
    laid = read_trial(folder(tmp_path / "law", files | {"answer_test.rego": b"no law", "notes.txt": b""}))
    members: list[tuple[str, bytes | None]] = [("policy", None), ("notes.txt", b"no law")]
    packed = archive(
        tmp_path / "law.tar.gz", [*members, *((f"policy/{name}", each) for name, each in files.items())]
    )
    assert laid == read_trial(packed) == Bundle.packaged()


def test_what_is_no_law_is_refused(tmp_path: Path) -> None:
    twice: list[tuple[str, bytes | None]] = [("a/x.rego", b""), ("b/x.rego", b"")]
    many: list[tuple[str, bytes | None]] = [(f"{number}.rego", b"") for number in range(MOST_FILES + 1)]
    cases = (
        folder(tmp_path / "empty", {}),
        folder(tmp_path / "tables", {"data.json": b"[]"}),
        folder(tmp_path / "large", {"x.rego": b" " * (MOST_BYTES + 1)}),
        archive(tmp_path / "twice.tar.gz", twice),
        archive(tmp_path / "many.tar.gz", many),
        tmp_path / "nowhere",
    )
    for path in cases:
        with pytest.raises(EngineFailed, match="bundle"):
            read_trial(path)


def test_texts_that_were_sent_are_the_same_law() -> None:
    sent = [(name, content.decode()) for name, content in law_files().items()]
    assert trial_sent(sent) == Bundle.packaged()


@pytest.mark.parametrize(
    "sent",
    [
        [("../answer.rego", "")],
        [("/etc/answer.rego", "")],
        [("answer_test.rego", "")],
        [("other.json", "{}")],
        [("\udc80.rego", "")],
        [("answer.rego", ""), ("answer.rego", "")],
        [("answer.rego", " " * (MOST_BYTES + 1))],
        [(f"r{number}.rego", "") for number in range(MOST_FILES + 1)],
        [("data.json", '{"law": {}}'), ("answer.rego", "\ud800")],
        [("data.json", "[" * 200_000)],
    ],
)
def test_hostile_texts_are_refused(sent: list[tuple[str, str]]) -> None:
    with pytest.raises(EngineFailed, match="bundle"):
        trial_sent(sent)


@given(st.lists(st.tuples(st.text(max_size=12) | st.sampled_from(["data.json", "a.rego"]), st.text())))
def test_whatever_is_sent_is_a_bundle_or_refused(sent: list[tuple[str, str]]) -> None:
    try:
        bundle = trial_sent(sent)
    except EngineFailed:
        return
    assert all("/" not in name for name in bundle.sources)


def test_vectors_tell_where_other_rego_differs() -> None:
    files = law_files()
    assert differing(RegoEngine(Bundle.packaged()).decide, Bundle.packaged()) == []
    changed = Bundle.of(
        files | {"data.json": files["data.json"].replace(b'"clock_skew": 30', b'"clock_skew": 0')}
    )
    assert changed.revision != Bundle.packaged().revision
    broken = RegoEngine(Bundle({}, changed.data, changed.revision))
    assert len(differing(broken.decide, changed)) > 10
