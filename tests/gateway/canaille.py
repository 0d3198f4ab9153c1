"""Canaille, an identity provider that no one here wrote, on loopback with people and clients of a test."""

import json
import os
import subprocess
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import httpx2
from joserfc.jwk import RSAKey

from tests.components import STARTS_WITHIN, ComponentMissingError, free_port

PASSWORD = "correct horse battery staple 7"
NATIVE = "entente-cli"
CLIENT, SECRET = "entente", "made-up secret of a client"
RUN = """
import sys
from canaille.commands import cli
for words in (["install"], ["restore"], ["run", "--bind", sys.argv[1], "--workers", "0"]):
    cli(words, standalone_mode=False)
"""


@dataclass
class Canaille:
    """A running provider; `browser()` is one of a person who knows the password."""

    issuer: str
    browsers: list[httpx2.Client] = field(default_factory=list)

    def browser(self) -> httpx2.Client:
        self.browsers.append(httpx2.Client(trust_env=False, timeout=30))
        return self.browsers[-1]

    def walk(self, browser: httpx2.Client, address: str, person: str) -> tuple[str, int]:
        """Follow a request to authorize as `person`, filling in what is asked.

        Returns where the provider leads at last, and how often it asked for the password.
        """
        # Its access tokens of one person and one second are the same, and it keeps none twice.
        time.sleep(1.02 - time.time() % 1)
        asked, answer = 0, browser.get(address)
        for _ in range(12):
            if answer.is_redirect:
                target = urljoin(str(answer.url), answer.headers["location"])
                if not target.startswith(self.issuer):
                    return target, asked
                answer = browser.get(target)
                continue
            form = _Form()
            form.feed(answer.text)
            if "password" in form.fields:
                asked += 1
                form.fields["password"] = PASSWORD
            elif "login" in form.fields:
                form.fields["login"] = person
            else:
                break
            answer = browser.post(urljoin(str(answer.url), form.action), data=form.fields)
        raise AssertionError(f"the provider shows {answer.status_code} {answer.url}: {answer.text[:500]}")


class _Form(HTMLParser):
    """The first form of a page that posts, and what its fields hold."""

    def __init__(self) -> None:
        super().__init__()
        self.action, self.fields = "", dict[str, str]()
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self._inside = not self.fields and (found.get("method") or "").lower() == "post"
            self.action = (found.get("action") or "") if self._inside else self.action
        if self._inside and tag == "input" and (name := found.get("name")):
            self.fields[name] = found.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "form"


@contextmanager
def canaille(
    python: Path, folder: Path, people: Mapping[str, Sequence[str]], callback: str, native: str
) -> Iterator[Canaille]:
    """The provider with `people`, by name and groups.

    One client gets its answers at `callback`, and one, which is public, at `native`.
    """
    port = free_port()
    key = json.dumps(RSAKey.generate_key(2048, {"kid": "c1"}).as_dict(private=True)).replace('": "', '" = "')
    (folder / "canaille.toml").write_text(
        f'SECRET_KEY = "made-up {uuid.uuid4()}"\nSERVER_NAME = "127.0.0.1:{port}"\n'
        f'PREFERRED_URL_SCHEME = "http"\n'
        f'[CANAILLE_SQL]\nDATABASE_URI = "sqlite:///{folder / "canaille.sqlite"}"\n'
        f"[CANAILLE_OIDC]\nACTIVE_JWKS = [{key}]\n"
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", python, "-c", RUN, f"127.0.0.1:{port}"],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "CANAILLE_CONFIG": str(folder / "canaille.toml")},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        assert process.stdin is not None
        process.stdin.write(json.dumps(_dump(people, callback, native)).encode())
        process.stdin.close()
    found = Canaille(f"http://127.0.0.1:{port}")
    try:
        _ready(found, process, folder / "log")
        yield found
    finally:
        for each in found.browsers:
            each.close()
        process.terminate()
        process.wait()


def _ready(found: Canaille, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while process.poll() is None and time.monotonic() < deadline:
        try:
            httpx2.get(f"{found.issuer}/.well-known/openid-configuration", trust_env=False).raise_for_status()
        except httpx2.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise ComponentMissingError("a Canaille that starts", log.read_text()[-800:])


def _dump(
    people: Mapping[str, Sequence[str]], callback: str, native: str
) -> dict[str, list[dict[str, object]]]:
    """What `canaille restore` reads."""
    now = "2026-01-01T00:00:00+00:00"

    def new() -> dict[str, object]:
        return {"id": str(uuid.uuid4()), "created": now, "last_modified": now}

    users = {name: new() for name in people}
    groups = {name: new() for each in people.values() for name in each}
    for name, each in users.items():
        each |= {"user_name": name, "family_name": name.title(), "formatted_name": name.title()}
        each |= {"emails": [f"{name}@service.example"], "password": PASSWORD}
        each |= {"groups": [groups[group]["id"] for group in people[name]]}
    for name, each in groups.items():
        members = [users[person]["id"] for person, listed in people.items() if name in listed]
        each |= {"display_name": name, "members": members}
    client = new() | {
        "client_id": CLIENT,
        "client_secret": SECRET,
        "client_name": "Entente",
        "client_uri": "http://127.0.0.1",
        "redirect_uris": [callback],
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "scope": ["openid", "profile", "email", "groups"],
    }
    client["audience"] = [client["id"]]  # whom its tokens are for
    program = client | new() | {"client_id": NATIVE, "redirect_uris": [native]}
    program |= {"token_endpoint_auth_method": "none", "client_secret": "", "audience": [program["id"]]}
    return {"user": [*users.values()], "group": [*groups.values()], "client": [client, program]}
