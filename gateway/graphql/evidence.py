"""Evidence at the desk: receipts by query id, and the evidence pack of a case."""

import base64
from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway import evidence, receipts
from gateway.visit import Visit

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]


@strawberry.type(
    description="Proof that an entry is in a log, a tlog-proof as text; `witnesses` cosigned its checkpoint."
)
class Receipt:
    """A receipt of this node or of a partner."""

    node: str
    kind: str
    index: int
    size: int
    leaf: str
    subject: str | None
    witnesses: list[str]
    text: str


@strawberry.type(description="The receipts of one exchange: log-signed at once, witnessed within seconds.")
class ExchangeReceipts:
    """Receipts by query id."""

    query_id: str
    receipts: list[Receipt]


@strawberry.type(
    description="A case's evidence in one file (base64); `python FILE` checks it without this node."
)
class EvidencePack:
    """A file, its digest, and how much is in it."""

    digest: str
    leaves: int
    exchanges: int
    content: str


@strawberry.type
class EvidenceQuery:
    """What anybody can check."""

    @strawberry.field(
        graphql_type=ExchangeReceipts,
        description="Receipts of an exchange: an analyst's own question, or any for oversight with a reason.",
    )
    async def receipts(
        self, info: VisitInfo, query_id: str, justification: str | None = None, *, ask_partners: bool = False
    ) -> Shown:
        """Proofs; `askPartners` sends notices for the witnessed ones of theirs."""
        return await receipts.receipts(info.context, query_id, justification, ask_partners=ask_partners)


@strawberry.type
class EvidenceMutation:
    """What is taken out of the log; a mutation, because it is logged."""

    @strawberry.mutation(
        graphql_type=EvidencePack,
        description="The evidence pack of a case; role oversight. `openIdentities` is a reason, and logged.",
    )
    async def evidence(
        self, info: VisitInfo, case: str, justification: str, open_identities: str | None = None
    ) -> Shown:
        """A pack."""
        wanted = evidence.Wanted(case, justification, open_identities or "")
        pack = await evidence.taken(info.context, wanted)
        return {
            "digest": pack.digest,
            "leaves": pack.leaves,
            "exchanges": pack.exchanges,
            "content": base64.b64encode(pack.content).decode(),
        }
