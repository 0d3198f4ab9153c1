"""The demo's identity provider: oidc-provider-mock, its form answered where a node says who is signing in.

`login_hint` is OpenID Connect's own word for that. The provider asks for no password, so one more button
proves nothing; without a hint, or with that of a stranger, its form is shown as always.
"""

import json
import os
import time
from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

import click
import uvicorn
from oidc_provider_mock import User, app
from oidc_provider_mock._storage import AuthorizationCode

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

AUTHORIZE = "/oauth2/authorize"


class AnswersHints:
    """WSGI: a request to authorize that names one of `known` becomes that person's answer to the form."""

    def __init__(self, provider: "WSGIApplication", known: Iterable[str]) -> None:
        self._provider, self._known = provider, frozenset(known)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """One request."""
        if environ["REQUEST_METHOD"] == "GET" and environ["PATH_INFO"] == AUTHORIZE:
            asked = parse_qs(environ["QUERY_STRING"]).get("login_hint", [""])
            if asked[0] in self._known:
                body = urlencode({"sub": asked[0]}).encode()
                environ = environ | {
                    "REQUEST_METHOD": "POST",
                    "CONTENT_TYPE": "application/x-www-form-urlencoded",
                    "CONTENT_LENGTH": str(len(body)),
                    "wsgi.input": BytesIO(body),
                }
        return self._provider(environ, start_response)


@click.command()
@click.option("--port", type=int, required=True)
@click.option(
    "--user-claims", multiple=True, help="One person as JSON, with `sub`; may be given several times."
)
def run(port: int, user_claims: tuple[str, ...]) -> None:
    """Serve the provider on loopback until the process is ended."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # the demo has no TLS; it listens on loopback only
    AuthorizationCode.get_auth_time = _just_now
    users = [_user(json.loads(each)) for each in user_claims]
    provider = AnswersHints(app(user_claims=users), [user.sub for user in users])
    uvicorn.run(provider, interface="wsgi", host="127.0.0.1", port=port, log_level="warning")


def _just_now(_code: object) -> int:
    """When the person was authenticated, which the provider by itself does not say: when it was asked."""
    return int(time.time())


def _user(claims: dict[str, object]) -> User:
    return User(sub=str(claims.pop("sub")), claims=claims)


if __name__ == "__main__":
    run()
