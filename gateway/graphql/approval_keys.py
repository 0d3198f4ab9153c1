"""Keys with which officers approve, at the desk: see `gateway.approval_keys` and `gateway.approving`."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import strawberry
from strawberry.types import Info

from gateway import approval_keys, approving
from gateway.approval_keys import own
from gateway.key_given import GivenAssertion, GivenKey
from gateway.visit import Visit

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]


@strawberry.enum(name="KeyAct", description="What a person's key is asked to sign.")
class KeyAct(StrEnum):
    """In the words of the log."""

    NEW_KEY = approving.NEW_KEY.act
    FURTHER_KEY = approving.ADD
    GRANT = approving.GRANT
    FOLLOW_UP = approving.FOLLOW_UP


@strawberry.type(description="A key of a person: a passkey or a security key; `model` is its AAGUID.")
class ApprovalKey:
    """`synced`: its maker keeps copies of it."""

    id: strawberry.ID
    label: str
    model: str
    synced: bool
    added_at: str
    used_at: str | None


@strawberry.type(description="The officer's own keys. `rule`: REQUIRED, OFFERED or OFF, as the node is set.")
class ApprovalKeys:
    """`needed`: an approval takes one; `open`: a first one may be added without another's signature."""

    rule: str
    needed: bool
    open: bool
    keys: list[ApprovalKey]


@strawberry.type(description="Somebody who has keys here, or had some and may add none before a reset.")
class KeyHolder:
    """A person by the node's id for them."""

    person: str
    keys: list[ApprovalKey]


@strawberry.type(description="A key that the browser may ask for.")
class AskedKey:
    """Its id in base64url, and how it is reached."""

    id: strawberry.ID
    transports: list[str]


@strawberry.type(description="What the browser hands to a key; `challenge` and `userId` are base64url.")
class KeyChallenge:
    """Good once, for `seconds`, for this person and this act; `nonce` comes back with the answer."""

    nonce: str
    challenge: str
    rp_id: str
    user_id: str
    user_name: str
    seconds: int
    keys: list[AskedKey]


@strawberry.input(description="What `navigator.credentials.get` gave; all but `nonce` in base64url.")
class AssertionInput:
    """An answer to a challenge."""

    nonce: str
    credential: str
    authenticator_data: str
    client_data: str
    signature: str


@strawberry.input(description="What `navigator.credentials.create` gave; `nonce` and transports as they are.")
class NewKeyInput:
    """An answer to a challenge for NEW_KEY."""

    nonce: str
    credential: str
    client_data: str
    attestation: str
    transports: list[str] = strawberry.field(default_factory=list)


def assertion(given: AssertionInput | None) -> GivenAssertion | None:
    """The input as the use cases take it."""
    return None if given is None else GivenAssertion(**vars(given))


@strawberry.type
class ApprovalKeyQuery:
    """Whose keys there are, and what they are asked to sign."""

    @strawberry.field(graphql_type=ApprovalKeys, description="The caller's own keys; role liaison.")
    def approval_keys(self, info: VisitInfo) -> Shown:
        """Own keys."""
        return own(info.context)

    @strawberry.field(
        graphql_type=KeyChallenge,
        description="A challenge for the caller's key: over `digest`, as it was seen, of what has the id"
        " `about`. For NEW_KEY both are left out. Role liaison.",
    )
    def key_challenge(self, info: VisitInfo, act: KeyAct, about: str = "", digest: str = "") -> Shown:
        """What to sign."""
        wanted = approving.Subject(act.value, about, digest)
        return approving.challenge(info.context, approving.NEW_KEY if act is KeyAct.NEW_KEY else wanted)

    @strawberry.field(graphql_type=list[KeyHolder], description="Who has keys here; role administrator.")
    def key_holders(self, info: VisitInfo) -> list[Shown]:
        """Holders."""
        return approval_keys.holders(info.context)


@strawberry.type
class ApprovalKeyMutation:
    """Each step is logged before it counts, and takes a fresh proof of who is there."""

    @strawberry.mutation(
        graphql_type=ApprovalKeys,
        description="Add a key of the caller's own; from the second one on, `proof` is by one they have, for"
        " FURTHER_KEY about the new one's id, over the digest of its attestation. Role liaison.",
    )
    async def add_approval_key(
        self, info: VisitInfo, label: str, key: NewKeyInput, proof: AssertionInput | None = None
    ) -> Shown:
        """A key more."""
        said = dict(vars(key))
        given = GivenKey(**said | {"transports": tuple(said["transports"])})
        return await approval_keys.add(info.context, label, given, assertion(proof))

    @strawberry.mutation(
        graphql_type=ApprovalKeys, description="Remove a key of the caller's own; role liaison."
    )
    async def remove_approval_key(self, info: VisitInfo, id: strawberry.ID) -> Shown:
        """A key fewer."""
        return await approval_keys.remove(info.context, str(id))

    @strawberry.mutation(
        graphql_type=list[KeyHolder],
        description="End all keys of a person, who may then add a first one again; role administrator.",
    )
    async def reset_approval_keys(self, info: VisitInfo, person: str, reason: str) -> list[Shown]:
        """The way cleared."""
        return await approval_keys.reset(info.context, person, reason)
