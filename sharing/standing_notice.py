"""What nodes say to each other of standing questions, as bodies of notices; all read as foreign data.

`STANDING_QUESTION` places one or renews it, `STANDING_STOP` ends it, `ALERT` tells that something arrived, in
no more than the tier of that moment; `DECONFLICTION` that another service watches or looked up what a
question is about, `DECONFLICTION_LOOKUP` that another one watches what was looked up, and nothing else of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from audit.canonical import JSON
from policy.mandate import Mandate
from policy.terms import Mode
from sharing import reading
from sharing.codes import ID, NODE_ID
from sharing.errors import FieldRefused
from sharing.mandate_parts import mandate_of, parts_of

STANDING_QUESTION = "STANDING_QUESTION"
STANDING_STOP = "STANDING_STOP"
ALERT = "ALERT"
DECONFLICTION = "DECONFLICTION"
DECONFLICTION_LOOKUP = "DECONFLICTION_LOOKUP"

LONGEST = 256
MOST_HANDLING = 32
_QUESTION = frozenset(
    {"question", "kind", "value", "from", "since", "until", "known", "round", "mandate", "id"}
)
_STOP = frozenset({"question", "id"})
_ALERT = frozenset({"question", "tier", "reference", "record", "handling", "at", "id"})
_DECONFLICTION = frozenset({"question", "service", "id"})
_LOOKUP = frozenset({"query", "service", "id"})


@dataclass(frozen=True, slots=True)
class Placed:
    """A question as its owner places or renews it elsewhere.

    `value` is the identifier in its owner's normal form, `begun` when it was placed, `since` from when on it
    is asked without a gap, `round` how often it was renewed.
    """

    question: str
    kind: str
    value: str = field(repr=False)
    begun: int
    since: int
    until: int
    known: bool
    round: int
    mandate: Mandate

    @property
    def body(self) -> dict[str, JSON]:
        """The body of the notice, but for the id."""
        told: dict[str, JSON] = {"question": self.question, "kind": self.kind, "value": self.value}
        told |= {"from": self.begun, "since": self.since, "until": self.until, "known": self.known}
        return told | {"round": self.round, "mandate": parts_of(self.mandate)}

    @classmethod
    def read(cls, sender: str, value: object) -> Self:
        """The question in a notice of `sender`; `FieldRefused` names what is not as agreed."""
        body = reading.exact(value, _QUESTION)
        try:
            return cls(
                reading.matching(body, "question", ID),
                reading.matching(body, "kind", ID),
                reading.text(body, "value", LONGEST),
                reading.whole(body, "from"),
                reading.whole(body, "since"),
                reading.whole(body, "until"),
                reading.flag(body, "known"),
                reading.whole(body, "round"),
                mandate_of(sender, body["mandate"]),
            )
        except FieldRefused:
            raise
        except ValueError as error:
            raise FieldRefused(f"standing question of {sender}: {error}") from error


@dataclass(frozen=True, slots=True)
class Given:
    """What a node tells the owner of a question: `record` from T2 on, `reference` from T1 on, `at` always."""

    question: str
    tier: Mode
    at: int
    reference: str = ""
    record: str = ""
    handling: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what a tier does not tell."""
        listed = self.tier in {Mode.CORE, Mode.RECORD}
        if self.tier is Mode.NONE or bool(self.record) != listed or (self.handling and not listed):
            raise FieldRefused(f"alert on {self.question}: {self.tier} tells no such record")
        if bool(self.reference) == (self.tier is Mode.HIT):
            raise FieldRefused(
                f"alert on {self.question}: {self.tier} with reference {self.reference[:80]!r}"
            )

    @property
    def body(self) -> dict[str, JSON]:
        """The body of the notice, but for the id."""
        told: dict[str, JSON] = {"question": self.question, "tier": self.tier.value, "at": self.at}
        return told | {
            "reference": self.reference,
            "record": self.record,
            "handling": list(self.handling),
        }

    @classmethod
    def read(cls, sender: str, value: object) -> Self:
        """The alert in a notice of `sender`; `FieldRefused` names what is not as agreed."""
        body = reading.exact(value, _ALERT)
        try:
            return cls(
                reading.matching(body, "question", ID),
                Mode(reading.matching(body, "tier", ID)),
                reading.whole(body, "at"),
                _optional(body, "reference"),
                _optional(body, "record"),
                reading.words(body, "handling", MOST_HANDLING, ID),
            )
        except FieldRefused:
            raise
        except ValueError as error:
            raise FieldRefused(f"alert of {sender}: {error}") from error


def stop_body(question: str) -> Mapping[str, JSON]:
    """The body that ends a question, but for the id."""
    return {"question": question}


def stop_read(value: object) -> str:
    """The question that a notice ends; `FieldRefused`."""
    return reading.matching(reading.exact(value, _STOP), "question", ID)


def deconfliction_body(question: str, service: str) -> Mapping[str, JSON]:
    """The body that tells the owner of a question that `service` is at the same, but for the id."""
    return {"question": question, "service": service}


def deconfliction_read(value: object) -> tuple[str, str]:
    """Question and service; `FieldRefused`."""
    body = reading.exact(value, _DECONFLICTION)
    return reading.matching(body, "question", ID), reading.matching(body, "service", NODE_ID)


def lookup_body(query_id: str, service: str) -> Mapping[str, JSON]:
    """The body that tells who looked something up that `service` watches it, but for the id."""
    return {"query": query_id, "service": service}


def lookup_read(value: object) -> tuple[str, str]:
    """The id of what was asked, and the service; `FieldRefused`."""
    body = reading.exact(value, _LOOKUP)
    return reading.matching(body, "query", ID), reading.matching(body, "service", NODE_ID)


def _optional(body: reading.Object, key: str) -> str:
    return "" if body[key] == "" else reading.matching(body, key, ID)
