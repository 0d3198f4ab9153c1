"""People, keys and signed contributions for the tests of shared pictures."""

from collections.abc import Mapping

from audit.keys import SigningKey, VerifyKey
from sharing.contributions import Act, Content, Contribution, Member, picture_id, sign_contribution
from sharing.keys import kid

PARIS, STOCKHOLM, HAGUE = Member("fr.a", "p-1"), Member("se.b", "p-2"), Member("eu.c", "p-3")
STRANGER = Member("se.b", "p-9")
KEYS = {node: SigningKey.generate(f"{node}/grant") for node in ("fr.a", "se.b", "eu.c")}
PICTURE = picture_id("fr.a", "opening")
END = 100_000


def keys_of(node: str) -> Mapping[str, VerifyKey]:
    """The grant keys of a node by kid."""
    return {kid(KEYS[node].public): KEYS[node].public} if node in KEYS else {}


def made(act: Act, author: Member, at: int, **told: object) -> Contribution:
    """A contribution of the picture unless another is named, signed by its author's node."""
    said = {"picture": PICTURE, "nonce": f"{act}-{author.person}-{at}"} | told
    return sign_contribution(Content(act=act, author=author, at=at, **said), KEYS[author.node])  # type: ignore[arg-type]  # a test's content


def note(author: Member, at: int, **told: object) -> Contribution:
    """A note that says when it was written."""
    return made(Act.NOTE, author, at, **({"text": f"seen at {at}"} | told))


OPENED = made(Act.OPENED, PARIS, 1, nonce="opening", case="FR-1", until=END, members=(STOCKHOLM, HAGUE))
