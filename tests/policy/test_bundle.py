"""The packaged Rego: its revision, its Wasm, its schema, its annotations, its dialect."""

import json
import runpy
import subprocess
from pathlib import Path
from typing import Any

import pytest

from policy import schema
from policy.bundle import Bundle
from policy.errors import EngineFailed
from policy.invariants import Tables
from policy.opa_binary import opa_version
from policy.terms import LegalBasis, Obligation, Purpose, Reason, SubjectCategory

REGO = Path(schema.__file__).parent / "rego"


def test_the_revision_stands_in_the_tables(bundle: Bundle, tmp_path: Path) -> None:
    assert bundle.revision == bundle.data["law"]["revision"] == Bundle.packaged().revision
    bundle.write(tmp_path / "law")
    assert json.loads((tmp_path / "law/data.json").read_text()) == bundle.data
    assert {each.name for each in (tmp_path / "law").iterdir()} == {*bundle.sources, "data.json"}
    assert not [name for name in bundle.sources if "test" in name]


def test_the_tables_speak_the_vocabulary(bundle: Bundle) -> None:
    law = bundle.data["law"]
    assert set(law["reach"]) == set(law["bases"]) == set(Purpose)
    assert {basis for bases in law["bases"].values() for basis in bases} == set(LegalBasis)
    assert set(law["reasons"].values()) <= set(Reason)
    assert {each for of in law["obligations"].values() for each in of} == set(Obligation)
    assert all(core == sorted(set(core)) for core in [law["core"]])


def test_cross_checking_reaches_annex_ii_a_and_nobody_is_uncategorised(bundle: Bundle) -> None:
    reach = Tables.of(bundle.data).reach
    first = {
        SubjectCategory.SUSPECT_OR_CONVICTED,
        SubjectCategory.LIKELY_OFFENDER,
        SubjectCategory.NOT_A_PERSON,
    }
    assert reach[Purpose.CROSS_CHECKING] == first
    for purpose in set(Purpose) - {Purpose.CROSS_CHECKING}:
        assert reach[purpose] == set(SubjectCategory) - {SubjectCategory.UNCATEGORISED}


def test_the_wasm_comes_from_the_cache_the_second_time(
    bundle: Bundle, opa_binary: Path, tmp_path: Path
) -> None:
    compiled = bundle.wasm(str(opa_binary), tmp_path / "new/cache")
    (cached,) = (tmp_path / "new/cache").iterdir()
    assert cached.read_bytes() == compiled
    assert bundle.revision.removeprefix("sha256:") in cached.name
    cached.write_bytes(b"from the cache")
    assert bundle.wasm(str(opa_binary), tmp_path / "new/cache") == b"from the cache"


def test_without_a_real_opa_there_is_no_wasm(bundle: Bundle, tmp_path: Path) -> None:
    with pytest.raises(EngineFailed, match="no OPA at"):
        bundle.wasm(str(tmp_path / "opa"), tmp_path)
    for text, told in (
        ("#!/bin/sh\nexit 3\n", "exit 3"),
        ("#!/bin/sh\necho ../../x\n", "no version"),
        ("nonsense", "does not run"),
    ):
        (tmp_path / "opa").write_text(text)
        (tmp_path / "opa").chmod(0o700)
        with pytest.raises(EngineFailed, match=told):
            bundle.wasm(str(tmp_path / "opa"), tmp_path / "cache")


def test_an_opa_is_asked_for_its_version_once_and_another_at_its_place_anew(tmp_path: Path) -> None:
    opa, asked = tmp_path / "opa", tmp_path / "asked"
    for number, version in enumerate(("1.21.1", "1.22.0"), 1):
        coming = tmp_path / version
        coming.write_text(f"#!/bin/sh\necho asked >>{asked}\necho Version: {version}\n")
        coming.chmod(0o700)
        coming.replace(opa)
        assert {opa_version(str(opa)) for _ in range(3)} == {version}
        assert len(asked.read_text().split()) == number
    opa.unlink()
    with pytest.raises(EngineFailed, match="does not run"):
        opa_version(str(opa))


def test_an_opa_that_builds_no_wasm_is_told(bundle: Bundle, opa_binary: Path, tmp_path: Path) -> None:
    lame = tmp_path / "opa"
    lame.write_text(
        '#!/bin/sh\nfor a; do [ "$a" = wasm ] && a=rego; set -- "$@" "$a"; shift; done\n'
        f'exec {opa_binary} "$@"\n'
    )
    lame.chmod(0o700)
    with pytest.raises(EngineFailed, match=r"without policy\.wasm"):
        bundle.wasm(str(lame), tmp_path / "cache")


@pytest.mark.filterwarnings("ignore:'policy.schema' found in sys.modules:RuntimeWarning")
def test_the_schema_is_the_golden_file(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_module("policy.schema", run_name="__main__")
    assert capsys.readouterr().out == schema.TARGET.read_text(), "python -m policy.schema"


def checked(opa: Path, *files: Path) -> subprocess.CompletedProcess[str]:
    limits = ["--capabilities", str(REGO / "capabilities.json"), "--schema", str(schema.TARGET)]
    command = [str(opa), "check", "--strict", *limits, *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_rego_reads_nothing_that_nobody_sends(bundle: Bundle, opa_binary: Path, tmp_path: Path) -> None:
    files = [REGO / name for name in bundle.sources]
    assert checked(opa_binary, *files).returncode == 0
    stranger = tmp_path / "stranger.rego"
    stranger.write_text("package entente.stranger\n\nnobody if input.mandate.motive\n")
    found = checked(opa_binary, *files, stranger)
    assert found.returncode != 0
    assert "input.mandate.motive" in found.stdout + found.stderr


def inspected(opa: Path) -> list[dict[str, Any]]:
    command = [str(opa), "inspect", "--annotations", "--format", "json", str(REGO)]
    told: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return list(told["annotations"])


def test_every_rule_is_annotated(bundle: Bundle, opa_binary: Path) -> None:
    annotated = {
        (Path(each["location"]["file"]).name, each["location"]["row"]) for each in inspected(opa_binary)
    }
    for name in bundle.sources:
        command = [str(opa_binary), "parse", "--format", "json", "--json-include", "locations"]
        parsed = subprocess.run([*command, str(REGO / name)], capture_output=True, check=True)
        for rule in json.loads(parsed.stdout)["rules"]:
            row = rule["location"]["row"]
            lines = (REGO / name).read_text().splitlines()[: row - 1]
            while lines and lines[-1].startswith("#") and lines[-1] != "# METADATA":
                lines.pop()
            assert lines, f"{name}:{row}"
            assert lines[-1] == "# METADATA", f"{name}:{row}: a rule without METADATA"
    assert annotated
