"""Reading a request's body under a cap, before anything parses it."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from gateway.errors import GatewayError

MAX_JSON_DEPTH = 32
BODY_SECONDS = 20.0
"""For a whole body, which is 256 KiB at most by default."""


class BodyRejected(GatewayError):
    """The body is too large, or not the JSON object that is expected."""

    code = "MALFORMED"


class BodyTooLarge(BodyRejected):
    """The body is larger than this door takes."""

    code = "TOO_LARGE"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class BodyTooSlow(BodyRejected):
    """The body did not come in time."""

    code = "TOO_SLOW"
    status = HTTPStatus.REQUEST_TIMEOUT


async def read_body(request: Request, limit: int, seconds: float = BODY_SECONDS) -> bytes:
    """The whole body, at most `limit` bytes within `seconds`; reading stops at the first byte too many."""
    declared = request.headers.get("content-length", "0")
    if declared.isascii() and declared.isdigit() and int(declared[:12]) > limit:
        raise BodyTooLarge(f"body: {declared[:12]} bytes announced, at most {limit} are taken")
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                size += len(part)
                if size > limit:
                    raise BodyTooLarge(f"body: over {limit} bytes")
                parts.append(part)
    except TimeoutError as error:
        raise BodyTooSlow(f"body: {size} bytes in {seconds} s, the whole is expected") from error
    except ClientDisconnect as error:
        raise BodyRejected(f"body: ended after {size} bytes") from error
    return b"".join(parts)


def parse_object(body: bytes) -> Mapping[str, Any]:
    """A JSON object of bounded depth; `BodyRejected` otherwise."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BodyRejected(f"body: is not JSON: {error.msg}") from error
    if not isinstance(value, dict):
        raise BodyRejected(f"body: is a JSON {type(value).__name__}, an object is expected")
    if _depth(value) > MAX_JSON_DEPTH:
        raise BodyRejected(f"body: nested deeper than {MAX_JSON_DEPTH}")
    return value


def _depth(value: object) -> int:
    level, depth = [value], 0
    while level and depth <= MAX_JSON_DEPTH:
        depth += 1
        level = [
            each
            for one in level
            if isinstance(one, dict | list)
            for each in (one.values() if isinstance(one, dict) else one)
        ]
    return depth
