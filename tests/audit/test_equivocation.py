"""Evidence of two stories: never claimed of a log that told one, always found where two were planted."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.checkpoint import Checkpoint
from audit.equivocation import Contradiction, Evidence, Sighting, two_roots
from audit.errors import AuditError, FormatRefused, ProofRefused
from audit.keys import SigningKey
from audit.merkle import Frontier, leaf_hash
from audit.proof import Proof
from audit.sightings import Sightings, broken_prefixes, look
from audit.tile_archive import TileArchive
from audit.tiles import ENTRIES, WIDTH, Tile, encode_bundle
from tests.audit.samples import KEY, ORIGIN, OTHER_KEY

KEYS = [KEY.public]
OTHER_ORIGIN = SigningKey.generate("se.polisen/log")


def head(leaves: list[bytes], key: SigningKey = KEY) -> str:
    frontier = Frontier().append(map(leaf_hash, leaves))
    return Checkpoint(key.name, len(leaves), frontier.root()).sign(key)


def story(size: int, fork: int = 10**6) -> list[bytes]:
    """The leaves of a log; after `fork` of them it tells another story."""
    return [b"%d" % i if i < fork else b"other %d" % i for i in range(size)]


def sighting(note: str, source: str = "a") -> Sighting:
    (found,) = _taken(source, note).heads
    return found


def _taken(source: str, *notes: str) -> Sightings:
    found = Sightings(source)
    found.take(notes, [KEY.public, OTHER_ORIGIN.public])
    return found


def copy(path: Path, leaves: list[bytes], note: str | None = None) -> TileArchive:
    """A directory with entry bundles only, which is all that is read here."""
    for start in range(0, len(leaves), WIDTH):
        bundle = leaves[start : start + WIDTH]
        file = path / Tile(ENTRIES, start // WIDTH, len(bundle)).path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(encode_bundle(bundle))
    path.mkdir(exist_ok=True)
    (path / "checkpoint").write_text(note or head(leaves))
    return TileArchive.open(path)


def broken(leaves: list[bytes], notes: list[str]) -> list[Evidence]:
    with TemporaryDirectory() as folder:
        archive = copy(Path(folder) / "copy", leaves)
        own = sighting(archive.checkpoint or "")
        heads = [sighting(note, f"source {i}") for i, note in enumerate(notes)]
        return [each for _, each in broken_prefixes(archive, own, heads, lambda _done, _of: None)]


@given(st.lists(st.integers(0, 700), min_size=1, max_size=8))
def test_one_story_is_never_called_two(sizes: list[int]) -> None:
    assert two_roots([sighting(head(story(size))) for size in sizes]) == []


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 700), st.lists(st.integers(0, 700), max_size=4))
def test_a_prefix_is_never_called_broken(size: int, sizes: list[int]) -> None:
    assert broken(story(size), [head(story(each)) for each in sizes if each <= size]) == []


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_planted_fork_is_always_found(data: st.DataObject) -> None:
    """Before the fork both stories are one; at every size after it there is evidence, and it verifies."""
    new = data.draw(st.integers(2, 700))
    old = data.draw(st.integers(1, new - 1))
    fork = data.draw(st.integers(0, old - 1))
    (evidence,) = broken(story(new), [head(story(old, fork)), head(story(min(fork, new)))])
    again = Evidence.parse(str(evidence))
    assert again == evidence
    first, second = again.check(KEYS)
    assert (first.size, second.size, again.kind) == (old, new, Contradiction.NO_PREFIX)


@given(st.integers(1, 300), st.integers(0, 299))
def test_two_roots_are_always_found(size: int, fork: int) -> None:
    pairs = two_roots(sighting(head(story(size, fork if i == 1 else 10**6)), f"source {i}") for i in range(3))
    assert len(pairs) == (fork < size)
    for one, other in pairs:
        evidence = Evidence.parse(str(Evidence(one.note, other.note)))
        assert evidence.kind is Contradiction.TWO_ROOTS
        evidence.check(KEYS)


def test_logs_of_two_origins_do_not_contradict_each_other() -> None:
    one, other = head(story(5)), head(story(5, 2), OTHER_ORIGIN)
    assert two_roots([sighting(one), sighting(other)]) == []
    assert broken(story(9), [head(story(5, 2), OTHER_ORIGIN)]) == []
    with pytest.raises(ProofRefused, match="of two logs"):
        Evidence(one, other).check([KEY.public, OTHER_ORIGIN.public])


def test_of_every_source_the_smallest_broken_head_is_shown() -> None:
    with TemporaryDirectory() as folder:
        archive = copy(Path(folder) / "copy", story(90))
        own = sighting(archive.checkpoint or "")
        heads = _taken("other", *(head(story(size, 40)) for size in (30, 40, 60, 41, 70))).heads
        ((found, _),) = broken_prefixes(archive, own, heads, lambda _done, _of: None)
    assert found.checkpoint.size == 41


def test_a_copy_that_does_not_hold_shows_nothing(tmp_path: Path) -> None:
    for number, note in enumerate((head(story(5, 2)), head(story(6)), head(story(4, 1)), head([]))):
        archive = copy(tmp_path / str(number), story(5), note)
        archive.size = 5
        own = sighting(head(story(6)) if number == 3 else note)
        with pytest.raises(FormatRefused, match="its leaves do not lead to its own"):
            list(broken_prefixes(archive, own, [own], lambda _done, _of: None))


def test_an_empty_copy_breaks_nothing(tmp_path: Path) -> None:
    archive = copy(tmp_path / "empty", [])
    own = sighting(head([]))
    assert list(broken_prefixes(archive, own, [own], lambda _done, _of: None)) == []


NOTE, FORKED = head(story(5)), head(story(5, 2))


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence(NOTE, NOTE),
        Evidence(NOTE, head(story(6))),
        Evidence(NOTE, head(story(5, 2), OTHER_KEY)),
        Evidence(NOTE, head(story(6)), bytes(32)),
        Evidence(head(story(4)), head(story(8)), sighting(head(story(4))).checkpoint.root, (bytes(32),)),
    ],
)  # fmt: skip
def test_what_shows_nothing_is_refused(evidence: Evidence) -> None:
    with pytest.raises(ProofRefused):
        Evidence.parse(str(evidence)).check(KEYS)


def test_a_true_prefix_is_no_evidence() -> None:
    old, new = story(4), story(8)
    root = Frontier().append(map(leaf_hash, old)).root()
    proof = (Frontier().append(map(leaf_hash, new[4:])).root(),)
    with pytest.raises(ProofRefused, match="is a prefix of"):
        Evidence(head(old), head(new), root, proof).check(KEYS)


GOOD = json.loads(str(Evidence(NOTE, FORKED)))


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "null", "{" * 100_000, "[" * 100_000, "x" * 3_000_000,
        *map(json.dumps, [
            {}, GOOD | {"notes": [NOTE]}, GOOD | {"notes": [1, 2]}, GOOD | {"notes": "ab"[:1]},
            GOOD | {"format": "other"}, GOOD | {"kind": "NO_PREFIX"}, GOOD | {"kind": None},
            GOOD | {"other_root": "xy"}, GOOD | {"other_root": 5}, GOOD | {"proof": 5}, GOOD | {"proof": [5]},
        ]),
    ],
)  # fmt: skip
def test_what_is_no_paper_is_refused(text: str) -> None:
    with pytest.raises(FormatRefused):
        Evidence.parse(text)


@given(
    st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x))
)
def test_any_other_json_is_refused(value: object) -> None:
    with pytest.raises(AuditError):
        Evidence.parse(json.dumps(value)).check(KEYS)


def test_heads_are_found_wherever_they_lie(tmp_path: Path) -> None:
    files = {
        "checkpoint": NOTE,
        "receipt": str(Proof(0, (), NOTE)),
        "paper": str(Evidence(NOTE, FORKED)),
        "foreign": head(story(5), OTHER_KEY),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    copy(tmp_path / "copy", story(5))
    counted = {path.name: look(path, KEYS) for path in tmp_path.iterdir()}
    told = {name: (len(each.heads), each.unsigned) for name, each in counted.items()}
    assert told == {
        "checkpoint": (1, 0),
        "receipt": (1, 0),
        "paper": (2, 0),
        "foreign": (0, 1),
        "copy": (1, 0),
    }
    assert counted["receipt"].heads[0].checkpoint.origin == ORIGIN
    (tmp_path / "nothing").write_bytes(b"\xff\x00")
    for name in ("nothing", "missing"):
        with pytest.raises(FormatRefused):
            look(tmp_path / name, KEYS)
