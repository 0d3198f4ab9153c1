"""The operators' log: one JSON object a line, with nothing in it about a person, a question or a record.

A line has the moment, level, logger and the sentence as it stands in the source, with its arguments apart. Of
the arguments only what cannot be about anybody is told: numbers, codes of this product, ids of nodes that the
directory names, and of an error its type, its code and where it came from. All other text is withheld: what a
library or a database puts into an error's text may be the very value that was asked for.
"""

import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TextIO

from audit.errors import AuditError
from audit.freshness import Freshness
from gateway.errors import GatewayError
from policy.errors import PolicyError
from policy.terms import Reason, Status
from sharing.codes import Rejection
from sharing.errors import SharingError
from tenants.errors import ShelfError

WITHHELD = "withheld"
MOST_FRAMES = 12
_FAMILIES: tuple[type[Exception], ...] = (GatewayError, AuditError, PolicyError, SharingError, ShelfError)
_ROOMS = frozenset({"gateway", "tenants", "policy", "sharing", "audit"})
_OWN = Path(__file__).parents[2]
Named = Callable[[], frozenset[str]]


class JsonLines(logging.Formatter):
    """`node` is whose log it is; `named` gives the ids that the directory in force names."""

    def __init__(self, node: str, named: Named = frozenset) -> None:
        super().__init__()
        self._node, self.named = node, named

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        said: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "node": self._node,
            "event": _sentence(record),
        }
        if record.args:
            args = record.args.values() if isinstance(record.args, Mapping) else record.args
            said["args"] = [self._safe(each) for each in args]
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            said["error"] = _error(error)
        return json.dumps(said, ensure_ascii=True)

    def _safe(self, value: object) -> object:
        """The argument as far as it may be told."""
        if isinstance(value, BaseException):
            return _error(value)
        if isinstance(value, Enum):
            value = value.value
        if value is None or isinstance(value, bool | int | float):
            return value
        known = isinstance(value, str) and (value in codes() or value == self._node or value in self.named())
        return value if known else WITHHELD


def to_json_lines(node: str, named: Named = frozenset, stream: TextIO | None = None) -> JsonLines:
    """Let everything that is logged in this process go to the stream as JSON lines, from warnings on."""
    formatter = JsonLines(node, named)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)
    return formatter


@cache
def codes() -> frozenset[str]:
    """All codes that a line may name."""
    listed = {each.value for words in (Reason, Status, Rejection, Freshness) for each in words}
    return frozenset(
        listed
        | {str(vars(each)["code"]) for top in _FAMILIES for each in _family(top) if "code" in vars(each)}
    )


def _family(error: type[Exception]) -> Iterator[type[Exception]]:
    yield error
    for each in error.__subclasses__():
        yield from _family(each)


def _sentence(record: logging.LogRecord) -> str:
    """The sentence in the source. One that was put together before it was logged cannot be told apart."""
    if not isinstance(record.msg, str):
        return type(record.msg).__name__
    ours = record.name.partition(".")[0] in _ROOMS
    return record.msg if ours or record.args else WITHHELD


def _error(error: BaseException) -> Mapping[str, object]:
    """What may be told of an error: never its text."""
    told: dict[str, object] = {"type": type(error).__name__, "at": list(_frames(error.__traceback__))}
    code = getattr(error, "code", None)
    if isinstance(code, str) and code in codes():
        told["code"] = code
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        told["cause"] = _error(cause)
    return told


def _frames(trace: TracebackType | None) -> list[str]:
    """File, line and function of each frame, the innermost last; folders outside the product are left out."""
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        path = Path(code.co_filename)
        name = path.relative_to(_OWN) if path.is_relative_to(_OWN) else Path(*path.parts[-2:])
        found.append(f"{name}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return found[-MOST_FRAMES:]
