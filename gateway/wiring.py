"""The composition of a node from its home: the one place that chooses adapters."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import Engine as Database
from sqlalchemy import create_engine, event, make_url

from audit.keys import VerifyKey, read_secret
from audit.oversight_tables import open_oversight
from audit.sql_erasures import SqlErasures
from audit.sql_findings import SqlFindings
from audit.sql_index import SqlIndex
from audit.sql_progress import SqlProgress
from audit.sql_witness_store import SqlWitnessStore
from audit.witness import Witness
from gateway import log_check
from gateway.answer import answer
from gateway.charter import Charter
from gateway.crowd import Crowds
from gateway.databases import in_use, opened, pool
from gateway.engines import open_engines
from gateway.errors import SettingsRejected
from gateway.grant_keys import grant_keys
from gateway.graphql.federation import federation_schema
from gateway.home import Home, read_card
from gateway.key_files import check_modes
from gateway.logs import open_log
from gateway.node import Approving, Books, Damaged, Digests, Lending, Node, Oversight, Post, Watching
from gateway.notice_door import TYPES
from gateway.notices import receive
from gateway.observe.courier import ObservedCourier
from gateway.observer import Observer, Unobserved
from gateway.post_courier import PostCourier
from gateway.prices import FILE as PRICES
from gateway.prices import PriceBook
from gateway.quarantine import held_witness
from gateway.readers import FILE, ReaderBook
from gateway.retention import Keeping
from gateway.rooms import OVERSIGHT, QUOTA, RECORDS, SHARING, WITNESS
from gateway.settings import Settings, reach_of
from gateway.shadow_reports import ShadowReports
from gateway.signers import check_places, load_signer, loader
from gateway.tls import client_tls
from gateway.trusted import shipped_documents
from gateway.verification import Verification
from gateway.watch import watch_of
from gateway.witness_door import known_logs
from policy.judge import Judge
from sharing.courier import Courier
from sharing.directory import Directory, accept
from sharing.grants import GrantRule
from sharing.http_courier import HttpCourier
from sharing.inbox import Box
from sharing.key_choice import KeyChoice
from sharing.loopback_courier import Handler, LoopbackCourier
from sharing.recalling_grants import RecallingGrants
from sharing.sql_alerts import SqlAlerts
from sharing.sql_approval_keys import SqlApprovalKeys
from sharing.sql_backoff import SqlBackoff
from sharing.sql_consents import SqlConsents
from sharing.sql_directory import SqlDirectoryStore
from sharing.sql_grants import SqlGrants
from sharing.sql_inbox import SqlInbox
from sharing.sql_leases import SqlLeases
from sharing.sql_mandates import SqlMandates
from sharing.sql_outbox import SqlOutbox
from sharing.sql_pictures import SqlPictures
from sharing.sql_proposals import SqlProposals
from sharing.sql_quota import SqlQuota
from sharing.sql_recall_changes import SqlChanges
from sharing.sql_recalls import SqlRecalls
from sharing.sql_register import SqlRegister
from sharing.sql_sessions import SqlSessions
from sharing.sql_standing import SqlStanding
from sharing.tables import create_tables
from tenants.matching.matcher import Matcher
from tenants.matching.process_names import shared_names
from tenants.matching.weights import load_weights
from tenants.postgres_view import Reading
from tenants.shelf import Shelf, open_shelf

journal = logging.getLogger(__name__)


@asynccontextmanager
async def open_node(
    home: Home,
    *,
    clock: Callable[[], float] = time.time,
    away: Courier | None = None,
    observer: Observer | None = None,
) -> AsyncIterator[Node]:
    """A working node on the home's databases and keys; everything is given back at the end, in reverse.

    `away` carries messages to the partners; HTTP unless told otherwise. The log's times are those of `clock`.
    `observer` measures what the node does; nobody unless told.
    """
    settings = home.settings()
    check_modes(home.keys)
    check_places(home.path, settings.keys, read_card(home.card))
    async with AsyncExitStack() as stack:
        stack.enter_context(in_use(home.path))
        log = await open_log(home, settings, clock=lambda: datetime.fromtimestamp(clock(), UTC))
        stack.push_async_callback(log.close)
        shelf = open_records(home, settings)
        stack.push_async_callback(shelf.close)
        sharing = open_sharing(opened(SHARING, home.path, settings), pool(settings.database))
        stack.callback(sharing.dispose)
        oversight = open_oversight(opened(OVERSIGHT, home.path, settings), pool(settings.database))
        stack.callback(oversight.dispose)
        digests = open_digests(home)
        reports = ShadowReports(settings.node.id, SqlFindings(oversight), clock)
        engine = await open_engines(settings.policy, home.path, digests.of, reports)
        stack.push_async_callback(engine.close)
        choice = KeyChoice.load(settings.node.id, home.keys, loader(home.path))
        directory_now = _directory(home, sharing, clock)
        watch = watch_of(home.path, settings.witness, read_card(home.card).log_keys, clock)
        await asyncio.to_thread(watch.recall, log.reader)
        doors: dict[str, Handler] = {}
        notices: dict[str, Handler] = {}
        here = LoopbackCourier(doors, notices)
        observer = observer or Unobserved()
        abroad = away or await HttpCourier.open(
            client_tls(home.path, settings.tls), beside=observer.onward, reach=reach_of(settings)
        )
        courier = PostCourier(settings.node.id, here, ObservedCourier(abroad, observer, clock))
        stack.push_async_callback(courier.close)
        node = Node(
            settings=settings,
            clock=clock,
            crowds=Crowds.of(settings.limits),
            log=log,
            judge=Judge(engine, settings.node.id),
            view=shelf.view(settings.node.spoc),
            books=_books(sharing, choice, settings),
            post=Post(choice, directory_now, courier, SqlBackoff(sharing), clock),
            documents=shipped_documents(federation_schema()._schema),  # noqa: SLF001  # no public name
            digests=digests,
            observer=observer,
            readers=ReaderBook(home.path / FILE),
            prices=PriceBook(home.path / PRICES),
            schemata=frozenset(shelf.model.kinds),
            properties=shelf.model.properties,
            oversight=_oversight(oversight, settings),
            watch=watch,
            consents=SqlConsents(sharing, grant_keys(choice, directory_now)),
            pictures=SqlPictures(sharing, grant_keys(choice, directory_now)),
            outbox=SqlOutbox(sharing),
            lending=_lending(sharing, shelf),
            watching=Watching(SqlStanding(sharing), SqlAlerts(sharing), shelf.arrivals()),
            quota=_quota(home, settings, stack),
            matcher=_matcher(shelf, stack),
            intake=shelf.intake(),
            rulings=shelf.rulings(),
            approving=Approving(SqlApprovalKeys(sharing), SqlSessions(sharing).spend),
            charter=_charter(home, settings),
            witness=open_witness(home, settings, directory_now, stack),
        )
        stack.push_async_callback(node.oversight.verification.stop)
        if node.oversight.damaged is not None:
            stack.push_async_callback(node.oversight.damaged.job.stop)
        stack.push_async_callback(node.simulation.stop)
        doors[settings.node.id] = lambda headers, body: answer(node, headers, body)
        notices[settings.node.id] = lambda headers, body: receive(node, TYPES, headers, body)
        yield node


def _oversight(database: Database, settings: Settings) -> Oversight:
    findings = SqlFindings(database)
    return Oversight(
        SqlIndex(database),
        findings,
        SqlErasures(database),
        SqlProgress(database),
        Verification(ended=partial(log_check.keep, findings)),
        damaged=Damaged() if settings.node.profile == "demo" else None,
    )


def open_witness(
    home: Home, settings: Settings, directory_now: Callable[[], Directory | None], stack: AsyncExitStack
) -> Witness | None:
    """What cosigns the partners' logs; its store is closed with the stack. None in an old home."""
    if not home.witness_key.exists():
        return None
    store = SqlWitnessStore(opened(WITNESS, home.path, settings), pool(settings.database))
    stack.callback(store.close)
    more = home.path / settings.witness.logs if settings.witness.logs else None
    key = load_signer(home.path, home.witness_key)
    held = held_witness(home.path, key.public.vkey) is not None
    if held:
        journal.critical("WITNESS_QUARANTINED: %s cosigns nothing: it needs a new key", key.name)
    return Witness(store, key, known_logs(directory_now, more), held=held)


def _books(sharing: Database, choice: KeyChoice, settings: Settings) -> Books:
    rule = GrantRule.of(*choice.newest.grant_keys, officers=settings.sharing.officers)
    grants = RecallingGrants(SqlGrants(sharing, rule), SqlRecalls(sharing))
    proposals = SqlProposals(sharing)
    return Books(grants, proposals, SqlMandates(sharing), SqlInbox(sharing), SqlInbox(sharing, Box.SENT))


def _lending(sharing: Database, shelf: Shelf) -> Lending:
    recalls, leases, changes = SqlRecalls(sharing), SqlLeases(sharing), SqlChanges(sharing)
    return Lending(SqlRegister(sharing), recalls, leases, changes, shelf.versions)


def open_changes(home: Home, settings: Settings, stack: AsyncExitStack) -> SqlChanges:
    """Where a load notes what it changes; the database is given back with the stack."""
    sharing = open_sharing(opened(SHARING, home.path, settings), pool(settings.database))
    stack.callback(sharing.dispose)
    return SqlChanges(sharing)


def open_questions(home: Home, settings: Settings, stack: AsyncExitStack) -> SqlStanding:
    """The standing questions that a load may answer; the database is given back with the stack."""
    sharing = open_sharing(opened(SHARING, home.path, settings), pool(settings.database))
    stack.callback(sharing.dispose)
    return SqlStanding(sharing)


def open_sessions(home: Home, settings: Settings, stack: AsyncExitStack) -> SqlSessions:
    """Who is signed in at the node, in all its processes; the database is given back with the stack."""
    sharing = open_sharing(opened(SHARING, home.path, settings), pool(settings.database))
    stack.callback(sharing.dispose)
    return SqlSessions(sharing)


def open_digests(home: Home) -> Digests:
    """The node's keyed digests."""
    return Digests(bytes.fromhex(read_secret(home.keys / "digest.key").decode()))


def _quota(home: Home, settings: Settings, stack: AsyncExitStack) -> SqlQuota:
    engine = _database(opened(QUOTA, home.path, settings), pool(settings.database))
    stack.callback(engine.dispose)
    return SqlQuota(engine)


def _matcher(shelf: Shelf, stack: AsyncExitStack) -> Matcher:
    names = stack.enter_context(shared_names(shelf.model.own))
    return Matcher(shelf.model, load_weights(), names)


def _charter(home: Home, settings: Settings) -> Charter:
    policy = settings.witness.policy
    return Charter(home.directory, home.federation_key, home.path / policy if policy else None, home.card)


def open_records(home: Home, settings: Settings) -> Shelf:
    """The node's shelf; the caller closes it."""
    limits = settings.database
    reading = Reading(
        limits.reading or "",
        limits.connections,
        limits.wait_seconds,
        limits.recycle_seconds,
        limits.question_seconds,
        limits.replica or "",
        limits.replica_seconds,
    )
    return open_shelf(opened(RECORDS, home.path, settings), reading=reading, pool=pool(limits))


@asynccontextmanager
async def open_keeping(home: Home) -> AsyncIterator[Keeping]:
    """Log, erasures and findings of a node that is not running: what retention works on."""
    settings = home.settings()
    async with AsyncExitStack() as stack:
        log = await open_log(home, settings)
        stack.push_async_callback(log.close)
        oversight = open_oversight(opened(OVERSIGHT, home.path, settings), pool(settings.database))
        stack.callback(oversight.dispose)
        yield Keeping(settings.node.id, log, SqlErasures(oversight), SqlFindings(oversight))


def open_sharing(url: str, kept: Mapping[str, object] | None = None) -> Database:
    """The post room's database, its tables in place; SQLite as durable as the log's."""
    engine = _database(url, kept or {})
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _durable)
    create_tables(engine)
    return engine


def _database(url: str, kept: Mapping[str, object]) -> Database:
    """An engine; a connection that a server has ended is replaced before it is used."""
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    pooled: dict[str, Any] = {} if parsed.get_backend_name() == "sqlite" else {"pool_pre_ping": True, **kept}
    return create_engine(parsed, **pooled)


def _durable(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]  # a DBAPI connection
    for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@dataclass(slots=True)
class _DirectoryFile:
    """The directory file of a home, read anew when it changes; never rolled back, closed when expired."""

    home: Home
    store: SqlDirectoryStore
    clock: Callable[[], float]
    seen: int = 0
    current: Directory | None = None

    def __call__(self) -> Directory | None:
        try:
            changed = self.home.directory.stat().st_mtime_ns
        except FileNotFoundError:
            return self.current
        if changed != self.seen:
            self.current = self._read()
            self.seen = changed
        return self.current

    def _read(self) -> Directory:
        try:
            pinned = VerifyKey.parse(self.home.federation_key.read_text(encoding="utf-8").strip())
        except OSError as error:
            raise SettingsRejected(
                f"{self.home.federation_key}: the federation's key is not pinned"
            ) from error
        text = self.home.directory.read_text(encoding="utf-8").strip()
        return accept(text, [pinned], self.store, now=int(self.clock()))


def read_directory(home: Home) -> Directory | None:
    """The directory of a node that is not running; accepted as if it were."""
    sharing = open_sharing(opened(SHARING, home.path, home.settings()), pool(home.settings().database))
    try:
        return _directory(home, sharing, time.time)()
    finally:
        sharing.dispose()


def _directory(home: Home, sharing: Database, clock: Callable[[], float]) -> Callable[[], Directory | None]:
    return _DirectoryFile(home, SqlDirectoryStore(sharing), clock)
