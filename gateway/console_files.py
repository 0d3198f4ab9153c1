"""The console as it was built: read once at the start, answered from memory.

A path that names a file gets the file, with a tag and compressed where the browser takes that. Every other
path gets the start page, so that any place in the console can be opened directly; a file that is not there is
404. Without a console the node serves on and says which command builds one.
"""

import gzip
import hashlib
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from importlib.resources import files
from importlib.resources.abc import Traversable

import orjson
from starlette.requests import Request
from starlette.responses import Response

from gateway.reception import is_door

START = "index.html"
DOCUMENTS = "documents.json"
BUILT_BY = "make console"
ASSETS = "/assets/"
FOREVER = "public, max-age=31536000, immutable"
ASK_FIRST = "no-cache"
_HASHED = re.compile(r"-[A-Za-z0-9_-]{8}\.[a-z0-9]+$")
_WORTH_PACKING = 1024
_KINDS = {
    ".css": "text/css; charset=utf-8",
    ".geojson": "application/geo+json",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_PACKED_ALREADY = frozenset({".png", ".woff2"})


@dataclass(frozen=True, slots=True)
class Asset:
    """One file; `packed` is its gzip form where that is worth it."""

    kind: str
    tag: str
    lasts: str
    plain: bytes = field(repr=False)
    packed: bytes | None = field(repr=False)

    @classmethod
    def of(cls, path: str, content: bytes) -> "Asset":
        """The file at `path`; in `/assets/` a name that ends in a hash changes with the content."""
        ending = _ending(path)
        worth = ending not in _PACKED_ALREADY and len(content) >= _WORTH_PACKING
        return cls(
            kind=_KINDS[ending],
            tag=hashlib.sha256(content).hexdigest()[:32],
            lasts=FOREVER if path.startswith(ASSETS) and _HASHED.search(path) else ASK_FIRST,
            plain=content,
            packed=gzip.compress(content, mtime=0) if worth else None,
        )


@dataclass(frozen=True, slots=True)
class Console:
    """The files by path, and `documents`: the console's own operations as they came, not yet looked at."""

    assets: Mapping[str, Asset] = field(default_factory=dict)
    documents: bytes | None = field(default=None, repr=False)

    async def answer(self, request: Request) -> Response:
        """What lies at the path of a GET or HEAD request."""
        path = str(request.scope["path"])
        if (asset := self.assets.get(path)) is not None:
            return _sent(request, asset)
        if is_door(path):
            return _problem(request, HTTPStatus.NOT_FOUND, f"{path[:200]}: nothing is here")
        if not _is_place(request, path):
            return _problem(request, HTTPStatus.NOT_FOUND, f"{path[:200]}: no such file")
        if (start := self.assets.get(f"/{START}")) is None:
            return _problem(request, HTTPStatus.SERVICE_UNAVAILABLE, _UNBUILT)
        return _sent(request, start)


_UNBUILT = f"The console is not built. Run `{BUILT_BY}`, then start the node again."


def read_console(folder: Traversable) -> Console:
    """What a build left in `folder`; an empty console where there is no start page."""
    if not (folder / START).is_file():
        return Console()
    assets = {path: Asset.of(path, each.read_bytes()) for path, each in _walked(folder, "/")}
    documents = folder / DOCUMENTS
    return Console(assets, documents.read_bytes() if documents.is_file() else b"")


def shipped_console() -> Console:
    """The console of this installation."""
    return read_console(files("gateway") / "console" / "dist")


def opened_by_a_person(request: Request) -> bool:
    """Whether a browser asks for a page to show, not a program for an answer to read."""
    return "text/html" in request.headers.get("accept", "")


def _walked(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    """The files of known kinds below a folder, with their paths; the documents are for the gateway alone."""
    for each in folder.iterdir():
        here = path + each.name
        if each.is_dir():
            yield from _walked(each, f"{here}/")
        elif _ending(here) in _KINDS and here != f"/{DOCUMENTS}":
            yield here, each


def _ending(path: str) -> str:
    name = path.rpartition("/")[2]
    return name[name.rfind(".") :].lower() if "." in name else ""


def _is_place(request: Request, path: str) -> bool:
    """Whether a path is a place in the console; `/nodes/fr.ofast` is one when a person opens it."""
    if path.startswith(ASSETS) or path == f"/{DOCUMENTS}":
        return False
    return not _ending(path) or (opened_by_a_person(request) and _ending(path) not in _KINDS)


def _sent(request: Request, asset: Asset) -> Response:
    packed = asset.packed if _takes_gzip(request) else None
    tag = f'"{asset.tag}-gzip"' if packed is not None else f'"{asset.tag}"'
    headers = {"etag": tag, "cache-control": asset.lasts, "vary": "accept-encoding"}
    if tag in _tags(request):
        return Response(None, HTTPStatus.NOT_MODIFIED, headers)
    if packed is not None:
        headers["content-encoding"] = "gzip"
    content = asset.plain if packed is None else packed
    headers |= {"content-length": str(len(content)), "content-type": asset.kind}
    return Response(b"" if request.method == "HEAD" else content, HTTPStatus.OK, headers)


def _takes_gzip(request: Request) -> bool:
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def _tags(request: Request) -> frozenset[str]:
    told = request.headers.get("if-none-match", "")
    return frozenset(each.strip().removeprefix("W/") for each in told.split(","))


def _problem(request: Request, status: HTTPStatus, said: str) -> Response:
    """A problem in the form that the asker reads."""
    if opened_by_a_person(request):
        title = f"<title>{status.phrase}</title><h1>{status.phrase}</h1>"
        page = f'<!doctype html><html lang="en">{title}<p>{html.escape(said)}</p></html>\n'
        return Response(page.encode(), status, media_type="text/html")
    problem = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": said}
    return Response(orjson.dumps(problem), status, media_type="application/problem+json")
