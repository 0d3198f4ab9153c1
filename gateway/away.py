"""A database that does not answer, as those learn of it who asked: one code, and that they may ask again."""

import logging

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree

from gateway.errors import DatabaseUnavailable
from tenants.errors import ShelfUnavailable

log = logging.getLogger(__name__)


def away(error: BaseException | None) -> DatabaseUnavailable | None:
    """What to tell of an error that says that a database is gone, busy or shut; None of any other one.

    The details (host, role, table) go to the node's own log.
    """
    if not isinstance(error, OperationalError | InterfaceError | NoneFree | ShelfUnavailable):
        return None
    told = str(getattr(error, "orig", None) or error).strip()
    log.error("database: %s: %s", type(error).__name__, told.splitlines()[0] if told else "")
    return DatabaseUnavailable("a database of the node does not answer; nothing was sent, ask again later")
