"""One exchange of a case: a leaf, the paper sealed beside it, and the keys that both are held to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from audit.receipt import VerifiedReceipt
from sharing.encoding import digest
from sharing.errors import FieldRefused
from sharing.pack_keys import Keys
from sharing.pack_papers import check_receipt, check_reply, check_request, check_statement
from sharing.papers import Paper
from sharing.signature import QUESTIONS, parse_stamp

_JUSTIFICATION = ("purpose", "legal_basis", "offence", "subject_category", "aim", "unit")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A leaf `record` at `index`, of kind QUESTION_RECEIVED or ANSWERS_RECEIVED, with one of its papers."""

    index: int
    record: Mapping[str, Any]
    paper: Paper
    keys: Keys = field(repr=False)

    def __str__(self) -> str:
        """Where it stands, and between whom it was."""
        return f"leaf {self.index}, {self.paper.asker} to {self.paper.asked}"

    def check_request(self, case: str) -> None:
        """The request is signed under a mandate for this case; who was asked logged what it says."""
        received = self.record["kind"] == "QUESTION_RECEIVED"
        own, other = self.record["node"], self.record.get("partner")
        asker, asked = (other, own) if received else (own, self.paper.asked)
        if (self.paper.asker, self.paper.asked) != (asker, asked):
            raise FieldRefused(f"the leaf is of {asker} to {asked}")
        claims = check_request(self.paper, self.keys)
        mandate = claims["mandate"]
        if mandate["case"] != case:
            raise FieldRefused(f"mandate: is for case {str(mandate['case'])[:80]!r}, the pack is of {case!r}")
        if received:
            self._check_told(claims)
            self._check_intent_receipt(claims)

    def _check_told(self, claims: Mapping[str, Any]) -> None:
        """The leaf says of person, key and justification what the signed message said."""
        said = {name: claims["mandate"][name] for name in _JUSTIFICATION}
        said |= {"asker": claims["sub"], "key": parse_stamp(self.paper.request, QUESTIONS.covers).keyid}
        for name, value in said.items():
            if self.record.get(name) != value:
                raise FieldRefused(f"{name}: the leaf says {self.record.get(name)!r}, the message {value!r}")

    def _check_intent_receipt(self, claims: Mapping[str, Any]) -> None:
        """The asker's receipt is the one that its signed mandate names: what it says, the asker has said."""
        text = self.paper.intent_receipt
        if claims["receipt"] != digest(text.encode()):
            raise FieldRefused(f"mandate: names the receipt {claims['receipt']}, the paper has another")
        receipt = check_receipt(text, self.paper.asker, self.keys)
        self._committed(receipt, self.record["counterpart"], self.record["counterpart_leaf"])
        if (receipt.kind.value, receipt.subject) != ("ASKED", self.record["request"]):
            raise FieldRefused(f"receipt of {self.paper.asker}: is for {receipt.kind} {receipt.subject}")

    def check_reply(self) -> list[str]:
        """The reply is signed for this request, its receipt is the one in the leaf; returns what to add."""
        paper, node = self.paper, self.paper.asked
        check_reply(paper, self.keys)
        committed = self.record["receipts"].get(node)
        if committed is None:
            return [f"{self}: a rejection, {paper.statement[:80]}"]
        if not paper.outcome_receipt:
            return [f"{self}: receipt and statement were too long to be kept; the leaf has their digests"]
        receipt = check_receipt(paper.outcome_receipt, node, self.keys)
        self._committed(receipt, committed, self.record["leaves"][node])
        statement = check_statement(paper, receipt, self.record["request"])
        status = statement.get("status", self.record["nodes_replied"][node])
        if statement["query_id"] != self.record["query_id"] or status != self.record["nodes_replied"][node]:
            raise FieldRefused(f"statement: says {status} to {statement['query_id']}, the leaf does not")
        return []

    def _committed(self, receipt: VerifiedReceipt, text_digest: str, leaf: str) -> None:
        """The receipt is the one whose digest and leaf the own leaf commits to."""
        if (receipt.digest, receipt.leaf_digest) != (text_digest, leaf):
            raise FieldRefused(f"receipt of {receipt.origin}: is not the one that the leaf commits to")
