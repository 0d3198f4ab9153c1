"""The words of the product, as EU law and police practice use them.

Python values and Rego input are the same words: `policy/rego/input.schema.json` is generated from here.
Sources: Europol Regulation (EU) 2016/794 Art. 18, 20, 22, 29 and Annexes I and II; Prüm II (EU) 2024/982
Art. 26 and 33; Directive (EU) 2023/977 Art. 5-7; SIENA handling codes; TLP 2.0.
"""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a signed-in person may do; which of them nobody holds together is in `policy.duties`."""

    ANALYST = "analyst"
    LIAISON = "liaison"
    OVERSIGHT = "oversight"
    ADMINISTRATOR = "administrator"


class Purpose(StrEnum):
    """Europol Regulation Art. 18(2) (a) to (d); THREAT_TO_LIFE is the break-glass purpose, Art. 22(2)."""

    CROSS_CHECKING = "CROSS_CHECKING"
    STRATEGIC_ANALYSIS = "STRATEGIC_ANALYSIS"
    OPERATIONAL_ANALYSIS = "OPERATIONAL_ANALYSIS"
    INFORMATION_EXCHANGE = "INFORMATION_EXCHANGE"
    THREAT_TO_LIFE = "THREAT_TO_LIFE"


class Aim(StrEnum):
    """The third part of a mandate, Prüm II Art. 33."""

    IDENTIFY_PERSON = "IDENTIFY_PERSON"
    MORE_DATA_ON_KNOWN = "MORE_DATA_ON_KNOWN"


class SubjectCategory(StrEnum):
    """Europol Regulation Annex II; NOT_A_PERSON and UNCATEGORISED are our own."""

    SUSPECT_OR_CONVICTED = "SUSPECT_OR_CONVICTED"
    LIKELY_OFFENDER = "LIKELY_OFFENDER"
    WITNESS = "WITNESS"
    VICTIM = "VICTIM"
    CONTACT_OR_ASSOCIATE = "CONTACT_OR_ASSOCIATE"
    INFORMANT = "INFORMANT"
    NOT_A_PERSON = "NOT_A_PERSON"
    UNCATEGORISED = "UNCATEGORISED"


class LegalBasis(StrEnum):
    """The provision on which a question or a grant rests."""

    ER_18_2_A = "ER_18_2_A"
    ER_18_2_B = "ER_18_2_B"
    ER_18_2_C = "ER_18_2_C"
    ER_18_2_D = "ER_18_2_D"
    ER_20_2A = "ER_20_2A"
    ER_22_2 = "ER_22_2"
    PRUM2_26 = "PRUM2_26"
    DIR_2023_977_ART5 = "DIR_2023_977_ART5"
    DIR_2023_977_ART7 = "DIR_2023_977_ART7"
    JIT_2023_969 = "JIT_2023_969"
    EIO_2014_41 = "EIO_2014_41"
    NATIONAL = "NATIONAL"


class Handling(StrEnum):
    """SIENA handling codes: independent flags, not a ladder."""

    H0 = "H0"
    H1 = "H1"
    H2 = "H2"
    H3 = "H3"


class SourceEvaluation(StrEnum):
    """Reliability of the source, Europol Regulation Art. 29(1); X is `cannot be assessed`."""

    A = "A"
    B = "B"
    C = "C"
    X = "X"


class InformationEvaluation(StrEnum):
    """Accuracy of the information, Europol Regulation Art. 29(2); unassessed is 4."""

    N1 = "1"
    N2 = "2"
    N3 = "3"
    N4 = "4"


class Tlp(StrEnum):
    """Traffic Light Protocol 2.0."""

    RED = "RED"
    AMBER_STRICT = "AMBER+STRICT"
    AMBER = "AMBER"
    GREEN = "GREEN"
    CLEAR = "CLEAR"


class Assessment(StrEnum):
    """Facts are told from personal assessments, Directive (EU) 2016/680 Art. 7."""

    FACT = "FACT"
    ASSESSMENT = "ASSESSMENT"


class Mode(StrEnum):
    """How much of a row a decision shows; each is the tier T0 to T3 of VOCABULARY, or nothing."""

    NONE = "none"
    HIT = "hit"
    CONTACT = "contact"
    CORE = "core"
    RECORD = "record"

    @property
    def rank(self) -> int:
        """0 for nothing, then T0 to T3 as 1 to 4."""
        return _RANKS[self]


_RANKS: Final = {mode: rank for rank, mode in enumerate(Mode)}


class Operation(StrEnum):
    """What a question does at a node."""

    LOOKUP = "lookup"
    SEARCH = "search"
    ENTITY = "entity"
    EXPAND = "expand"
    PROFILE = "profile"


class Obligation(StrEnum):
    """What an answer puts on both sides beside the handling codes of its rows."""

    NOTIFY_PROVIDER = "NOTIFY_PROVIDER"  # Europol Regulation Art. 22(2): told at the same time


class ErasureReason(StrEnum):
    """Why what identifies a person is erased from the evidence: its time is over, or somebody orders it.

    Regulation (EU) 2018/1725 Art. 88(2); Directive (EU) 2016/680 Art. 16(2) and (3), 17, 47(2).
    """

    RETENTION_EXPIRED = "RETENTION_EXPIRED"
    DATA_SUBJECT_REQUEST = "DATA_SUBJECT_REQUEST"
    COURT_ORDER = "COURT_ORDER"
    SUPERVISORY_ORDER = "SUPERVISORY_ORDER"


class Urgency(StrEnum):
    """How soon a follow-up is to be answered, Directive (EU) 2023/977 Art. 5(1) (a), (b) and (c)."""

    URGENT_DIRECT = "URGENT_DIRECT"
    URGENT = "URGENT"
    ORDINARY = "ORDINARY"


class Status(StrEnum):
    """One per node asked, in every federated result and its exports."""

    ANSWERED = "ANSWERED"
    NO_HIT = "NO_HIT"
    REFUSED = "REFUSED"
    OVER_QUOTA = "OVER_QUOTA"
    TIMED_OUT = "TIMED_OUT"
    UNREACHABLE = "UNREACHABLE"
    INVALID_ANSWER = "INVALID_ANSWER"


class Reason(StrEnum):
    """Why something is refused or withheld; the requester sees the code, owner and oversight the rule."""

    NO_GRANT = "NO_GRANT"
    GRANT_EXPIRED = "GRANT_EXPIRED"
    GRANT_REVOKED = "GRANT_REVOKED"
    PURPOSE_NOT_COVERED = "PURPOSE_NOT_COVERED"
    CATEGORY_NOT_COVERED = "CATEGORY_NOT_COVERED"
    CASE_NOT_COVERED = "CASE_NOT_COVERED"
    ROLE_NOT_COVERED = "ROLE_NOT_COVERED"
    FIELD_MASKED = "FIELD_MASKED"
    HANDLING_CODE = "HANDLING_CODE"
    UNCATEGORISED = "UNCATEGORISED"
    RETENTION_EXPIRED = "RETENTION_EXPIRED"
    ONGOING_INVESTIGATION = "ONGOING_INVESTIGATION"
    THIRD_PARTY_CONSENT = "THIRD_PARTY_CONSENT"
    JUDICIAL_AUTHORISATION_NEEDED = "JUDICIAL_AUTHORISATION_NEEDED"
    QUOTA = "QUOTA"
    POLICY = "POLICY"
    # Breakage that the border turns into a refusal (ARCHITECTURE 2 and 4).
    POLICY_UNAVAILABLE = "POLICY_UNAVAILABLE"
    AUDIT_UNAVAILABLE = "AUDIT_UNAVAILABLE"
    SHELF_UNAVAILABLE = "SHELF_UNAVAILABLE"
    LOG_NOT_WITNESSED = "LOG_NOT_WITNESSED"
    MANDATE_EXPIRED = "MANDATE_EXPIRED"
