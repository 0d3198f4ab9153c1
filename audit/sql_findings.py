"""The book of findings in SQLite or PostgreSQL, in oversight's own database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlmodel import col

from audit.errors import FindingRefused, OversightUnavailable
from audit.findings import Change, Finding, Refs, State, Wanted
from audit.oversight_tables import FindingRow
from audit.severity import Severity


class SqlFindings:
    """Findings in the tables of `audit.oversight_tables`; see `audit.findings.FindingBook`."""

    def __init__(self, engine: Engine) -> None:
        """Use the engine that `open_oversight` gave; its owner disposes of it."""
        self._engine = engine

    def add(self, findings: Sequence[Finding]) -> int:
        """Keep those that are not there yet, each in a transaction of its own."""
        with self._connection() as connection:
            known = set(connection.scalars(_known([each.id for each in findings])))
        return sum(self._added(each) for each in findings if each.id not in known)

    def _added(self, finding: Finding) -> bool:
        """Insert a finding, unless it has come to be there meanwhile."""
        with self._connection() as connection:
            try:
                connection.execute(insert(FindingRow).values(**_columns(finding)))
            except IntegrityError:
                connection.rollback()
                return False
        return True

    def get(self, finding_id: str) -> Finding:
        """Return a finding."""
        with self._connection() as connection:
            row = connection.execute(_all().where(col(FindingRow.id) == finding_id)).one_or_none()
        if row is None:
            raise FindingRefused(f"finding {finding_id[:80]!r}: there is none")
        return _finding(row._asdict())

    def list(self, wanted: Wanted) -> Sequence[Finding]:
        """Return the findings that are wanted, newest first."""
        query = _all().where(*_wanted(wanted)).order_by(col(FindingRow.number).desc()).limit(wanted.first)
        with self._connection() as connection:
            return [_finding(row._asdict()) for row in connection.execute(query)]

    def set_state(self, finding: Finding, change: Change) -> Finding:
        """Change a finding as it was read."""
        changed = finding.changed(change)
        unchanged = (
            col(FindingRow.id) == finding.id,
            col(FindingRow.state) == finding.state.value,
            col(FindingRow.changed_at) == (finding.change.at if finding.change else ""),
        )
        with self._connection() as connection:
            done = connection.execute(update(FindingRow).where(*unchanged).values(**_state(changed)))
            if done.rowcount != 1:
                raise FindingRefused(f"finding {finding.id}: has changed since it was read")
        return changed

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise OversightUnavailable(
                f"findings: {type(error).__name__} of the oversight database"
            ) from error


def _all() -> Any:  # noqa: ANN401  # a select of every column
    return select(*FindingRow.__table__.columns)  # type: ignore[attr-defined]  # SQLModel adds it


def _known(ids: Sequence[str]) -> Any:  # noqa: ANN401  # a select
    return select(col(FindingRow.id)).where(col(FindingRow.id).in_(ids))


def _wanted(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.state is not None:
        yield col(FindingRow.state) == wanted.state.value
    if wanted.rule:
        yield col(FindingRow.rule) == wanted.rule
    if wanted.asker:
        yield col(FindingRow.asker) == wanted.asker
    if wanted.least.rank:
        yield col(FindingRow.rank) >= wanted.least.rank
    if wanted.before:
        yield col(FindingRow.number) < wanted.before


def _columns(finding: Finding) -> dict[str, Any]:
    refs = finding.refs
    return {
        "id": finding.id,
        "rule": finding.rule,
        "rank": finding.severity.rank,
        "at": finding.at,
        "indexes": " ".join(map(str, refs.indexes)),
        "request": refs.request,
        "query_id": refs.query_id,
        "asker": refs.asker,
        "partner": refs.partner,
        "text": finding.text,
        **_state(finding),
    }


def _state(finding: Finding) -> dict[str, str]:
    change = finding.change
    return {
        "state": finding.state.value,
        "reason": change.reason if change else "",
        "changed_by": change.by if change else "",
        "changed_at": change.at if change else "",
    }


def _finding(row: dict[str, Any]) -> Finding:
    indexes = tuple(map(int, row["indexes"].split()))
    state = State(row["state"])
    changed = row["changed_at"]
    return Finding(
        id=row["id"],
        rule=row["rule"],
        severity=tuple(Severity)[row["rank"]],
        at=row["at"],
        refs=Refs(indexes, row["request"], row["query_id"], row["asker"], row["partner"]),
        text=row["text"],
        state=state,
        change=Change(state, row["reason"], row["changed_by"], changed) if changed else None,
        number=row["number"],
    )
