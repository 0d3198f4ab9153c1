"""Tries an engine on known decisions before it may decide: one that differs does not start."""

from collections.abc import Awaitable, Callable, Mapping

from policy.bundle import Bundle, vectors
from policy.errors import EngineFailed, Exhausted


def try_vectors(decide: Callable[[str, Mapping[str, object]], object], name: str, bundle: Bundle) -> None:
    """Evaluate every vector with `decide(rule, document)`; raises `EngineFailed` at the first difference."""
    for title, vector in vectors().items():
        _compare(name, title, decide(vector["rule"], vector["input"]), _wanted(vector, bundle))


def differing(decide: Callable[[str, Mapping[str, object]], object], bundle: Bundle) -> list[str]:
    """Names of the packaged vectors that other Rego decides otherwise, or cannot decide.

    `Exhausted` at the first that takes it too many steps: there is no use in trying the others.
    """
    found = []
    for title, vector in vectors().items():
        try:
            answer = decide(vector["rule"], vector["input"])
        except Exhausted:
            raise
        except EngineFailed:
            answer = None
        if answer != _wanted(vector, bundle):
            found.append(title)
    return found


async def try_vectors_async(
    decide: Callable[[str, Mapping[str, object]], Awaitable[object]], name: str, bundle: Bundle
) -> None:
    """The same for an engine that is awaited."""
    for title, vector in vectors().items():
        _compare(name, title, await decide(vector["rule"], vector["input"]), _wanted(vector, bundle))


def _wanted(vector: Mapping[str, Mapping[str, object]], bundle: Bundle) -> Mapping[str, object]:
    revision = {} if "revision" in vector["decision"] else {"revision": bundle.revision}
    return {**vector["decision"], **revision}


def _compare(name: str, title: str, answer: object, wanted: object) -> None:
    if answer != wanted:
        raise EngineFailed(f"engine {name}: vector {title!r} gives {answer!s:.300}, wanted {wanted!s:.300}")
