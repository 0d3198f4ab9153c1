"""The one error family of the room.

What a partner did wrong is a value (`Rejected`, `Silence`), not an error. Every error carries a stable `code`
(safe to show); the message names both sides of a disagreement.
"""

from typing import ClassVar


class SharingError(Exception):
    """Something in the post room is wrong; `code` says what, the message says which."""

    code: ClassVar[str] = "SHARING_ERROR"


class FieldRefused(SharingError, ValueError):
    """Foreign data is not what was agreed; the message names the field."""

    code = "MALFORMED"


class NotSealed(SharingError):
    """A message may not leave: its receipt is missing or is for another message."""

    code = "NOT_SEALED"


class DirectoryRefused(SharingError):
    """A directory document is not to be trusted: signature, form, or a node in it."""

    code = "DIRECTORY_REFUSED"


class DirectoryExpired(DirectoryRefused):
    """The directory is past its life; nothing is sent or accepted until a newer one is in place."""

    code = "DIRECTORY_EXPIRED"


class DirectoryRolledBack(DirectoryRefused):
    """A directory is older than the last one seen, or differs from it under the same version."""

    code = "DIRECTORY_ROLLED_BACK"


class GrantRefused(SharingError):
    """A grant statement is not valid: signature, form, approvals, or terms."""

    code = "GRANT_REFUSED"


class GrantConflict(SharingError):
    """A grant version is not the one after the stored one."""

    code = "GRANT_CONFLICT"


class GrantUnknown(SharingError):
    """No grant of that id is in the book."""

    code = "GRANT_UNKNOWN"


class ProposalRefused(SharingError):
    """A proposal is not in the state, or not that person's, for what was wanted of it."""

    code = "PROPOSAL_REFUSED"


class ProposalConflict(SharingError):
    """Somebody else changed the proposal in the meantime."""

    code = "PROPOSAL_CONFLICT"


class ProposalUnknown(SharingError):
    """No proposal of that id is in the book."""

    code = "PROPOSAL_UNKNOWN"


class TemplateRefused(SharingError):
    """A template is unknown or malformed, or what was given does not fill it."""

    code = "TEMPLATE_REFUSED"


class ConsentRefused(SharingError):
    """A consent statement is not valid: signature, form, approvals, or terms."""

    code = "CONSENT_REFUSED"


class ConsentConflict(SharingError):
    """A version of a consent is not the stored one, or follows one that was final."""

    code = "CONSENT_CONFLICT"


class ConsentUnknown(SharingError):
    """No consent of that provider and id is in the book."""

    code = "CONSENT_UNKNOWN"


class MandateRefused(SharingError):
    """A mandate may not be opened: a part is missing, malformed, or its life is wrong."""

    code = "MANDATE_REFUSED"


class MandateUnknown(SharingError):
    """No mandate of that id is open for that actor."""

    code = "MANDATE_UNKNOWN"


class OutboxRefused(SharingError):
    """A letter cannot be kept or told: its form, its size, or another one has its id."""

    code = "OUTBOX_REFUSED"


class OutboxUnknown(SharingError):
    """No letter of that id is in the outbox."""

    code = "OUTBOX_UNKNOWN"


class ItemRefused(SharingError):
    """An item of the inbox is malformed, or may not be decided as it is."""

    code = "ITEM_REFUSED"


class ItemUnknown(SharingError):
    """No item of that id is in the inbox."""

    code = "ITEM_UNKNOWN"


class ItemConflict(SharingError):
    """An item has changed since it was read; somebody else decided."""

    code = "ITEM_CHANGED"


class RecallRefused(SharingError):
    """A recall or rectification is malformed, or another one came under its id."""

    code = "RECALL_REFUSED"


class LeaseUnknown(SharingError):
    """No kept record of that id is in the book."""

    code = "LEASE_UNKNOWN"


class MandateEnded(MandateUnknown):
    """The mandate was that actor's and has ended: by its time, or because it was closed."""

    code = "MANDATE_EXPIRED"


class Undelivered(SharingError):
    """A courier could not bring back a reply; the subclass says why."""

    code = "UNREACHABLE"


class Unreachable(Undelivered):
    """No connection, or it broke before the whole reply was there."""

    code = "UNREACHABLE"


class TimedOut(Undelivered):
    """The reply was not complete in time."""

    code = "TIMED_OUT"


class ReplyTooLarge(Undelivered):
    """The reply passed the size cap; the rest was not read."""

    code = "REPLY_TOO_LARGE"


class ShapeRefused(SharingError):
    """An answer's payload is not the shape that partners agreed on."""

    code = "INVALID_ANSWER"


class MergeRefused(SharingError):
    """The replies do not belong to one question: a node answers twice, or for another question."""

    code = "MERGE_REFUSED"


class ContributionRefused(SharingError):
    """A contribution to a picture is not valid: signature, form, author, or what it refers to."""

    code = "CONTRIBUTION_REFUSED"


class PictureUnknown(SharingError):
    """No picture of that id is in the book."""

    code = "PICTURE_UNKNOWN"


class StandingRefused(SharingError):
    """A standing question is not in its form, has no end, or outlives its mandate."""

    code = "STANDING_REFUSED"


class StandingUnknown(SharingError):
    """No standing question of that id is in the book."""

    code = "STANDING_UNKNOWN"


class AlertRefused(SharingError):
    """An alert is not in its form, or a step is not one of its state."""

    code = "ALERT_REFUSED"


class AlertUnknown(SharingError):
    """No alert of that id is in the book."""

    code = "ALERT_UNKNOWN"
