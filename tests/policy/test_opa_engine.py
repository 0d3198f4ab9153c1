"""What is particular to the OPA beside the process: where it may be, and what it may answer."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from policy.bundle import Bundle
from policy.errors import EngineFailed
from policy.opa_engine import MAX_REPLY, OpaEngine
from tests.components import free_port
from tests.policy.conftest import OpaServer, opa_server, open_when_ready
from tests.policy.law import answer, ask, grant


@pytest.mark.parametrize(
    "address",
    [
        "http://192.0.2.1:8181",
        "http://localhost:8181",
        "http://opa.example.org:8181",
        "https://127.0.0.1:8181",
        "http://127.0.0.1",
        "http://127.0.0.1:8181/v1",
        "http://127.0.0.1:99999",
        "http://0.0.0.0:8181",
        "unix:relative.sock",
        "127.0.0.1:8181",
        "",
    ],
)
async def test_opa_is_on_this_machine_or_nowhere(address: str, bundle: Bundle) -> None:
    with pytest.raises(EngineFailed, match="loopback"):
        await OpaEngine.open(address, bundle)


async def test_nobody_listens(bundle: Bundle, tmp_path: Path) -> None:
    for address in (
        f"http://127.0.0.1:{free_port()}",
        f"http://[::1]:{free_port()}",
        f"unix:{tmp_path}/none",
    ):
        with pytest.raises(EngineFailed):
            await OpaEngine.open(address, bundle)


async def test_an_opa_with_other_rego_does_not_start(
    running_opa: OpaServer, bundle: Bundle, opa_binary: Path, tmp_path: Path
) -> None:
    await (await open_when_ready(running_opa.http, bundle)).close()
    strange = Bundle(bundle.sources, {"law": {**bundle.data["law"], "revision": "sha256:0"}}, "sha256:0")
    with opa_server(opa_binary, strange, tmp_path) as server:
        await (await open_when_ready(server.unix, strange)).close()
        with pytest.raises(EngineFailed, match="runs revision 'sha256:0', this node sha256:"):
            await OpaEngine.open(server.unix, bundle)


async def test_an_opa_that_differs_from_a_vector_does_not_start(
    bundle: Bundle, opa_binary: Path, tmp_path: Path
) -> None:
    lax = 'package entente.oversee\n\ndecision := {"allow": true}\n'
    bent = Bundle({**bundle.sources, "oversee.rego": lax}, bundle.data, bundle.revision)
    with opa_server(opa_binary, bent, tmp_path) as server, pytest.raises(EngineFailed, match="vector"):
        await open_when_ready(server.unix, bundle)


async def test_a_closed_engine_fails(running_opa: OpaServer, bundle: Bundle) -> None:
    engine = await open_when_ready(running_opa.unix, bundle)
    await engine.close()
    await engine.close()
    with pytest.raises(EngineFailed, match="not connected"):
        await engine.evaluate("ask.decision", ask())


async def test_an_opa_that_dies_is_an_engine_that_failed(
    bundle: Bundle, opa_binary: Path, tmp_path: Path
) -> None:
    with opa_server(opa_binary, bundle, tmp_path) as server:
        engine = await open_when_ready(server.http, bundle)
        assert await engine.evaluate("answer.decision", answer(grant()))
    with pytest.raises(EngineFailed):
        await engine.evaluate("answer.decision", answer(grant()))
    await engine.close()


Handler = Callable[[web.Request], web.Response]


@asynccontextmanager
async def impostor(handler: Handler, bundle: Bundle, token: str = "") -> AsyncIterator[OpaEngine]:
    """An engine, connected, whose server answers as `handler` does."""

    async def reply(request: web.Request) -> web.Response:
        return handler(request)

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", reply)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    engine = OpaEngine(f"http://127.0.0.1:{port}", bundle, token=token)
    try:
        await engine.connect()
        yield engine
    finally:
        await engine.close()
        await runner.cleanup()


def redirect(request: web.Request) -> web.Response:
    if request.path == "/elsewhere":
        return web.json_response({"result": {"allow": True}})
    return web.Response(status=307, headers={"Location": "/elsewhere"})


@pytest.mark.parametrize(
    "handler",
    [
        redirect,
        lambda _: web.json_response({}),
        lambda _: web.json_response([]),
        lambda _: web.json_response({"result": 1}, status=202),
        lambda _: web.json_response({"code": "internal_error"}, status=500),
        lambda _: web.Response(text="{", content_type="application/json"),
        lambda _: web.Response(text="ok"),
        lambda _: web.Response(body=b"\xff\xfe", content_type="application/json"),
    ],
)
async def test_what_is_no_answer_fails(handler: Handler, bundle: Bundle) -> None:
    async with impostor(handler, bundle) as engine:
        with pytest.raises(EngineFailed):
            await engine.evaluate("ask.decision", ask())


async def test_only_questions_for_data_are_sent(bundle: Bundle) -> None:
    seen: list[tuple[str, str]] = []

    def record(request: web.Request) -> web.Response:
        seen.append((request.method, request.path))
        return web.json_response({"result": {}})

    async with impostor(record, bundle) as engine:
        assert await engine.evaluate("ask.decision", ask()) == {}
        with pytest.raises(EngineFailed):
            await engine.evaluate("policies", {})
    assert seen == [("POST", "/v1/data/entente/ask/decision")]


async def test_the_token_goes_with_every_question(bundle: Bundle) -> None:
    seen: list[str | None] = []

    def record(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Authorization"))
        return web.json_response({"result": {}})

    for token in ("", "a-token"):
        async with impostor(record, bundle, token) as engine:
            await engine.evaluate("ask.decision", ask())
    assert seen == [None, "Bearer a-token"]


async def test_no_more_is_read_than_the_limit(bundle: Bundle) -> None:
    def flood(_: web.Request) -> web.Response:
        return web.json_response(text='{"result": "' + "a" * MAX_REPLY + '"}')

    async with impostor(flood, bundle) as engine:
        with pytest.raises(EngineFailed, match=f"more than {MAX_REPLY} bytes"):
            await engine.evaluate("ask.decision", ask())


async def test_an_opa_that_comes_back_decides_again(bundle: Bundle, opa_binary: Path, tmp_path: Path) -> None:
    with opa_server(opa_binary, bundle, tmp_path) as server:
        engine = await open_when_ready(server.unix, bundle)
    for _ in range(2):
        with pytest.raises(EngineFailed):
            await engine.evaluate("ask.decision", ask())
    with opa_server(opa_binary, bundle, tmp_path) as again:
        await (await open_when_ready(again.unix, bundle)).close()
        answers = await asyncio.gather(*(engine.evaluate("ask.decision", ask()) for _ in range(5)))
        assert answers == [answers[0]] * 5
    await engine.close()


async def test_an_opa_that_comes_back_as_another_does_not_decide(
    bundle: Bundle, opa_binary: Path, tmp_path: Path
) -> None:
    with opa_server(opa_binary, bundle, tmp_path) as server:
        engine = await open_when_ready(server.unix, bundle)
    with pytest.raises(EngineFailed):
        await engine.evaluate("ask.decision", ask())
    lax = 'package entente.oversee\n\ndecision := {"allow": true, "revision": data.law.revision}\n'
    bent = Bundle({**bundle.sources, "oversee.rego": lax}, bundle.data, bundle.revision)
    with opa_server(opa_binary, bent, tmp_path) as again:
        with pytest.raises(EngineFailed, match="vector"):
            await open_when_ready(again.unix, bundle)
        for document in (ask(), answer(grant())):
            with pytest.raises(EngineFailed, match="failed before, and again: engine opa: vector"):
                await engine.evaluate("ask.decision", document)
    await engine.close()


async def test_an_opa_that_hangs_fails_in_time(bundle: Bundle) -> None:
    hung_up = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()
        hung_up.set()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        with pytest.raises(EngineFailed, match="TimeoutError"):
            await OpaEngine.open(f"http://127.0.0.1:{port}", bundle, seconds=0.2)
        await hung_up.wait()
