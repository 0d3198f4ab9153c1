"""The command line as one more user of a running node: signs in, sends documents, prints answers."""

import ssl
from collections.abc import Mapping
from html.parser import HTMLParser
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin

import click
import httpx2

from gateway.cli.profile import kept_session
from gateway.sessions import COOKIE, CSRF_HEADER
from gateway.shipped import document_id, shipped_texts

TIMEOUT = 60.0
MAX_REDIRECTS = 6
_WAYS = {"STEP_UP_NEEDED": "; nothing was done: entente signin --browser, then the same command again"}


class NodeRefused(click.ClickException):
    """The node answered with an error of its own; `code` is stable."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class NodeClient:
    """A signed-in conversation with one node. Errors of the node become `click.ClickException`."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")
        trust = ssl.create_default_context()  # the machine's authorities, or those in SSL_CERT_FILE
        self._http = httpx2.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False, verify=trust)
        self._cookies: dict[str, str] = {}
        self._csrf = ""
        self._texts = shipped_texts("desk")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def sign_in(self, subject: str) -> None:
        """Go on with the session that `entente signin --browser` left, or sign in as a demo's form would."""
        if (kept := kept_session(self._address, subject)) is not None:
            try:
                self._begin(kept)
            except click.ClickException as error:
                raise click.ClickException(f"{error.message}; again: entente signin --browser") from error
            return
        page = self._get(f"{self._address}/auth/login")
        form = _Form()
        form.feed(page.text)
        if not form.posts:
            raise click.ClickException(
                f"{self._address}: its identity provider shows no demo form; once: entente signin --browser"
            )
        answer = self._request("POST", urljoin(str(page.url), form.action), data={"sub": subject})
        self._follow(answer)
        if COOKIE not in self._cookies:
            raise click.ClickException(f"{self._address}: {subject} was not let in: {answer.text[:200]}")
        self._begin(self._cookies[COOKIE])

    def native(self, *, by_code: bool = False) -> Mapping[str, Any]:
        """What the node tells a program that is to sign somebody in at the service's identity provider.

        In a browser on this machine, or `by_code` that is typed in on another one.
        """
        return self._json(self._send("GET", f"/auth/native{'?device=1' if by_code else ''}"))

    def sign_in_native(self, nonce: str, token: str) -> tuple[str, str]:
        """Begin a session with the provider's ID token; returns whose it is, and its key, a secret."""
        shown = {"nonce": nonce, "idToken": token}
        key = str(self._json(self._send("POST", "/auth/native", shown))["session"])
        return self._begin(key), key

    def _begin(self, key: str) -> str:
        """Carry a session from here on; returns whose it is."""
        self._cookies = {COOKIE: key}
        me = self._json(self._send("GET", "/auth/me"))
        self._csrf = str(me["csrf"])
        return str(me["subject"])

    def run(self, name: str, variables: Mapping[str, object]) -> Any:
        """What the desk document `name` gives."""
        body = {"documentId": document_id(self._texts[name]), "variables": dict(variables)}
        reply = self._json(self._send("POST", "/graphql", body))
        if errors := reply.get("errors"):
            code = errors[0].get("extensions", {}).get("code", "ERROR")
            raise NodeRefused(str(code), f"{errors[0].get('message')}{_WAYS.get(str(code), '')}")
        return next(iter(reply["data"].values()))

    def _get(self, url: str) -> httpx2.Response:
        return self._follow(self._request("GET", url))

    def _follow(self, answer: httpx2.Response) -> httpx2.Response:
        for _ in range(MAX_REDIRECTS):
            self._keep(answer)
            if not answer.is_redirect:
                return answer
            target = urljoin(str(answer.url), answer.headers["location"])
            if COOKIE in self._cookies:
                return answer
            answer = self._request("GET", target)
        raise click.ClickException(f"{self._address}: sign-in goes in a circle")

    def _keep(self, answer: httpx2.Response) -> None:
        # The node's cookies are for secure contexts; loopback is one, though httpx does not know it.
        if not str(answer.url).startswith(self._address):
            return
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name.strip()] = value.strip()

    def _headers(self, url: str) -> dict[str, str]:
        if not url.startswith(self._address):
            return {}
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return {"cookie": cookies, CSRF_HEADER: self._csrf} if cookies else {}

    def _send(self, method: str, path: str, body: Mapping[str, object] | None = None) -> httpx2.Response:
        return self._request(method, f"{self._address}{path}", json=body)

    def _request(self, method: str, url: str, **content: Any) -> httpx2.Response:
        try:
            return self._http.request(method, url, headers=self._headers(url), **content)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise click.ClickException(f"{url}: cannot be reached ({error})") from error

    def _json(self, answer: httpx2.Response) -> Mapping[str, Any]:
        try:
            value: Mapping[str, Any] = answer.json()
        except ValueError as error:
            raise click.ClickException(f"{self._address}: answered {answer.status_code}, not JSON") from error
        if "error" in value:
            raise click.ClickException(f"{value['error']['code']}: {value['error']['message']}")
        return value


class _Form(HTMLParser):
    """Whether a page holds a form that posts, and where to."""

    def __init__(self) -> None:
        super().__init__()
        self.posts = False
        self.action = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form" and (found.get("method") or "").lower() == "post" and not self.posts:
            self.posts = True
            self.action = found.get("action") or ""
