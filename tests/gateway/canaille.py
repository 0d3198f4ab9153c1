"""Canaille, an identity provider that no one here wrote, on loopback with people and clients of a test."""

import json
import os
import subprocess
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2
from joserfc.jwk import RSAKey

from tests.components import free_port
from tests.gateway.outside_provider import (
    CLIENT,
    NATIVE,
    PASSWORD,
    SECRET,
    OutsideProvider,
    PageForm,
    until_it_answers,
)

RUN = """
import sys
from canaille.commands import cli
for words in (["install"], ["restore"], ["run", "--bind", sys.argv[1], "--workers", "0"]):
    cli(words, standalone_mode=False)
"""


class Canaille(OutsideProvider):
    """A running provider."""

    scope = "openid profile email groups"

    def walk(self, browser: httpx2.Client, address: str, person: str) -> tuple[str, int]:
        # Its access tokens of one person and one second are the same, and it keeps none twice.
        time.sleep(1.02 - time.time() % 1)
        return super().walk(browser, address, person)

    def fill(self, form: PageForm, person: str) -> bool:
        if "password" in form.fields:
            form.fields["password"] = self.password
        elif "login" in form.fields:
            form.fields["login"] = person
        else:
            return False
        return True

    def subject(self, person: str) -> str:
        return person

    def full_name(self, person: str) -> str:
        return person.title()


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
    issuer = f"http://127.0.0.1:{port}"
    found = Canaille(issuer, f"{issuer}/oauth/token")
    try:
        until_it_answers("Canaille", issuer, process, folder / "log")
        yield found
    finally:
        found.close()
        process.terminate()
        process.wait()


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
