"""A node's settings: read once from `node.toml`, validated, frozen.

Relative paths are relative to the node's home, the folder that holds `node.toml`. Secrets never stand in the
file; it names files that hold them. An unknown key is an error: a misspelt limit must not be a missing one.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from gateway.errors import SettingsRejected
from gateway.key_settings import KeysPart
from sharing.reach import Reach

NODE_ID = r"^[a-z]{2}\.[a-z0-9]+(\.[a-z0-9]+)*$"
_BEAT_MS = 20
FILE = "node.toml"
"""The settings' file in a node's home."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class NodePart(_Part):
    """Who the node is."""

    id: str = Field(pattern=NODE_ID)
    name: str = Field(min_length=1, max_length=120)
    country: str = Field(pattern=r"^[A-Z]{2}$")
    spoc: str = Field(min_length=1, max_length=200)
    profile: Literal["demo", "production"] = "production"


class ListenPart(_Part):
    """Where the node listens, and the address under which it is reached.

    `desk` is the address for browsers, where that is another one than the partners use. A process that is
    asked to end answers for `leave_seconds` more, no longer ready, until a load balancer has seen that.
    """

    host: str = "127.0.0.1"
    port: int = Field(ge=1, le=65535)
    address: str
    desk: str | None = None
    leave_seconds: float = Field(default=0.0, ge=0, le=120)


class TlsPart(_Part):
    """The client certificate that partners' proxies ask for, with its key, and whom to trust (PEM files).

    `trust` holds the authorities of the partners' certificates; the machine's own list where nothing is said.
    """

    certificate: str | None = None
    key: str | None = None
    trust: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Refuse a certificate without its key, and a key without its certificate."""
        if (self.certificate is None) != (self.key is None):
            raise ValueError(
                f"certificate is {self.certificate}, key is {self.key}; both are wanted, or none"
            )
        return self


def on_this_machine(address: str) -> bool:
    """Whether an address leads to this machine only; browsers take every name below `localhost` for it."""
    host = urlsplit(address).hostname or ""
    return host in LOOPBACK or host.endswith(".localhost")


class StorePart(_Part):
    """Database addresses (SQLAlchemy URLs), one per room that keeps something."""

    records: str = "sqlite:///records.sqlite"
    sharing: str = "sqlite:///sharing.sqlite"
    audit: str = "sqlite:///audit.sqlite"
    oversight: str = "sqlite:///oversight.sqlite"
    witness: str = "sqlite:///witness.sqlite"
    quota: str = "sqlite:///quota.sqlite"


class DatabasePart(_Part):
    """How a node uses PostgreSQL; SQLite knows nothing of it.

    `reading` is the address by which questions are answered, that of `store.records` unless it is given; as
    the role `keeper` the log takes away what is erased (`entente database roles`). Questions are read from
    the hot standby `replica` where that holds every change to the records; they wait for it for
    `replica_seconds`.

    Each process keeps `connections` to each database, for `recycle_seconds` each, as many again in a rush,
    and waits `wait_seconds` for a free one. The server ends a question's statement after `question_seconds`,
    one that waits for a lock after `lock_seconds`, a transaction in which nothing happens after
    `idle_seconds`. The log gives up whatever takes it longer than `log_seconds`; if it is `synchronous`,
    each of its commits must have waited until a standby of the server has it on disk.
    """

    reading: str | None = None
    replica: str | None = Field(default=None, pattern=r"^postgresql(\+psycopg)?://")
    replica_seconds: float = Field(default=0.05, ge=0, le=5)
    keeper: str | None = Field(default=None, pattern=r"^[a-z_][a-z0-9_]{0,62}$")
    connections: int = Field(default=8, ge=1, le=200)
    wait_seconds: float = Field(default=10.0, gt=0, le=60)
    recycle_seconds: int = Field(default=1800, ge=10)
    question_seconds: float = Field(default=10.0, gt=0, le=60)
    lock_seconds: float = Field(default=60.0, gt=0, le=3600)
    idle_seconds: float = Field(default=300.0, gt=0, le=86_400)
    log_seconds: float = Field(default=10.0, ge=0.5, le=60)
    synchronous: bool = False


class LogPart(_Part):
    """Who appends to the log: this process, or (`sequencer`) the process behind a Unix socket.

    After `lease_seconds` without a sign of life a sequencer counts as gone.
    """

    sequencer: str | None = None
    lease_seconds: float = Field(default=4.0, ge=0.2, le=60)
    time_zone: str = "UTC"

    @field_validator("time_zone")
    @classmethod
    def _known(cls, name: str) -> str:
        """Refuse a zone that this machine's time zone data does not know."""
        if name not in available_timezones():
            raise ValueError(f"time zone {name[:40]!r} is not known to this machine")
        return name


class WitnessPart(_Part):
    """Who must have cosigned the log (a tlog-policy file), and what happens so many seconds without them.

    `logs` is a policy file with the logs that this node itself witnesses beside those of the directory.
    """

    policy: str | None = None
    logs: str | None = None
    refresh_seconds: float = Field(default=20.0, gt=0, le=3600)
    warn_seconds: int = Field(default=60, ge=1)
    page_seconds: int = Field(default=900, ge=1)
    stop_seconds: int = Field(default=14_400, ge=1)


class PolicyPart(_Part):
    """Which engine evaluates the Rego; `rego` is for machines without any OPA and never for production.

    A `shadow` is compared with it and decides nothing. The OPA at `opa_address` asks for the bearer token in
    `opa_token_file`, and has `opa_seconds` for a decision.
    """

    engine: Literal["wasm", "opa", "rego"] = "wasm"
    shadow: Literal["wasm", "opa", "rego"] | None = None
    opa: str = "opa"
    opa_address: str = "http://127.0.0.1:8181"
    opa_token_file: str | None = None
    opa_seconds: float = Field(default=1.0, gt=0, le=60)
    cache: str = "policy"

    @model_validator(mode="after")
    def _differs(self) -> Self:
        """Refuse a comparison of an engine with itself: it would find nothing."""
        if self.shadow == self.engine:
            raise ValueError(f"shadow {self.shadow} is the engine itself; another one is wanted")
        return self


class ReconcilePart(_Part):
    """When the log is compared with the partners': each night at `hour` of `log.time_zone`, and a jitter.

    Exchanges younger than `margin_seconds` are left for the next time.
    """

    nightly: bool = True
    hour: int = Field(default=3, ge=0, le=23)
    jitter_seconds: int = Field(default=1800, ge=0, le=14_400)
    margin_seconds: int = Field(default=300, ge=180, le=86_400)


class ReachPart(_Part):
    """Private networks in which partners and witnesses may be, as `10.20.0.0/16`: lines between services.

    Public addresses are always in reach, this machine for a node that is itself reached on this machine only.
    """

    networks: list[str] = Field(default=[], max_length=64)

    @field_validator("networks")
    @classmethod
    def _known(cls, networks: list[str]) -> list[str]:
        """Refuse what is no network: a slip must not become a wider reach."""
        Reach.of(networks, loopback=False)
        return networks


class SharingPart(_Part):
    """How many liaison officers a grant takes, and how long a proposal waits for them.

    Narrowing a grant and ending it takes one officer, whatever stands here.
    """

    officers: int = Field(default=2, ge=1, le=5)
    proposal_hours: int = Field(default=72, ge=1, le=720)


class ApprovalPart(_Part):
    """Whether who approves what another officer put forward signs it with a key of their own.

    `required`; `offered`: who has one must; `off`. Unsaid: required in production, offered in a demo.
    """

    webauthn: Literal["required", "offered", "off"] | None = None


class RecallPart(_Part):
    """How long a partner has to acknowledge a recall, and an analyst may keep a partner's record.

    Hours may be broken ones, for who tries it out.
    What a load changes is told to who was given it (`send`), or waits for an officer's word (`propose`).
    """

    hours: float = Field(default=24, gt=0, le=720)
    lease_days: int = Field(default=30, ge=1, le=30)
    on_load: Literal["send", "propose"] = "send"


class PicturePart(_Part):
    """For how many days an analyst may open a shared picture, at most."""

    longest_days: int = Field(default=365, ge=1, le=1096)


class StandingPart(_Part):
    """For how many days a standing question may be asked, and how many a person here and a partner may have.

    It is justified anew every `renew_days` at the latest, for a partner's question by our own number.
    With `deconflict`, two services that watch or look up the same are told of each other where the other
    agrees as well: of the same two once in so many days.
    """

    most_days: int = Field(default=90, ge=1, le=366)
    renew_days: int = Field(default=7, ge=1, le=30)
    most_per_person: int = Field(default=200, ge=1, le=500)
    most_per_partner: int = Field(default=10_000, ge=1)
    deconflict: bool = True
    deconflict_days: int = Field(default=30, ge=1, le=366)


class SignInPart(_Part):
    """The service's own identity provider (OpenID Connect).

    `scope` is what is asked for of the provider, so that it tells roles and unit; the file `mapping` says
    which of its claims mean which of ours.
    `native_client_id` is a public client of the provider's for the command line, which listens for its answer
    on loopback, at `native_port` where the provider must know it. `device_client_id` is another one, for
    sign-in by a code that is typed in on another machine (RFC 8628); without it there is none.
    With `logout_at_provider` who signs out is led to the provider, to sign out there too.
    A grant, an export, the opening of an identity take a proof of who is there that is not older than
    `step_up_seconds`, and, where they are named, one of the strengths `step_up_acr` (the provider's words).
    `people_file` lists whom the sign-in page of a demo offers, `examples` what its search offers to ask for;
    elsewhere nothing is listed to strangers.
    """

    issuer: str
    client_id: str = "entente"
    client_secret_file: str | None = None
    scope: str = Field(default="openid profile email phone", pattern=r"^openid( [\x21\x23-\x5b\x5d-\x7e]+)*$")
    native_client_id: str | None = None
    native_port: int = Field(default=0, ge=0, le=65535)
    device_client_id: str | None = None
    logout_at_provider: bool = False
    mapping: str | None = None
    people_file: str | None = None
    examples: list[Annotated[str, Field(min_length=1, max_length=120)]] = Field(default=[], max_length=8)
    idle_seconds: int = Field(default=900, ge=60)
    absolute_seconds: int = Field(default=28800, ge=300)
    step_up_seconds: int = Field(default=600, ge=60, le=28_800)
    step_up_acr: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(default=[], max_length=8)

    @model_validator(mode="after")
    def _tells_ways_apart(self) -> Self:
        """Refuse one client for two ways: its name in a token is what tells that somebody typed in a code."""
        by_code = self.device_client_id
        if by_code is not None and by_code in {self.client_id, self.native_client_id}:
            raise ValueError(f"device_client_id {by_code} is another way's client; it needs one of its own")
        return self


class LimitsPart(_Part):
    """What one request may cost, and how many are worked on at once.

    `at_once` places for partners and as many for the node's people; of each of them `share_at_once`, and
    `waiting` more wait for `waiting_seconds`. Answers to partners leave on a beat of `beat_ms`: where nothing
    is said, 20 ms in production and none in a demo.
    """

    body_bytes: int = Field(default=262_144, ge=1024)
    document_fields: int = Field(default=500, ge=10)
    document_depth: int = Field(default=12, ge=2)
    question_seconds: float = Field(default=8.0, gt=0, le=60)
    mandate_seconds: int = Field(default=28_800, ge=60, le=86_400)
    free_documents: bool = False
    connections: int = Field(default=2_000, ge=16)
    at_once: int = Field(default=128, ge=1)
    share_at_once: int = Field(default=64, ge=1)
    waiting: int = Field(default=256, ge=0)
    waiting_seconds: float = Field(default=5.0, gt=0, le=60)
    beat_ms: int | None = Field(default=None, ge=0, le=1000)


class QuestionsPart(_Part):
    """At most so many in each hour and day of UTC, for a partner, for one of its people, for a case."""

    partner_hour: int = Field(default=100_000, ge=1)
    partner_day: int = Field(default=1_000_000, ge=1)
    person_hour: int = Field(default=2_000, ge=1)
    person_day: int = Field(default=10_000, ge=1)
    case_hour: int = Field(default=10_000, ge=1)
    case_day: int = Field(default=100_000, ge=1)


class RowsPart(QuestionsPart):
    """The same for records that are shown."""

    partner_hour: int = Field(default=1_000_000, ge=1)
    partner_day: int = Field(default=10_000_000, ge=1)
    person_hour: int = Field(default=50_000, ge=1)
    person_day: int = Field(default=200_000, ge=1)
    case_hour: int = Field(default=200_000, ge=1)
    case_day: int = Field(default=1_000_000, ge=1)


class EmergenciesPart(QuestionsPart):
    """The same for questions over a threat to life, which cost none of the other budgets."""

    partner_hour: int = Field(default=1_000, ge=1)
    partner_day: int = Field(default=5_000, ge=1)
    person_hour: int = Field(default=100, ge=1)
    person_day: int = Field(default=300, ge=1)
    case_hour: int = Field(default=300, ge=1)
    case_day: int = Field(default=1_000, ge=1)


class QuotaPart(_Part):
    """Budgets, and when oversight is told.

    An alarm is due at `alarm_percent` of a budget, and at `alarm_refusals` of one owner's in a day. A person
    with `misses` lookups and searches without a hit in a day, at least `miss_percent` of all questions, has
    only `lowered_hour` questions an hour until the day ends.
    """

    questions: QuestionsPart = QuestionsPart()
    rows: RowsPart = RowsPart()
    emergencies: EmergenciesPart = EmergenciesPart()
    alarm_percent: int = Field(default=80, ge=1, le=100)
    alarm_refusals: int = Field(default=3, ge=1)
    misses: int = Field(default=200, ge=1)
    miss_percent: int = Field(default=90, ge=1, le=100)
    lowered_hour: int = Field(default=30, ge=1)


class BreakGlassPart(_Part):
    """A threat to life: hours until the review is due, and whether an overdue one bars the person's next."""

    review_hours: int = Field(default=24, ge=1, le=24)
    overdue_bars: bool = True


class ObservePart(_Part):
    """Where metrics and readiness are told (nowhere without a `port`), and where traces go.

    Beyond this machine whoever asks must show the bearer token in `token_file`. `traces` is the address of an
    OpenTelemetry collector that takes OTLP over HTTP; of the questions asked here, `trace_share` are traced.
    """

    host: str = "127.0.0.1"
    port: int | None = Field(default=None, ge=1, le=65535)
    token_file: str | None = None
    traces: str | None = None
    trace_share: float = Field(default=0.1, ge=0, le=1)

    @model_validator(mode="after")
    def _closed(self) -> Self:
        """Refuse what strangers could read."""
        if self.port is not None and self.host not in LOOPBACK and self.token_file is None:
            raise ValueError(f"host {self.host} is seen from other machines; token_file is wanted for it")
        if self.traces is not None and not (
            urlsplit(self.traces).scheme == "https" or on_this_machine(self.traces)
        ):
            raise ValueError(f"traces go over https or to this machine, not to {self.traces}")
        return self


class Settings(_Part):
    """All of `node.toml`."""

    node: NodePart
    listen: ListenPart
    tls: TlsPart = TlsPart()
    keys: KeysPart = KeysPart()
    store: StorePart = StorePart()
    database: DatabasePart = DatabasePart()
    policy: PolicyPart = PolicyPart()
    log: LogPart = LogPart()
    witness: WitnessPart = WitnessPart()
    reconcile: ReconcilePart = ReconcilePart()
    recall: RecallPart = RecallPart()
    picture: PicturePart = PicturePart()
    reach: ReachPart = ReachPart()
    sharing: SharingPart = SharingPart()
    approval: ApprovalPart = ApprovalPart()
    standing: StandingPart = StandingPart()
    signin: SignInPart | None = None
    limits: LimitsPart = LimitsPart()
    quota: QuotaPart = QuotaPart()
    break_glass: BreakGlassPart = BreakGlassPart()
    observe: ObservePart = ObservePart()

    @model_validator(mode="after")
    def _safe(self) -> Self:
        """Production means: an engine that is fit for it, TLS to the world; `serve` asks for the issuer."""
        if self.database.synchronous and self.store.audit.startswith("sqlite"):
            raise ValueError("database.synchronous is for a log on a server; store.audit is a file")
        if self.database.replica and self.store.records.startswith("sqlite"):
            raise ValueError("database.replica is for records on a server; store.records is a file")
        addresses = [self.listen.address, *([self.listen.desk] if self.listen.desk else [])]
        outside = [each for each in addresses if not on_this_machine(each)]
        if self.node.profile == "demo":
            if outside:
                raise ValueError(f"profile demo listens on this machine only, not on {outside[0]}")
            return self
        if self.signin is not None and self.signin.people_file is not None:
            raise ValueError(f"profile production shows strangers no {self.signin.people_file}")
        if self.signin is not None and self.signin.examples:
            raise ValueError(
                f"profile production shows strangers no example such as {self.signin.examples[0]}"
            )
        if self.policy.engine == "rego":
            raise ValueError("profile production needs the policy engine opa or wasm, not rego")
        if open_ones := [each for each in outside if urlsplit(each).scheme != "https"]:
            raise ValueError(f"profile production needs an https address, not {open_ones[0]}")
        return self


def beat_of(settings: Settings) -> float:
    """Seconds of the beat on which answers to partners leave; 0 for none."""
    usual = 0 if settings.node.profile == "demo" else _BEAT_MS
    told = settings.limits.beat_ms
    return (usual if told is None else told) / 1000


def reach_of(settings: Settings) -> Reach:
    """Where this node may connect to; see `ReachPart`."""
    return Reach.of(settings.reach.networks, loopback=on_this_machine(settings.listen.address))


def read_settings(home: Path) -> Settings:
    """Settings of the node at `home`; `SettingsRejected` names the file, the key and what is wrong."""
    return settings_of(home / FILE)


def settings_of(path: Path) -> Settings:
    """The settings in a file; see `read_settings`."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsRejected(
            f"{path}: cannot be read ({error.strerror}); `entente init` makes one"
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsRejected(f"{path}: is not TOML: {error}") from error
    return parse_settings(text, path)


def parse_settings(text: str, path: Path) -> Settings:
    """The same from a text that lies at `path`, or is about to."""
    try:
        return Settings.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SettingsRejected(f"{path}: is not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "settings"
        raise SettingsRejected(f"{path}: {where}: {first['msg'].removeprefix('Value error, ')}") from error


def database(home: Path, url: str) -> str:
    """The database URL with a relative SQLite path made absolute under `home`."""
    prefix = "sqlite:///"
    if url.startswith(prefix) and not url.startswith(prefix + "/"):
        return prefix + str((home / url.removeprefix(prefix)).resolve())
    return url
