"""The signed bundle in a real OPA: verified before it is loaded, and an API that gives decisions only."""

import asyncio
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from policy.bundle import Bundle
from policy.errors import EngineFailed
from policy.opa_engine import OpaEngine
from policy.signed_bundle import Algorithm, Signing, write_signed
from tests.policy.law import answer, ask, grant
from tests.policy.signed_opa import TOKEN, SignedOpa, make_keys

Call = tuple[str, str, bool]


@pytest.fixture(scope="module")
def opa(bundle: Bundle, opa_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignedOpa]:
    signed = SignedOpa.of(opa_binary, bundle, tmp_path_factory.mktemp("signed"))
    with signed.running():
        yield signed


async def opened(opa: SignedOpa, bundle: Bundle, token: str = TOKEN) -> OpaEngine:
    for _ in range(200):
        try:
            return await OpaEngine.open(opa.address, bundle, seconds=30, token=token)
        except EngineFailed as failed:
            if "ClientConnector" not in str(failed):
                raise
            await asyncio.sleep(0.05)
    raise AssertionError(opa.home.joinpath("log").read_text())


async def test_an_opa_with_the_signed_bundle_decides(opa: SignedOpa, bundle: Bundle) -> None:
    engine = await opened(opa, bundle)
    decision = await engine.evaluate("answer.decision", answer(grant()))
    assert isinstance(decision, dict)
    assert (decision["allow"], decision["revision"]) == (True, bundle.revision)
    await engine.close()


@pytest.mark.parametrize("token", ["", "another-token"])
async def test_without_its_token_nobody_is_answered(opa: SignedOpa, bundle: Bundle, token: str) -> None:
    await (await opened(opa, bundle)).close()
    with pytest.raises(EngineFailed, match="status 401"):
        await OpaEngine.open(opa.address, bundle, token=token)


REFUSED = (
    ("GET", "/v1/data/entente/ask/decision"),
    ("GET", "/v1/data"),
    ("POST", "/v1/data"),
    ("POST", "/v1/data/law"),
    ("POST", "/v1/data/entente/answer"),
    ("POST", "/v1/data/entente/ask/decision/allow"),
    ("POST", "/v1/data/entente/ask/decision?explain=full"),
    ("POST", "/v1/data/system/authz"),
    ("PUT", "/v1/data/law/revision"),
    ("PATCH", "/v1/data/law"),
    ("DELETE", "/v1/data/law"),
    ("GET", "/v1/policies"),
    ("PUT", "/v1/policies/mine"),
    ("DELETE", "/v1/policies/law/ask.rego"),
    ("POST", "/v1/query"),
    ("POST", "/v1/compile"),
    ("GET", "/v1/config"),
    ("GET", "/v1/status"),
    ("GET", "/metrics"),
    ("POST", "/v0/data/entente/ask/decision"),
    ("POST", "/"),
    ("GET", "/health?bundles"),
    ("POST", "/health"),
)


async def status(opa: SignedOpa, method: str, path: str, token: str = TOKEN) -> int:
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    connector = aiohttp.UnixConnector(opa.address.removeprefix("unix:"))
    async with aiohttp.ClientSession(connector=connector, headers=bearer) as session:
        body = None if method == "GET" else {"input": ask()}
        async with session.request(method, f"http://localhost{path}", json=body) as response:
            return response.status


async def test_the_api_is_cut_to_the_decisions_and_health(opa: SignedOpa, bundle: Bundle) -> None:
    await (await opened(opa, bundle)).close()
    for method, path in REFUSED:
        assert await status(opa, method, path) in {401, 403, 404, 405}, (method, path)
        assert await status(opa, method, path, token="") in {401, 403, 404, 405}, (method, path)
    for name in ("ask", "answer", "oversee"):
        assert await status(opa, "POST", f"/v1/data/entente/{name}/decision") == 200
        assert await status(opa, "POST", f"/v1/data/entente/{name}/decision", token="") == 401
    assert await status(opa, "GET", "/health", token="") == 200
    engine = await opened(opa, bundle)
    assert await engine.evaluate("ask.decision", ask()), "nothing that was refused has changed the law"
    await engine.close()


def test_the_socket_is_its_owners_alone(opa: SignedOpa) -> None:
    mode = Path(opa.address.removeprefix("unix:")).stat().st_mode
    assert mode & 0o077 == 0


def retold(packed: Path, name: str, text: bytes | None) -> None:
    """The bundle with one file of other content, or without it; the signature stays as it was."""
    with tarfile.open(packed) as archive:
        files = {each.name: archive.extractfile(each) for each in archive.getmembers()}
        held = {each: file.read() for each, file in files.items() if file is not None}
    assert name in held
    held.pop(name)
    if text is not None:
        held[name] = text
    with tarfile.open(packed, "w:gz") as archive:
        for each, content in held.items():
            entry = tarfile.TarInfo(each)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


LAX = b"package system.authz\n\nallow := true\n"


@pytest.mark.parametrize(
    ("tail", "text"),
    [
        ("authz.rego", LAX),
        ("data.json", b'{"law": {}}'),
        ("ask.rego", None),
        (".signatures.json", None),
        (".manifest", b'{"revision": "sha256:0", "roots": [""]}'),
    ],
)
def test_a_tampered_bundle_does_not_start(
    bundle: Bundle, opa_binary: Path, tmp_path: Path, tail: str, text: bytes | None
) -> None:
    opa = SignedOpa.of(opa_binary, bundle, tmp_path)
    with tarfile.open(opa.place.bundle) as archive:
        (name,) = [each for each in archive.getnames() if each.rpartition("/")[2] == tail]
    retold(opa.place.bundle, name, text)
    with opa.running() as process:
        assert process.wait(30) != 0
    told = (tmp_path / "log").read_text()
    assert "error" in told


def test_a_bundle_signed_by_another_does_not_start(bundle: Bundle, opa_binary: Path, tmp_path: Path) -> None:
    theirs, ours = make_keys(tmp_path / "theirs"), make_keys(tmp_path / "ours")
    opa = SignedOpa.of(opa_binary, bundle, tmp_path, theirs)
    theirs.public.write_bytes(ours.public.read_bytes())
    with opa.running() as process:
        assert process.wait(30) != 0


def test_the_file_is_named_by_its_digest_and_the_laws_revision(
    bundle: Bundle, opa_binary: Path, tmp_path: Path
) -> None:
    keys = make_keys(tmp_path)
    one = write_signed(bundle, Signing(keys.private), tmp_path / "one.tar.gz", opa=str(opa_binary))
    two = write_signed(bundle, Signing(keys.private), tmp_path / "two.tar.gz", opa=str(opa_binary))
    assert one.revision == two.revision == bundle.revision
    assert one.digest == two.digest, "Ed25519: the same law under the same key is the same file"
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "one.tar.gz", "private.pem", "public.pem", "two.tar.gz",
    ]  # fmt: skip


def test_a_key_of_another_kind_is_refused(bundle: Bundle, opa_binary: Path, tmp_path: Path) -> None:
    elliptic = make_keys(tmp_path, Algorithm.ECDSA)
    out = tmp_path / "out.tar.gz"
    write_signed(bundle, Signing(elliptic.private, Algorithm.ECDSA), out, opa=str(opa_binary))
    assert out.is_file()
    with pytest.raises(EngineFailed, match="build: exit"):
        write_signed(bundle, Signing(elliptic.private, Algorithm.RSA), out, opa=str(opa_binary))
    with pytest.raises(EngineFailed, match="build: exit"):
        write_signed(bundle, Signing(tmp_path / "none.pem"), out, opa=str(opa_binary))


def test_a_bundle_that_cannot_be_written_is_told(bundle: Bundle, opa_binary: Path, tmp_path: Path) -> None:
    keys = make_keys(tmp_path)
    with pytest.raises(EngineFailed, match="cannot be written"):
        write_signed(bundle, Signing(keys.private), tmp_path / "no/out.tar.gz", opa=str(opa_binary))
    with pytest.raises(EngineFailed, match="no OPA at"):
        write_signed(bundle, Signing(keys.private), tmp_path / "out", opa=str(tmp_path / "opa"))
