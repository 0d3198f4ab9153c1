"""The way to another log's files over HTTP: no redirects, no proxies, bounded files, no token in clear."""

import ssl
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx2

from gateway.errors import GatewayError
from gateway.log_door import JUSTIFICATION_HEADER
from gateway.settings import LOOPBACK
from gateway.visible import visible

TIMEOUT = 30.0
MAX_FILE = 32 * 1024 * 1024
"""Bytes of one file: an entry bundle has at most 256 leaves of 65,535 bytes."""


class LogNotServed(GatewayError):
    """A file of a log could not be had from whoever serves it."""

    code = "LOG_NOT_SERVED"


class HttpLog:
    """Calls give the bytes at a path below `address`, or raise `LogNotServed`; see `audit.mirror.Fetch`."""

    def __init__(self, address: str, token: str, justification: str = "") -> None:
        parts = urlsplit(address)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise LogNotServed(f"{address}: a token goes over https, or to this machine only")
        self._address = address.rstrip("/")
        headers = {"authorization": f"Bearer {token}"}
        if justification:
            headers[JUSTIFICATION_HEADER] = justification
        try:
            trust = ssl.create_default_context()  # the machine's authorities, or those in SSL_CERT_FILE
            self._http = httpx2.Client(
                timeout=TIMEOUT, follow_redirects=False, trust_env=False, headers=headers, verify=trust
            )
        except ValueError as error:
            raise LogNotServed("token or justification: holds what no header may hold") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def __call__(self, path: str) -> bytes:
        """The file at `path`."""
        url = f"{self._address}/{path}"
        try:
            with self._http.stream("GET", url) as answer:
                data = b""
                for part in answer.iter_bytes():
                    data += part
                    if len(data) > MAX_FILE:
                        raise LogNotServed(f"{url}: over {MAX_FILE} bytes")
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise LogNotServed(f"{url}: cannot be reached ({type(error).__name__})") from error
        if answer.status_code != httpx2.codes.OK:
            raise LogNotServed(
                f"{url}: answered {answer.status_code}: {visible(data[:200].decode('utf-8', 'replace'))}"
            )
        return data
