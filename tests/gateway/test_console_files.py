"""The console's files over HTTP: what is answered at which path, how it is kept, and what is not there."""

import gzip
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from gateway.console_files import DOCUMENTS, FOREVER, Console, read_console
from gateway.headers import HEADERS, SecurityHeaders

PAGE = '<!doctype html><html lang="en"><div id="root"></div></html>'
SCRIPT = "export const much = 1;\n" * 100
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / "assets" / "app-3f2a_B7x.js").write_text(SCRIPT)
    (tmp_path / "assets" / "map-77aaBB-_.geojson").write_text('{"type": "FeatureCollection"}')
    (tmp_path / "mark.svg").write_text("<svg/>")
    (tmp_path / "assets" / "icon.svg").write_text("<svg/>")
    (tmp_path / DOCUMENTS).write_text("{}")
    (tmp_path / "sources.sha256").write_text("0")
    return tmp_path


def browser(console: Console) -> TestClient:
    app = Starlette(routes=[Route("/{path:path}", console.answer, methods=["GET"])])
    return TestClient(SecurityHeaders(app), headers={"accept-encoding": "identity"})


@pytest.mark.parametrize("path", ["/", "/search", "/grants/g-1", "/a/b/c", "/logs", "/authors", "/%2e%2e/x"])
def test_every_place_of_the_console_is_the_start_page(dist: Path, path: str) -> None:
    answer = browser(read_console(dist)).get(path)
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


def test_a_place_with_a_dot_is_one_for_a_person_and_no_file_for_a_program(dist: Path) -> None:
    client = browser(read_console(dist))
    assert client.get("/nodes/fr.ofast", headers=BROWSER).text == PAGE
    assert client.get("/nodes/fr.ofast").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/assets/app-0000.js",
        "/assets/",
        "/assets/nothing",
        "/favicon.ico",
        f"/{DOCUMENTS}",
        "/sources.sha256",
        "/index.php",
        "/auth/nothing",
        "/graphql",
        "/federation/x",
        "/log",
        "/witness/x",
        "/healthz/x",
        "/assets/../../signin.py",
        "/..%2f..%2fsignin.py",
    ],
)
def test_what_is_not_there_is_said_so(dist: Path, path: str) -> None:
    client = browser(read_console(dist))
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["title"] == "Not Found"
    assert answer.headers["cache-control"] == "no-store"


def test_a_hashed_file_is_kept_for_ever_and_has_its_type(dist: Path) -> None:
    client = browser(read_console(dist))
    for path, kind in (
        ("/assets/app-3f2a_B7x.js", "text/javascript; charset=utf-8"),
        ("/assets/map-77aaBB-_.geojson", "application/geo+json"),
    ):
        answer = client.get(path)
        assert (answer.headers["content-type"], answer.headers["cache-control"]) == (kind, FOREVER)
        assert answer.headers["x-content-type-options"] == "nosniff"
    for path in ("/mark.svg", "/assets/icon.svg"):
        assert client.get(path).headers["cache-control"] == "no-cache"


def test_a_browser_that_takes_gzip_gets_it_under_a_tag_of_its_own(dist: Path) -> None:
    client = browser(read_console(dist))
    plain = client.get("/assets/app-3f2a_B7x.js")
    packed = client.get("/assets/app-3f2a_B7x.js", headers={"accept-encoding": "br, gzip;q=0.8"})
    assert plain.text == packed.text == SCRIPT
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(SCRIPT) // 5
    assert plain.headers["vary"] == packed.headers["vary"] == "accept-encoding"
    assert plain.headers["etag"] != packed.headers["etag"]
    refused = client.get("/assets/app-3f2a_B7x.js", headers={"accept-encoding": "gzip;q=0"})
    assert "content-encoding" not in refused.headers
    assert "content-encoding" not in client.get("/", headers={"accept-encoding": "gzip"}).headers


def test_what_the_browser_has_is_not_sent_again(dist: Path) -> None:
    client = browser(read_console(dist))
    tag = client.get("/").headers["etag"]
    for told in (tag, f"W/{tag}", f'"other", {tag}'):
        again = client.get("/search", headers={"if-none-match": told})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    assert client.get("/", headers={"if-none-match": '"other"'}).status_code == 200


def test_head_says_what_get_would(dist: Path) -> None:
    client = browser(read_console(dist))
    for path in ("/", "/search", "/assets/app-3f2a_B7x.js"):
        get, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        told = ("content-length", "content-type", "etag", "cache-control")
        assert [head.headers[each] for each in told] == [get.headers[each] for each in told]
    assert client.head("/nothing.js").status_code == 404
    assert client.post("/search").status_code == 405


def test_what_is_sent_is_what_was_read_at_the_start(dist: Path) -> None:
    client = browser(read_console(dist))
    (dist / "index.html").write_text("another build")
    assert client.get("/").text == PAGE
    packed = read_console(dist).assets["/assets/app-3f2a_B7x.js"].packed
    assert packed is not None
    assert gzip.decompress(packed).decode() == SCRIPT


def test_without_a_build_the_command_is_told_in_the_askers_form(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nothing"):
        client = browser(read_console(folder))
        page = client.get("/search", headers=BROWSER)
        assert page.status_code == 503
        assert page.headers["content-type"].startswith("text/html")
        assert "make console" in page.text
        told = client.get("/")
        assert told.status_code == 503
        assert "make console" in told.json()["detail"]
        assert client.get("/app.js").status_code == 404


def test_a_problem_page_shows_a_strange_path_as_text(dist: Path) -> None:
    page = browser(read_console(dist)).get("/assets/<script>alert(1)</script>", headers=BROWSER)
    assert page.status_code == 404
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text


def test_nothing_foreign_runs_and_the_one_worker_policy_is_named() -> None:
    policy = dict(part.strip().partition(" ")[::2] for part in HEADERS["content-security-policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "worker-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "entente-worker",
    }
