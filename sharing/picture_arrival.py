"""What comes from another node for a picture: hostile until opened, and kept only from members' nodes.

A contribution may be brought by another node than its author's, for it is signed. A picture is known here
once its OPENED, or a member's JOINED, names this node.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from audit.canonical import JSON, encode
from policy.terms import Reason
from sharing import reading
from sharing.codes import DIGEST, ID
from sharing.contributions import (
    MAX_STATEMENT,
    PICTURE_ID,
    Contribution,
    KeysOf,
    Member,
    open_contribution,
)
from sharing.encoding import unb64url
from sharing.errors import ContributionRefused, FieldRefused, PictureUnknown
from sharing.keys import Use
from sharing.outbox import LETTER_ID, MAX_BODY
from sharing.picture import members

PICTURE_CONTRIBUTIONS, PICTURE_SYNC = "PICTURE_CONTRIBUTIONS", "PICTURE_SYNC"
MOST_IN_BATCH = 200
MOST_WAITING = 256
"""Contributions of a picture that are kept although no member named their author yet."""
MOST_KEPT = 100_000
"""Contributions of one picture."""
_MOST_HEADER = 400
_FRAME = 512
"""Bytes of a letter's body beside its items."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one letter brings: statements, and why others are not there (reason codes by id)."""

    picture: str
    statements: tuple[str, ...]
    withheld: Mapping[str, str]

    @property
    def body(self) -> dict[str, JSON]:
        """The body of the letter."""
        reasons: list[JSON] = [[key, reason] for key, reason in sorted(self.withheld.items())]
        return {"picture": self.picture, "contributions": list(self.statements), "withheld": reasons}


def batches(picture: str, statements: Sequence[str], withheld: Mapping[str, str]) -> list[Batch]:
    """The same in batches that each pass as a letter, in that order."""
    items: list[tuple[str, str]] = [(each, "") for each in statements]
    items += sorted(withheld.items())
    found: list[Batch] = []
    part: list[tuple[str, str]] = []
    size = _FRAME
    for item in items:
        length = len(encode(list(item))) + 1
        if part and (size + length > MAX_BODY or len(part) == MOST_IN_BATCH):
            found.append(_batch(picture, part))
            part, size = [], _FRAME
        part.append(item)
        size += length
    return [*found, _batch(picture, part)] if part else found


def _batch(picture: str, items: Sequence[tuple[str, str]]) -> Batch:
    statements = tuple(first for first, reason in items if not reason)
    return Batch(picture, statements, {first: reason for first, reason in items if reason})


def read_batch(body: Mapping[str, JSON]) -> Batch:
    """A partner's letter; `FieldRefused` names what is wrong with it."""
    told = reading.exact(dict(body), frozenset({"id", "picture", "contributions", "withheld"}))
    reading.matching(told, "id", LETTER_ID)
    withheld = dict(_stub(each) for each in reading.items(told, "withheld", MOST_IN_BATCH))
    statements = reading.texts(told, "contributions", MOST_IN_BATCH, MAX_STATEMENT)
    return Batch(reading.matching(told, "picture", PICTURE_ID), statements, withheld)


def _stub(value: object) -> tuple[str, str]:
    if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004  # id and reason
        raise FieldRefused("withheld holds something that is no id with a reason")
    told = {"id": value[0], "reason": value[1]}
    return reading.matching(told, "id", DIGEST), Reason(reading.matching(told, "reason", ID)).value


def opened_of(picture: str, statements: Iterable[str], keys_of: KeysOf) -> list[Contribution]:
    """Those of the statements that are contributions to that picture, signed by their author's node."""
    found = []
    for statement in statements:
        try:
            contribution = open_contribution(statement, keys_of(_signer(statement)))
        except (ContributionRefused, ValueError):
            continue
        if contribution.content.picture == picture:
            found.append(contribution)
    return found


def _signer(statement: str) -> str:
    """The node whose grant key a statement names; `ValueError` if it is no statement."""
    head = reading.json_object(unb64url(statement[:_MOST_HEADER].partition(".")[0]), _MOST_HEADER)
    name = reading.text(reading.exact(head, frozenset({"alg", "kid", "typ"})), "kid", _MOST_HEADER)
    return name.partition(f"/{Use.GRANT}:")[0]


@dataclass(frozen=True, slots=True)
class Known:
    """What is here of a picture: its OPENED and JOINED, and how many contributions of each author."""

    papers: Sequence[Contribution]
    authors: Mapping[Member, int]


def admitted(
    arrived: Sequence[Contribution], known: Known, own: str, sender: str
) -> tuple[Contribution, ...]:
    """Those that may be kept; `PictureUnknown` unless both nodes belong to the picture.

    Of authors whom no member named yet so many wait as there is room for, and so many are kept in all.
    """
    named = members([*known.papers, *arrived])
    nodes = {each.node for each in named}
    if not {own, sender} <= nodes:
        raise PictureUnknown(f"picture: {sender} and {own} do not both belong to it, as far as {own} knows")
    room = MOST_WAITING - sum(count for author, count in known.authors.items() if author not in named)
    total = MOST_KEPT - sum(known.authors.values())
    ours = [each for each in arrived if each.content.author in named]
    waiting = [each for each in arrived if each.content.author not in named]
    return tuple([*ours, *waiting[: max(0, room)]][: max(0, total)])
