"""What the node must reach: its partners and their clocks, certificates, the identity provider, itself."""

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
from cryptography import x509

from audit.errors import AuditError
from audit.keys import read_secret
from gateway.doctor.federation import opened
from gateway.doctor.finding import DAY, Finding, Patient, State, day, life
from gateway.errors import SettingsRejected
from gateway.reaching import out_of_reach
from gateway.role_mapping import read_mapping
from gateway.settings import SignInPart, reach_of
from gateway.tls import client_tls
from sharing.errors import SharingError

SKEW_WARN, SKEW_FAIL = 5, 30
"""Seconds; a message is taken with 30 s of difference between the clocks (ADR 0401)."""

CERTIFICATE_WARN, CERTIFICATE_FAIL = 21 * DAY, 2 * DAY
_HEALTH = "/healthz"
_NOBODY_BEHIND = frozenset({502, 503, 504})
_DISCOVERY = "/.well-known/openid-configuration"


def clock(at: Patient) -> Iterator[Finding]:
    """The clock of this machine beside those of the partners and of the identity provider."""
    expected = f"under {SKEW_WARN} s apart; over {SKEW_FAIL} s every message is refused"
    for name, url in _others(at).items():
        told = _asked(at, url)
        if isinstance(told, str) or "date" not in told.headers:
            continue
        with suppress(ValueError):
            apart = at.now - int(parsedate_to_datetime(told.headers["date"]).timestamp())
            state = (
                State.FAIL if abs(apart) > SKEW_FAIL else State.WARN if abs(apart) > SKEW_WARN else State.OK
            )
            to_do = "Start time synchronisation (`timedatectl`); if this clock is right, call whose is not."
            yield Finding("clock", f"{name} at {url}", state, f"{apart:+d} s", expected, to_do)


def partners(at: Patient) -> Iterator[Finding]:
    """Every node of the directory answers from here, this one too, as its partners see it."""
    for name, url in _doors(at).items():
        own, expected = name == at.id, f"the node {name}"
        if not own and (refusal := out_of_reach(url, reach_of(at.settings))):
            to_do = "Put the network of the line between the services into [reach] networks, and restart."
            yield Finding("partners", url, State.FAIL, refusal, expected, to_do)
            continue
        told = _asked(at, url)
        if not isinstance(told, str) and told.status_code in _NOBODY_BEHIND:
            told = f"{told.status_code}: a proxy answers, and no node behind it"
        if isinstance(told, str):
            to_do = "Start it (`entente serve`); is the proxy in front of it up?" if own else f"Call {name}."
            yield Finding("partners", url, State.WARN, told, expected, to_do)
            continue
        found = _json(told).get("node", "")
        state = State.OK if told.status_code == httpx2.codes.OK and found == name else State.FAIL
        to_do = (
            "Something else answers there: compare the address in the directory with the proxy's settings."
        )
        yield Finding(
            "partners",
            url,
            state,
            f"{told.status_code}, node {str(found)[:80] or 'not said'}",
            expected,
            to_do,
        )


def certificates(at: Patient) -> Iterator[Finding]:
    """The client certificate, and what each address of the directory shows."""
    part, expected = at.settings.tls, f"{CERTIFICATE_WARN // DAY} days or more"
    if part.certificate is not None:
        yield _own_certificate(at, at.home.path / part.certificate, expected)
    elif any(url.startswith("https:") for url in _doors(at).values()):
        to_do = "Name certificate and key in [tls], where partners' proxies ask for them."
        where = f"{at.home.path}/node.toml [tls]"
        yield Finding(
            "certificates", where, State.WARN, "no client certificate", "one to show to partners", to_do
        )
    for url in _doors(at).values():
        if url.startswith("https:"):
            yield _shown(at, url, expected)


def identity(at: Patient) -> Iterator[Finding]:
    """The identity provider answers under the name by which its tokens are checked."""
    part = at.settings.signin
    if part is None:
        found, to_do = "no [signin] issuer", "Name the service's own identity provider; `serve` needs it."
        yield Finding("identity", f"{at.home.path}/node.toml", State.FAIL, found, "an issuer", to_do)
        return
    yield from _sign_in_files(at, part)
    url = part.issuer.rstrip("/") + _DISCOVERY
    told = _asked(at, url, partner=False)
    if isinstance(told, str):
        to_do = "Nobody can sign in until it answers; questions of partners are answered all the same."
        yield Finding("identity", url, State.FAIL, told, "its discovery document", to_do)
        return
    found = str(_json(told).get("issuer", f"status {told.status_code}"))[:200]
    state = State.OK if found.rstrip("/") == part.issuer.rstrip("/") else State.FAIL
    yield Finding(
        "identity", url, state, found, f"issuer {part.issuer}", "Put the issuer's own name into node.toml."
    )


def _sign_in_files(at: Patient, part: SignInPart) -> Iterator[Finding]:
    """The client's secret and the file of roles, without which the node does not start."""
    if part.client_secret_file is not None:
        path, expected = at.home.path / part.client_secret_file, "the client's secret, mode 0600"
        try:
            found, state = f"{len(read_secret(path))} bytes", State.OK
        except AuditError as error:
            found, state = str(error), State.FAIL
        to_do = "Put the secret of the client at the provider there, for the node's user alone: identity.md."
        yield Finding("identity", str(path), state, found, expected, to_do)
    if part.mapping is not None:
        path, expected = at.home.path / part.mapping, "who is what by the provider's claims"
        try:
            found, state = f"{len(read_mapping(path).roles)} rules", State.OK
        except SettingsRejected as error:
            found, state = str(error), State.FAIL
        yield Finding("identity", str(path), state, found, expected, "Write it as identity.md says.")


def running(at: Patient) -> Iterator[Finding]:
    """What the node itself says of its readiness; one that is stopped is no fault."""
    host = at.settings.listen.host
    url = f"http://{f'[{host}]' if ':' in host else host}:{at.settings.listen.port}{_HEALTH}"
    told = _asked(at, url, partner=False)
    if isinstance(told, str):
        yield Finding("running", url, State.OK, "stopped", "running, or stopped on purpose")
        return
    said = _json(told)
    state = State.OK if said.get("node") == at.id else State.FAIL
    to_do = "Another program has this port: end it, or give the node another one."
    yield Finding("running", url, state, f"node {str(said.get('node', ''))[:80] or 'not said'}", at.id, to_do)


def _doors(at: Patient) -> Mapping[str, str]:
    """Where each node of the directory says that it is there; none without a directory in force."""
    try:
        told = opened(at)
    except (OSError, SharingError, AuditError, ValueError):
        return {}
    return {node.id: node.address + _HEALTH for node in told.nodes}


def _others(at: Patient) -> Mapping[str, str]:
    doors = {name: url for name, url in _doors(at).items() if name != at.id}
    issuer = at.settings.signin.issuer if at.settings.signin else ""
    return doors | ({"identity provider": issuer.rstrip("/") + _DISCOVERY} if issuer else {})


def _asked(at: Patient, url: str, *, partner: bool = True) -> httpx2.Response | str:
    """The response, or why there is none. A partner is asked as the node asks it, with its certificate."""
    try:
        trust = client_tls(at.home.path, at.settings.tls) if partner else ssl.create_default_context()
        with httpx2.Client(
            timeout=at.seconds, follow_redirects=False, trust_env=False, verify=trust
        ) as client:
            return client.get(url)
    except (httpx2.HTTPError, httpx2.InvalidURL, ssl.SSLError, SettingsRejected, AuditError) as error:
        return f"{type(error).__name__}: {error}"[:300]


def _json(told: httpx2.Response) -> Mapping[str, Any]:
    try:
        found = told.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _own_certificate(at: Patient, path: Path, expected: str) -> Finding:
    try:
        client_tls(at.home.path, at.settings.tls)
        ends = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc.timestamp()
    except (SettingsRejected, AuditError, OSError, ValueError) as error:
        to_do = "Put certificate and key of one pair there (PEM, the key of mode 0600)."
        return Finding("certificates", str(path), State.FAIL, str(error), "a certificate and its key", to_do)
    return _until(at, str(path), ends, expected)


def _shown(at: Patient, url: str, expected: str) -> Finding:
    """What a server shows of itself, checked as the node checks it."""
    parts = urlsplit(url)
    where = f"{parts.hostname}:{parts.port or 443}"
    try:
        shown = _certificate(at, str(parts.hostname), parts.port or 443)
    except (OSError, ssl.SSLError, SettingsRejected, AuditError) as error:
        to_do = "Renew it, or put the authority that issued it into [tls] trust."
        return Finding(
            "certificates",
            where,
            State.FAIL,
            f"{type(error).__name__}: {error}",
            "one that is trusted",
            to_do,
        )
    return _until(at, where, shown, expected)


def _certificate(at: Patient, host: str, port: int) -> float:
    """When the certificate of a server ends; raises what the handshake raises."""
    context = client_tls(at.home.path, at.settings.tls)
    with (
        socket.create_connection((host, port), at.seconds) as plain,
        context.wrap_socket(plain, server_hostname=host) as secured,
    ):
        shown = secured.getpeercert(binary_form=True)
    return x509.load_der_x509_certificate(shown or b"").not_valid_after_utc.timestamp()


def _until(at: Patient, where: str, ends: float, expected: str) -> Finding:
    state = life(ends - at.now, warn=CERTIFICATE_WARN, fail=CERTIFICATE_FAIL)
    to_do = (
        "Renew it, reload the proxy, and restart the node if it is its own: runbooks/certificate-expiry.md."
    )
    return Finding("certificates", where, state, f"until {day(ends)}", expected, to_do)
