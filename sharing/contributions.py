"""Contributions: what analysts add to a picture that several nodes share. Signed, append-only, never edited.

A contribution is canonical JSON in a JWS by the grant key of its author's node; its id is the digest of what
was signed. It may refer to others by id. Nothing is ever taken out: a newer contribution says that an older
one was replaced or withdrawn. Whoever holds the same contributions sees the same picture (`sharing.picture`).
A picture's id is made of its opener's node (`picture_id`), so that nobody else can open it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from audit.canonical import JSON, encode
from audit.errors import AuditError
from audit.keys import VerifyKey
from audit.signer import Signer
from policy.handling import Mark
from policy.terms import Handling
from sharing import reading
from sharing.codes import DIGEST, ID, NODE_ID
from sharing.encoding import b64url, digest
from sharing.errors import ContributionRefused, FieldRefused
from sharing.jws import header, open_statement, sign_statement, verified_payload
from sharing.keys import Use

TYP = "entente-contribution+jwt"
MAX_STATEMENT = 32_768
"""Characters of a statement: a batch of one must pass as a notice."""
MAX_TEXT = 8_192
_LONGEST_CODE = 16
MAX_REFS = 64
MAX_HANDLES = 200
MAX_EVIDENCE = 32
HANDLE = re.compile(rf"{NODE_ID.pattern}/[A-Za-z0-9][A-Za-z0-9_.:-]{{0,127}}")
PICTURE_ID = re.compile(r"pic-[A-Za-z0-9_-]{8,40}")
SCORE = 1_000_000
"""A score of 1, for scores are whole millionths: canonical JSON has no fractions here."""


class Act(StrEnum):
    """What a contribution does."""

    OPENED = "OPENED"
    JOINED = "JOINED"
    PLACED = "PLACED"
    NOTE = "NOTE"
    HYPOTHESIS = "HYPOTHESIS"
    TASK = "TASK"
    LINK = "LINK"
    SAME = "SAME"
    NOT_SAME = "NOT_SAME"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    RETRACTED = "RETRACTED"
    CLOSED = "CLOSED"


TEXTS = frozenset({Act.NOTE, Act.HYPOTHESIS, Act.TASK, Act.LINK})
"""Acts with a text, which a later one of the same kind may replace."""
PAIRS = frozenset({Act.SAME, Act.NOT_SAME, Act.LINK})
"""Acts about exactly two handles."""
JUDGEMENTS = frozenset({Act.ACCEPTED, Act.REJECTED})
"""What a node says of a `SAME` or `NOT_SAME`; the newest of one node counts, of one second a rejection."""
_WITH_HANDLES = TEXTS | PAIRS | {Act.PLACED}
_WITHOUT_REFS = frozenset({Act.OPENED, Act.JOINED, Act.PLACED, Act.SAME, Act.NOT_SAME, Act.CLOSED})


class Assessment(StrEnum):
    """Facts are told from personal assessments (Directive (EU) 2016/680 Art. 7)."""

    FACT = "FACT"
    ASSESSMENT = "ASSESSMENT"


@dataclass(frozen=True, slots=True, order=True)
class Member:
    """An analyst of a node, under the pseudonym by which that node knows them."""

    node: str
    person: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What speaks for two handles being one thing; `score` in millionths, None when nobody measured."""

    score: int | None = None
    band: str = ""
    calibrated: bool = False
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """What is signed. `at` is the author's word, Unix seconds; `nonce` makes two alike into two.

    `case` and `until` are of OPENED, `members` of JOINED too; `handles` are what is placed or what a text is
    about; `refs` are the contributions that this one replaces, judges or withdraws.
    """

    picture: str
    act: Act
    author: Member
    at: int
    nonce: str
    refs: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    text: str = ""
    assessment: Assessment = Assessment.ASSESSMENT
    mark: Mark = field(default_factory=Mark)
    proposal: Proposal = field(default_factory=Proposal)
    members: tuple[Member, ...] = ()
    case: str = ""
    until: int = 0


@dataclass(frozen=True, slots=True)
class Contribution:
    """A content whose signature was checked. `id` is the digest of the canonical content."""

    id: str
    content: Content
    statement: str = field(repr=False, compare=False)


KeysOf = Callable[[str], Mapping[str, VerifyKey]]
"""The grant keys of a node by kid, none for a node that is not known."""


def picture_id(node: str, nonce: str) -> str:
    """The id of the picture that an OPENED of that node with that nonce opens, and no other node can."""
    return f"pic-{b64url(sha256(f'{node} {nonce}'.encode()).digest()[:24])}"


def sign_contribution(content: Content, key: Signer) -> Contribution:
    """Sign a content by the author's node; `ContributionRefused` if it is not in shape."""
    statement = sign_statement(encode(_written(content)), key, TYP)
    return open_contribution(statement, {f"{key.public.name}:{key.public.key_id.hex()}": key.public})


def open_contribution(statement: str, keys: Mapping[str, VerifyKey]) -> Contribution:
    """What one of `keys` signed; `ContributionRefused` unless signature, form and node hold."""
    try:
        if len(statement) > MAX_STATEMENT:
            raise FieldRefused(f"{len(statement)} characters, at most {MAX_STATEMENT}")
        payload = _payload(statement, keys)
        content = _read(reading.json_object(payload, MAX_STATEMENT))
        if not any(key.name == f"{content.author.node}/{Use.GRANT}" for key in keys.values()):
            raise FieldRefused(f"author of {content.author.node}, who is not whose keys these are")
        reading.same(encode(_written(content)), payload)
        _check(content)
    except (AuditError, ValueError) as error:
        raise ContributionRefused(f"contribution: {error}") from error
    return Contribution(digest(payload), content, statement)


def _payload(statement: str, keys: Mapping[str, VerifyKey]) -> bytes:
    """What was signed, by the short way: the header is one of those that these keys write."""
    head = statement.partition(".")[0]
    for name, key in keys.items():
        if head == header(name, TYP):
            return verified_payload(statement, head, key)
    return open_statement(statement, keys, TYP)


def _written(content: Content) -> dict[str, JSON]:
    proposal, mark = content.proposal, content.mark
    return {
        "picture": content.picture,
        "act": content.act.value,
        "node": content.author.node,
        "person": content.author.person,
        "at": content.at,
        "nonce": content.nonce,
        "refs": _sorted(content.refs),
        "handles": list(content.handles),
        "text": content.text,
        "assessment": content.assessment.value,
        "handling": _sorted(each.value for each in mark.handling),
        "source": mark.source.value,
        "information": mark.information.value,
        "tlp": mark.tlp.value,
        "score": proposal.score,
        "band": proposal.band,
        "calibrated": proposal.calibrated,
        "evidence": list(proposal.evidence),
        "members": [{"node": each.node, "person": each.person} for each in content.members],
        "case": content.case,
        "until": content.until,
    }


def _sorted(words: Iterable[str]) -> list[JSON]:
    found: list[JSON] = []
    found.extend(sorted(words))
    return found


_KEYS = frozenset(_written(Content("pic-00000000", Act.CLOSED, Member("xx", "x"), 0, "x")).keys())


def _read(value: object) -> Content:
    told = reading.exact(value, _KEYS)
    handling = reading.words(told, "handling", len(Handling), ID)
    mark = [reading.text(told, name, _LONGEST_CODE) for name in ("source", "information", "tlp")]
    return Content(
        picture=reading.matching(told, "picture", PICTURE_ID),
        act=Act(reading.matching(told, "act", ID)),
        author=Member(reading.matching(told, "node", NODE_ID), reading.matching(told, "person", ID)),
        at=reading.whole(told, "at"),
        nonce=reading.matching(told, "nonce", ID),
        refs=reading.words(told, "refs", MAX_REFS, DIGEST),
        handles=reading.words(told, "handles", MAX_HANDLES, HANDLE),
        text=reading.text(told, "text", MAX_TEXT),
        assessment=Assessment(reading.matching(told, "assessment", ID)),
        mark=Mark.read(handling, *mark),
        proposal=Proposal(
            score=None if told["score"] is None else reading.whole(told, "score", 0, SCORE),
            band=reading.text(told, "band", 40),
            calibrated=reading.flag(told, "calibrated"),
            evidence=reading.words(told, "evidence", MAX_EVIDENCE, ID),
        ),
        members=tuple(_member(each) for each in reading.items(told, "members", MAX_REFS)),
        case=reading.text(told, "case", 128),
        until=reading.whole(told, "until"),
    )


def _member(value: object) -> Member:
    told = reading.exact(value, frozenset({"node", "person"}))
    return Member(reading.matching(told, "node", NODE_ID), reading.matching(told, "person", ID))


def _check(content: Content) -> None:
    act, count = content.act, len(content.handles)
    if count != len(set(content.handles)) or len(content.refs) != len(set(content.refs)):
        raise FieldRefused(f"{act}: a handle or a reference stands twice")
    if act in PAIRS and count != len(("left", "right")):
        raise FieldRefused(f"{act}: is about {count} handles, not two")
    if (act is Act.PLACED) > bool(count) or (count and act not in _WITH_HANDLES):
        raise FieldRefused(f"{act}: names {count} handles")
    if bool(content.refs) and act in _WITHOUT_REFS:
        raise FieldRefused(f"{act}: refers to others")
    if not content.refs and act in JUDGEMENTS | {Act.RETRACTED}:
        raise FieldRefused(f"{act}: refers to nothing")
    if bool(content.text.strip()) != (act in TEXTS or (act is Act.OPENED and bool(content.text))):
        raise FieldRefused(f"{act}: has {'a' if content.text else 'no'} text")
    if (act is Act.OPENED) != bool(content.case and content.until):
        raise FieldRefused(
            f"{act}: names {'a' if content.case else 'no'} case and {content.until} as its end"
        )
    if act is Act.OPENED and content.picture != (made := picture_id(content.author.node, content.nonce)):
        raise FieldRefused(f"{act}: opens {content.picture}, where {content.author.node} may open {made}")
    if bool(content.members) and act not in {Act.OPENED, Act.JOINED}:
        raise FieldRefused(f"{act}: names members")
