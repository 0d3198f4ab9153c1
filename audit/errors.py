"""The one error family of the room.

Every error carries a stable `code` (safe to show to a client) and a `diagnostics()` text for the operator's
log. The message names both sides of a disagreement and never holds operational content or key material.
"""

from typing import ClassVar


class AuditError(Exception):
    """Something about the evidence is wrong; `code` says what, the message says which."""

    code: ClassVar[str] = "AUDIT_ERROR"
    hint: ClassVar[str] = "Read the message; it names both sides."

    def diagnostics(self) -> str:
        """Return code, message, cause and what to do, as lines for an operator."""
        cause = (
            "" if self.__cause__ is None else f"\ncause: {type(self.__cause__).__name__}: {self.__cause__}"
        )
        return f"{self.code}: {self}{cause}\nto do: {self.hint}"


class AuditUnavailable(AuditError):
    """The log cannot append now; nothing may be read and nothing may leave until it can."""

    code = "AUDIT_UNAVAILABLE"
    hint = "Free disk space or bring the log's database back; the log recovers by itself."


class KeyUnavailable(AuditUnavailable):
    """A private key is out of reach: its token is away or does not let the node in. Nothing is signed."""

    code = "KEY_UNAVAILABLE"
    hint = "Bring the token back; `entente doctor` says what it misses. Signing goes on by itself."


class GuardRefused(AuditUnavailable):
    """The store contradicts the last head that was signed; the log signs nothing more."""

    code = "GUARD_REFUSED"
    hint = "The database is not what was signed. Bring back its newest copy; never delete the guard."


class ForkRefused(AuditUnavailable):
    """Another writer has extended this log; appending here would fork it."""

    code = "FORK_REFUSED"
    hint = "Stop one of the two writers and start the other one anew."


class Fenced(ForkRefused):
    """Another sequencer has taken the log over; this one may not commit any more and ends itself."""

    code = "FENCED"
    hint = "Nothing is broken: the other sequencer goes on. Start this one again as its standby."


class StoreRefused(AuditUnavailable):
    """The store cannot promise durability, or holds something that no log wrote."""

    code = "STORE_REFUSED"
    hint = "Set the durability setting named in the message, or restore the damaged file."


class StandbyMissing(AuditUnavailable):
    """The log's server commits without waiting for a standby, and this log was told to have one."""

    code = "STANDBY_MISSING"
    hint = "Let the server wait for a standby (database.md); entries go on by themselves when it does."


class Quarantined(AuditUnavailable):
    """The log was stopped on purpose: what it holds contradicts what others have seen of it."""

    code = "QUARANTINED"
    hint = "Compare the log with its witnesses before anything else; keep every copy, they are evidence."


class WitnessQuarantined(AuditUnavailable):
    """The witness has forgotten what it saw since its backup; under its old key it cosigns no more."""

    code = "WITNESS_QUARANTINED"
    hint = "Give the witness a new key: what it forgot was cosigned under the old one."


class Duplicate(AuditError):
    """An entry with the same `once` key is already in the log and still in its life."""

    code = "DUPLICATE"
    hint = "The same message came twice; answer the second one as a replay."


class EntryRefused(AuditError):
    """An entry does not fit the leaf format, or holds something that might be content."""

    code = "ENTRY_REFUSED"
    hint = "Log digests, codes and counts; put what identifies a person into `sealed`."


class KeyRefused(AuditError):
    """A key, key name or key file cannot be used."""

    code = "KEY_REFUSED"
    hint = "Key files are regular files of mode 0600 that hold one signed-note key."


class FormatRefused(AuditError):
    """A text or byte string is not in the form its specification demands."""

    code = "FORMAT_REFUSED"
    hint = "Compare with the C2SP specification or RFC that the message names."


class ProofRefused(AuditError):
    """A signature or a Merkle proof does not hold."""

    code = "PROOF_REFUSED"
    hint = "Keep both sides; a proof that does not hold is evidence."


class SealRefused(AuditError):
    """A sealed blob cannot be opened: erased, wrong key, or not what the leaf commits to."""

    code = "SEAL_REFUSED"
    hint = "An erased blob stays closed for ever; anything else is a finding."


class SearchRefused(AuditError):
    """A search of the index asks for what no search can mean."""

    code = "SEARCH_REFUSED"
    hint = "Give times with a zone, and at most 500 rows at a time."


class OversightUnavailable(AuditError):
    """Oversight's own database (the index of the log, the findings) cannot be used now."""

    code = "OVERSIGHT_UNAVAILABLE"
    hint = "Bring the oversight database back; the index is made anew from the log if it is lost."


class IndexRefused(OversightUnavailable):
    """The index moved on while it was brought to an older head."""

    code = "INDEX_MOVED"
    hint = "Ask again."


class ErasureRefused(AuditError):
    """An erasure names what is not there or is gone already, lacks its second person, or comes too late."""

    code = "ERASURE_REFUSED"
    hint = "Nothing of this erasure was erased; propose it anew over what is still there."


class FindingRefused(AuditError):
    """A finding, or a change of its state, that there cannot be."""

    code = "FINDING_REFUSED"
    hint = "Read the finding again; its state goes OPEN, UNDER_REVIEW, then CONFIRMED or DISMISSED."
