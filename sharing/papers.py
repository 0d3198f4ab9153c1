"""Papers: what proves an exchange to a third party, without a word of question or answer.

A paper holds what the signatures of one exchange cover (the signed fields of request and reply, the bodies by
their Content-Digest only), the reply's statement, and the other side's receipt. Each side seals the papers it
has beside its own log entry, so that a court can check later who signed what, from keys of the directory.
Standard library and `audit` only: an evidence pack carries this file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any, Self

from audit.canonical import JSON, encode, parse_object
from audit.errors import AuditError
from sharing.errors import FieldRefused
from sharing.signature import REQUEST_FIELDS, RESPONSE_FIELDS, Headers

VERSION = 1
MOST_BYTES = 12_000
_SIGNED = ("signature-input", "signature")


@dataclass(frozen=True, slots=True)
class Paper:
    """One exchange between the nodes `asker` and `asked`, as far as this side can prove it.

    `authority` is the address that was signed for. `intent_receipt` is the asker's receipt (kept by who was
    asked); `status`, `reply`, `statement` and `outcome_receipt` are of the reply (kept by who asked). What a
    side has not is empty. `statement` is a rejection's whole body when it was one.
    """

    asker: str
    asked: str
    authority: str
    request: Headers = field(repr=False)
    intent_receipt: str = field(default="", repr=False)
    status: int = 0
    reply: Headers = field(default_factory=dict, repr=False)
    statement: str = field(default="", repr=False)
    outcome_receipt: str = field(default="", repr=False)

    @property
    def written(self) -> dict[str, JSON]:
        """The paper as JSON, without what it has not."""
        told = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: dict(value) if name in _FIELDS else value for name, value in told.items() if value}

    @classmethod
    def read(cls, value: object) -> Self:
        """The paper in a JSON value; `FieldRefused` says what is not as written."""
        if not isinstance(value, dict) or not _NEEDED <= value.keys() <= _FORMS.keys():
            raise FieldRefused(f"paper: needs {', '.join(sorted(_NEEDED))}, may have no others than agreed")
        wrong = [name for name, found in value.items() if not _fits(found, _FORMS[name])]
        if wrong:
            raise FieldRefused(f"paper: {wrong[0]} is not in its form")
        return cls(**value)


def signed_request(headers: Headers) -> Headers:
    """The fields of a request that its signature covers, and the signature."""
    return {name: headers[name] for name in (*REQUEST_FIELDS, *_SIGNED)}


def signed_reply(headers: Headers) -> Headers:
    """The fields of a reply that its signature covers, and the signature."""
    return {name: headers[name] for name in (*RESPONSE_FIELDS, *_SIGNED)}


def bundle(papers: Sequence[Paper]) -> bytes:
    """The papers as canonical JSON, to be sealed beside one log entry.

    A paper of more than 12,000 bytes (a partner may send a receipt of any length) is kept without statement
    and receipt: the signed fields and the digests in the leaf stay, and the blob has a bounded size.
    """
    return encode({"v": VERSION, "papers": [_short(paper).written for paper in papers]})


def read_bundle(data: bytes) -> tuple[Paper, ...]:
    """The papers in sealed bytes; `FieldRefused` if they are none."""
    try:
        value = parse_object(data)
    except AuditError as error:
        raise FieldRefused(f"papers: {error}") from error
    papers = value.get("papers")
    if value.keys() != {"v", "papers"} or value["v"] != VERSION or not isinstance(papers, list):
        raise FieldRefused(f"papers: no bundle of version {VERSION}")
    return tuple(map(Paper.read, papers))


def _short(paper: Paper) -> Paper:
    if len(paper.statement) + len(paper.outcome_receipt) < MOST_BYTES // 2:
        return paper
    if len(encode(paper.written)) <= MOST_BYTES:
        return paper
    return replace(paper, statement="", outcome_receipt="")


_FIELDS = frozenset({"request", "reply"})
_NEEDED = frozenset({"asker", "asked", "authority", "request"})
_FORMS: Mapping[str, type[Any]] = MappingProxyType(
    {
        each.name: dict if each.name in _FIELDS else int if each.name == "status" else str
        for each in fields(Paper)
    }
)


def _fits(value: object, form: type[Any]) -> bool:
    if type(value) is not form:
        return False
    return form is not dict or all(isinstance(each, str) for each in value.values())  # type: ignore[attr-defined]  # a dict
