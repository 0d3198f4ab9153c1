"""What every answer of a node must hold, as checks of schemathesis, and what exists, for it to ask about.

Loaded by schemathesis itself (SCHEMATHESIS_HOOKS), in the environment of others' tools. ENTENTE_KNOWN names a
file of values by the name of an argument; two of three arguments of that name are given one of them.
ENTENTE_STRANGER is 1 if nobody is signed in.
"""

import json
import os
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import schemathesis
from graphql import (
    ArgumentNode,
    GraphQLError,
    IntValueNode,
    ListValueNode,
    ObjectFieldNode,
    StringValueNode,
    ValueNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

KNOWN: Mapping[str, list[Any]] = json.loads(Path(os.environ["ENTENTE_KNOWN"]).read_text(encoding="utf-8"))
STRANGER = os.environ["ENTENTE_STRANGER"] == "1"
CODE = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
INSIDE = re.compile(
    r"Traceback|File \"|\.py\b|site-packages|/(?:home|root|tmp|usr|var|work)/|did you mean"
    r"|uvicorn|starlette|fastapi|strawberry|sqlalchemy|graphql-core|PRIVATE\+KEY|sqlite",
    re.IGNORECASE,
)


def _known(name: str, value: ValueNode, chance: int) -> ValueNode | None:
    """A value that exists, of the kind of the made-up one; None where there is none."""
    values = KNOWN.get(name, ())
    texts = [each for each in values if isinstance(each, str)]
    numbers = [each for each in values if isinstance(each, int)]
    if isinstance(value, StringValueNode) and texts:
        return StringValueNode(value=texts[chance % len(texts)])
    if isinstance(value, IntValueNode) and numbers:
        return IntValueNode(value=str(numbers[chance % len(numbers)]))
    lists = [each for each in values if isinstance(each, list)]
    of_texts = (
        isinstance(value, ListValueNode)
        and value.values
        and all(isinstance(each, StringValueNode) for each in value.values)
    )
    if of_texts and lists:
        found = lists[chance % len(lists)]
        return ListValueNode(values=tuple(StringValueNode(value=each) for each in found))
    return None


class _Insider(Visitor):
    """Puts known values in the place of made-up ones; the document decides which, so that it repeats."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._chance = sha256(text.encode("utf-8", "surrogatepass")).digest()
        self._place = 0

    def enter_argument(self, node: ArgumentNode, *_: object) -> ArgumentNode | None:
        """One argument of a field."""
        return self._known(node)

    def enter_object_field(self, node: ObjectFieldNode, *_: object) -> ObjectFieldNode | None:
        """One field of an input."""
        return self._known(node)

    def _known(self, node: Any) -> Any:
        self._place = (self._place + 1) % len(self._chance)
        chance = self._chance[self._place]
        found = _known(node.name.value, node.value, chance) if chance % 3 else None
        return type(node)(name=node.name, value=found) if found else None


def _is_graphql(case: Any) -> bool:
    return case.operation.schema.specification.name == "GraphQL"


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Name things that exist, to get past the first door; what is wrong on purpose stays."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if _is_graphql(case) and isinstance(case.body, str):
        try:
            case.body = print_ast(visit(parse(case.body), _Insider(case.body)))
        except GraphQLError:
            return
    elif "file" in (case.path_parameters or {}):
        chance = sha256(str(case.path_parameters).encode("utf-8", "surrogatepass")).digest()[0]
        if chance % 3:
            case.path_parameters["file"] = KNOWN["file"][chance % len(KNOWN["file"])]


@schemathesis.check
def tells_nothing_of_the_inside(_context: Any, response: Any, _case: Any) -> None:
    """No error is told in the words of what we are built from."""
    if response.status_code >= 400 or "application/json" in response.headers.get("content-type", [""])[0]:
        found = INSIDE.search(response.text)
        assert not found, f"tells of the inside: {found}"


@schemathesis.check
def is_protected(_context: Any, response: Any, _case: Any) -> None:
    """The headers that every answer carries, and nobody's name."""
    told = response.headers
    for name in ("content-security-policy", "x-content-type-options", "cache-control", "referrer-policy"):
        assert told.get(name), f"has no {name}"
    for name in ("server", "x-powered-by", "access-control-allow-origin"):
        assert not told.get(name), f"has {name}"


@schemathesis.check
def strangers_get_nothing(_context: Any, response: Any, case: Any) -> None:
    """Who is not signed in is told only that, wherever somebody must be."""
    if STRANGER and _is_graphql(case):
        codes = {each["extensions"]["code"] for each in response.json()["errors"]}
        assert (response.status_code, codes) == (401, {"NOT_SIGNED_IN"}), f"{response.status_code} {codes}"
    elif STRANGER and case.operation.definition.raw.get("security"):
        assert response.status_code in {401, 405, 413}, f"status {response.status_code}"


@schemathesis.check
def graphql_errors_have_codes(_context: Any, response: Any, case: Any) -> None:
    """Every error of a GraphQL answer has a code, and none of them says that it was ours."""
    if not _is_graphql(case):
        return
    assert response.status_code < 500, f"status {response.status_code}"
    told = response.json()
    assert set(told) <= {"data", "errors"}, f"keys {sorted(told)}"
    for error in told.get("errors", ()):
        code = error["extensions"]["code"]
        assert CODE.fullmatch(code), f"code {code!r}"
        assert code != "INTERNAL", f"an error of ours: {error}"
        positive = case.meta is not None and case.meta.generation.mode.is_positive
        assert not (positive and code == "DOCUMENT_REJECTED"), f"a document of the schema is refused: {error}"
        assert set(error) <= {"message", "path", "extensions"}, f"keys {sorted(error)}"
