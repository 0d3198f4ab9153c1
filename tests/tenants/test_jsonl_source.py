"""JSON lines from anywhere: each bad line is one rejection, and nothing is skipped."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants import jsonl_source
from tenants.errors import RecordRejected
from tenants.jsonl_source import LONGEST_LINE, parse, read_lines


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b'{"a": 1, "a": 2}', "DUPLICATE_KEY"),
        (b'{"a": {"b": 1, "b": 1}}', "DUPLICATE_KEY"),
        (b"[" * 100_000, "DEPTH"),
        (b'{"a": NaN}', "JSON"),
        (b'{"a": ' + b"1" * 5000 + b"}", "JSON"),
        (b'{"a": "\xff"}', "ENCODING"),
        (b"{", "JSON"),
        (b"", "JSON"),
        (b'{"a": 1} {"b": 2}', "JSON"),
        ('{"a": "\ud800"}'.encode("utf-8", "surrogatepass"), "ENCODING"),
    ],
)
def test_bad_json_is_rejected(raw: bytes, code: str) -> None:
    with pytest.raises(RecordRejected) as caught:
        parse(raw)
    assert caught.value.code == code


def test_lines_are_capped_counted_and_resumed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl_source, "LONGEST_LINE", 40)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"n": 1}\n\n' + b"x" * 200 + b'\n{"n": 2}\n' + b"y" * 500)
    reads = list(read_lines(path))
    assert [read.line for read in reads] == [1, 3, 4, 5]
    assert [isinstance(read.rows, RecordRejected) for read in reads] == [False, True, False, True]
    assert reads[-1].position == path.stat().st_size
    assert next(iter(read_lines(path, reads[1].line, reads[1].position))) == reads[2]
    assert LONGEST_LINE == 1 << 20


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_what_json_writes_is_read_back(value: object) -> None:
    assert parse(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")) == json.loads(
        json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    )


@given(st.binary(max_size=200))
def test_any_bytes_are_json_or_rejected(raw: bytes) -> None:
    try:
        parse(raw)
    except RecordRejected as rejected:
        assert rejected.code in {"ENCODING", "JSON", "DUPLICATE_KEY", "DEPTH"}  # noqa: PT017  # either outcome is right
