"""Keycloak, an identity provider that no one here wrote, with realms that the tests make and change."""

import json
import os
import secrets
import subprocess
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from tests.components import free_port
from tests.gateway.outside_provider import (
    ADDRESS,
    CLIENT,
    NATIVE,
    NATIVE_PORT,
    PASSWORD,
    PEOPLE,
    SECRET,
    OutsideProvider,
    PageForm,
    until_it_answers,
)

ADMIN, ADMIN_PASSWORD = "admin", secrets.token_hex(16)
DEVICE = "entente-device"
ONE_FACTOR, TWO_FACTORS = "urn:service:password", "urn:service:password-and-code"
STARTS_WITHIN = 300.0
"""Seconds; it makes its tables first."""
_CODES = b"made-up secret of a phone"
_JAVA = "-Xms64m -Xmx512m"


class Server:
    """A Keycloak with its database in a folder; it can be ended and started again."""

    def __init__(self, home: Path, folder: Path) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._home, self._folder = home, folder
        self._http = httpx2.Client(trust_env=False, timeout=60)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        database = f"jdbc:h2:file:{self._folder}/keycloak;NON_KEYWORDS=VALUE;DB_CLOSE_ON_EXIT=FALSE"
        options = ["--http-enabled=true", "--http-host=127.0.0.1", f"--http-port={self.port}"]
        options += [f"--hostname={self.address}", f"--db-url={database}", "--cache=local"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    "setpriv",
                    "--pdeathsig",
                    "TERM",
                    self._home / "bin/kc.sh",
                    "start",
                    "--optimized",
                    *options,
                ],
                cwd=self._folder,
                env={
                    "PATH": os.environ["PATH"],
                    "JAVA_OPTS_KC_HEAP": _JAVA,
                    "KC_BOOTSTRAP_ADMIN_USERNAME": ADMIN,
                    "KC_BOOTSTRAP_ADMIN_PASSWORD": ADMIN_PASSWORD,
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        master = f"{self.address}/realms/master"
        until_it_answers("Keycloak", master, self._process, self._folder / "log", STARTS_WITHIN)

    def stop(self) -> None:
        """End it; what it has written stays."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def close(self) -> None:
        """End it for good."""
        self._http.close()
        self.stop()

    def admin(self, method: str, path: str, told: object = None) -> Any:
        """What an administrator does: one call of the admin API below `/admin/realms`."""
        proof = {
            "grant_type": "password",
            "client_id": "admin-cli",
            "username": ADMIN,
            "password": ADMIN_PASSWORD,
        }
        shown = self._http.post(f"{self.address}/realms/master/protocol/openid-connect/token", data=proof)
        answer = self._http.request(
            method,
            f"{self.address}/admin/realms{path}",
            json=told,
            headers={"authorization": f"Bearer {shown.json()['access_token']}"},
        )
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else answer.headers.get("location", "")


class Realm(OutsideProvider):
    """One realm with `people`, by name and groups; ended logins are told to `backchannel`.

    Where a code is asked for, its people type in what is `typed`; asked to agree, they do if it `agrees`.
    """

    def __init__(
        self, server: Server, backchannel: str = "", people: Mapping[str, Sequence[str]] = PEOPLE
    ) -> None:
        self.name, self.server = f"service-{secrets.token_hex(4)}", server
        self.typed, self.agrees = "", True
        issuer = f"{server.address}/realms/{self.name}"
        super().__init__(issuer, f"{issuer}/protocol/openid-connect/token")
        self._subjects = {name: str(uuid.uuid4()) for name in people}
        server.admin("POST", "", _realm(self.name, people, self._subjects, backchannel))

    def subject(self, person: str) -> str:
        return self._subjects[person]

    def full_name(self, person: str) -> str:
        return f"{person.title()} of the Service"

    def fill(self, form: PageForm, person: str) -> bool:
        fields, buttons = form.fields, form.buttons
        if "password" in fields:
            fields |= {"username": person, "password": self.password}
        elif "otp" in fields:
            fields["otp"] = TOTP(_CODES, 6, SHA256(), 30).generate(int(time.time())).decode()
        elif "device_user_code" in fields:
            fields["device_user_code"] = self.typed
        elif "accept" in buttons:
            pressed = "accept" if self.agrees else "cancel"
            fields[pressed] = buttons[pressed]
        else:
            fields |= buttons
            return "confirmLogout" in buttons
        return True

    def admin(self, method: str, path: str, told: object = None) -> Any:
        """What the realm's administrator does."""
        return self.server.admin(method, f"/{self.name}{path}", told)

    def change_client(self, client_id: str, **attributes: str) -> None:
        """Set attributes of a client."""
        found = self.admin("GET", f"/clients?clientId={client_id}")[0]
        found["attributes"] |= attributes
        self.admin("PUT", f"/clients/{found['id']}", found)

    def remove(self) -> None:
        """Remove it, and close all browsers."""
        self.close()
        self.server.admin("DELETE", f"/{self.name}")


@contextmanager
def keycloak(home: Path, folder: Path) -> Iterator[Server]:
    """A server without realms of the tests."""
    server = Server(home, folder)
    try:
        server.start()
        yield server
    finally:
        server.close()


def _realm(
    name: str, people: Mapping[str, Sequence[str]], subjects: Mapping[str, str], backchannel: str
) -> dict[str, Any]:
    """A realm as Keycloak imports it."""
    return {
        "realm": name,
        "enabled": True,
        "attributes": {"acr.loa.map": json.dumps({ONE_FACTOR: 1, TWO_FACTORS: 2})},
        "otpPolicyCodeReusable": True,
        "groups": [
            {"name": group} for group in sorted({group for listed in people.values() for group in listed})
        ],
        "users": [_person(who, listed, subjects[who]) for who, listed in people.items()],
        "clients": _clients(backchannel),
        **_steps(),
    }


def _person(name: str, groups: Sequence[str], subject: str) -> dict[str, Any]:
    code = {
        "type": "otp",
        "secretData": json.dumps({"value": _CODES.decode()}),
        "credentialData": json.dumps(
            {"subType": "totp", "digits": 6, "counter": 0, "period": 30, "algorithm": "HmacSHA256"}
        ),
    }
    return {
        "id": subject,
        "username": name,
        "enabled": True,
        "firstName": name.title(),
        "lastName": "of the Service",
        "email": f"{name}@service.example",
        "emailVerified": True,
        "groups": [f"/{group}" for group in groups],
        "credentials": [{"type": "password", "value": PASSWORD, "temporary": False}, code],
    }


def _clients(backchannel: str) -> list[dict[str, Any]]:
    """The node, and its command line, registered as `deploy/docs/identity.md` says."""
    groups = {
        "name": "groups",
        "protocol": "openid-connect",
        "protocolMapper": "oidc-group-membership-mapper",
        "config": {"claim.name": "groups", "full.path": "false", "id.token.claim": "true"},
    }
    usual = {
        "protocol": "openid-connect",
        "standardFlowEnabled": True,
        "directAccessGrantsEnabled": False,
        "fullScopeAllowed": False,
        "protocolMappers": [groups],
    }
    node = usual | {
        "clientId": CLIENT,
        "publicClient": False,
        "clientAuthenticatorType": "client-secret",
        "secret": SECRET,
        "redirectUris": [f"{ADDRESS}/auth/callback"],
        "attributes": {
            "pkce.code.challenge.method": "S256",
            "backchannel.logout.url": backchannel,
            "backchannel.logout.session.required": "true",
            "post.logout.redirect.uris": f"{ADDRESS}/signin",
        },
    }
    program = usual | {
        "clientId": NATIVE,
        "publicClient": True,
        "redirectUris": [f"http://127.0.0.1:{NATIVE_PORT}/callback"],
        "attributes": {
            "pkce.code.challenge.method": "S256",
        },
    }
    by_code = program | {
        "clientId": DEVICE,
        "standardFlowEnabled": False,
        "redirectUris": [],
        "attributes": {
            "pkce.code.challenge.method": "S256",
            "oauth2.device.authorization.grant.enabled": "true",
            "oauth2.device.polling.interval": "1",
        },
    }
    return [node, program, by_code]


def _steps() -> dict[str, Any]:
    """Sign-in with a password, and with a code as well where that strength is asked for."""
    levels = {"1": "auth-username-password-form", "2": "auth-otp-form"}

    def flow(alias: str, executions: list[dict[str, Any]], *, top: bool = False) -> dict[str, Any]:
        told = {"alias": alias, "providerId": "basic-flow", "topLevel": top, "builtIn": False}
        return told | {"authenticationExecutions": executions}

    def step(authenticator: str, requirement: str, priority: int, **more: str) -> dict[str, Any]:
        return {"authenticator": authenticator, "requirement": requirement, "priority": priority, **more}

    def part(alias: str, requirement: str, priority: int) -> dict[str, Any]:
        told = {"flowAlias": alias, "authenticatorFlow": True}
        return told | {"requirement": requirement, "priority": priority}

    conditional = [
        flow(
            f"level {level}",
            [
                step(
                    "conditional-level-of-authentication", "REQUIRED", 10, authenticatorConfig=f"is {level}"
                ),
                step(form, "REQUIRED", 20),
            ],
        )
        for level, form in levels.items()
    ]
    return {
        "browserFlow": "by strength",
        "authenticationFlows": [
            flow(
                "by strength",
                [step("auth-cookie", "ALTERNATIVE", 10), part("forms", "ALTERNATIVE", 20)],
                top=True,
            ),
            flow("forms", [part(f"level {level}", "CONDITIONAL", int(level)) for level in levels]),
            *conditional,
        ],
        "authenticatorConfig": [
            {"alias": f"is {level}", "config": {"loa-condition-level": level, "loa-max-age": "36000"}}
            for level in levels
        ],
    }
