"""What a person or a program at the desk gets to see when something is wrong: a stable code and two sides."""

from http import HTTPStatus


class GatewayError(Exception):
    """Anything the desk turns down; `code` is stable, `str()` names both sides and holds no internals."""

    code = "BAD_REQUEST"
    status = HTTPStatus.BAD_REQUEST


class SettingsRejected(GatewayError):
    """A node's settings are missing, contradictory or unsafe; the node does not start."""

    code = "SETTINGS_REJECTED"


class ConsoleRejected(GatewayError):
    """What the console's build left is not whole or not what its digests say; the node does not start."""

    code = "CONSOLE_REJECTED"


class NotSignedIn(GatewayError):
    """The request carries no session, or one that has ended."""

    code = "NOT_SIGNED_IN"
    status = HTTPStatus.UNAUTHORIZED


class SignInRefused(NotSignedIn):
    """What an identity provider said is not accepted; each reason has a code of its own (`identity.md`)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ProviderSilent(NotSignedIn):
    """The identity provider does not answer, or not with what it must; nobody can sign in now."""

    code = "PROVIDER_SILENT"
    status = HTTPStatus.SERVICE_UNAVAILABLE


class NotAllowed(GatewayError):
    """The person is known but the role does not allow the act."""

    code = "ROLE_NOT_COVERED"
    status = HTTPStatus.FORBIDDEN


class UnknownDocument(GatewayError):
    """A `documentId` that this node does not know, or free text where only trusted documents are taken."""

    code = "UNKNOWN_DOCUMENT"


class DocumentRejected(GatewayError):
    """A GraphQL document that does not parse, does not validate or is over its budget."""

    code = "DOCUMENT_REJECTED"


class OverBudget(DocumentRejected):
    """A GraphQL document that asks for more than the node computes for one request."""

    code = "DOCUMENT_OVER_BUDGET"


class VariablesRejected(GatewayError):
    """Variables that do not fit the document."""

    code = "VARIABLES_REJECTED"


class IdentifierNotUnderstood(GatewayError):
    """What was typed is no identifier of any known kind."""

    code = "UNKNOWN_IDENTIFIER"


class MandateNotValid(GatewayError):
    """The mandate named is unknown, of another person, or has ended."""

    code = "MANDATE_NOT_VALID"


class MandateNotPermitted(GatewayError):
    """The law would refuse every question under such a mandate; it was logged and not opened."""

    code = "MANDATE_NOT_PERMITTED"
    status = HTTPStatus.FORBIDDEN


class AlreadyDecided(GatewayError):
    """What is to be withdrawn has been decided by those who were asked."""

    code = "ALREADY_DECIDED"
    status = HTTPStatus.CONFLICT


class LogCheckFailed(GatewayError):
    """The last check of the own log failed; what leaves as evidence could not be proved by it."""

    code = "LOG_CHECK_FAILED"
    status = HTTPStatus.CONFLICT


class NodeNotReady(GatewayError):
    """The node cannot act now: another process holds it, or a part of it is down."""

    code = "NODE_NOT_READY"
    status = HTTPStatus.SERVICE_UNAVAILABLE


class DatabaseRefused(GatewayError):
    """A database of the node is not fit for this program now; nothing of the node opens it."""

    code = "DATABASE_REFUSED"
    status = HTTPStatus.SERVICE_UNAVAILABLE


class DatabaseOlder(DatabaseRefused):
    """It has an earlier version; `entente database upgrade` changes that."""

    code = "DATABASE_OLDER"


class DatabaseNewer(DatabaseRefused):
    """It has a version that this program does not know; nothing is ever taken back to an earlier one."""

    code = "DATABASE_NEWER"


class DatabaseForeign(DatabaseRefused):
    """It has tables that are called like ours and are others."""

    code = "DATABASE_FOREIGN"


class DatabaseInUse(DatabaseRefused):
    """Its version is being changed, or cannot be, because a node or a command works with it."""

    code = "DATABASE_IN_USE"


class DatabaseUnavailable(DatabaseRefused):
    """It does not answer, or not as a database does."""

    code = "DATABASE_UNAVAILABLE"


class BackupRefused(GatewayError):
    """What is there is no backup that can be taken or brought back: not empty, not finished, not readable."""

    code = "BACKUP_REFUSED"


class BackupDiffers(BackupRefused):
    """A part of a backup is not what its manifest says; nothing of it is brought back."""

    code = "BACKUP_DIFFERS"


class HomeNotEmpty(BackupRefused):
    """Something lies where a backup is to be brought back; nothing is overwritten."""

    code = "HOME_NOT_EMPTY"


class DatabaseNotEmpty(BackupRefused):
    """Something is in the database that a dump is to be brought back into; nothing is overwritten."""

    code = "DATABASE_NOT_EMPTY"


class DumpProgramMissing(BackupRefused):
    """PostgreSQL's own `pg_dump` or `pg_restore` is not here, or older than the server or the dump."""

    code = "DUMP_PROGRAM_MISSING"


class NothingToCompare(GatewayError):
    """A restored log cannot be held against what others have seen of it; it stays in quarantine."""

    code = "NOTHING_TO_COMPARE"


class KeyRotationRefused(GatewayError):
    """A key cannot be changed now: the rotation before is not over, or what it rests on is missing."""

    code = "KEY_ROTATION_REFUSED"


class PictureClosed(GatewayError):
    """The shared picture has ended; nothing is added to it."""

    code = "PICTURE_CLOSED"
    status = HTTPStatus.CONFLICT


class NobodyWaits(GatewayError):
    """Who asked has left: what was under way ended and is logged, nothing more was asked."""

    code = "NOBODY_WAITS"


class MatchingUnavailable(GatewayError):
    """Names cannot be compared now; what was asked of the nodes stands in the log all the same."""

    code = "MATCHING_UNAVAILABLE"
