"""What the shelf must answer, worked out row by row in plain Python from what was loaded.

It shares nothing with the compiler: filters through `policy.filters.matches`, masks from the permit, the
graph and the search by walking lists.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from policy.decision import Access, Branch
from policy.filters import matches
from policy.terms import Mode, Operation
from tenants.identifiers import Identifier, detect, normalise
from tenants.names import latinise
from tenants.record import Record
from tenants.spelling import spelling_keys

LISTING = (Mode.CORE, Mode.RECORD)
SPOC = "spoc@fr.ofast"
RECORDED = "2026-05-28T20:26:40Z"


@dataclass(frozen=True)
class Oracle:
    """Knows every record that was loaded."""

    records: Sequence[Record]
    by_id: Mapping[str, Record] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {record.id: record for record in self.records})

    def answer(self, access: Access, operation: Operation, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The whole answer."""
        permit = access.permit
        found = self._found(access, operation, arguments)
        listed = [(score, record) for score, record, branches in found if _any(branches, LISTING)]
        counted = [
            record
            for _, record, branches in found
            if not _any(branches, LISTING) and _any(branches, (Mode.CONTACT,))
        ]
        listed.sort(key=lambda pair: (-pair[0], pair[1].id))
        after = arguments.get("after")
        if after is not None:
            listed = _behind(listed, after, operation)
        first = min(arguments.get("first", _FIRST[operation]), permit.max_rows, 200)
        categories = sorted({record.envelope.subject_category.value for record in counted})
        contact = {"count": len(counted), "categories": categories, "spoc": SPOC, "reference": permit.id}
        return {
            "hit": bool(found),
            "contact": contact if counted else None,
            "records": [self._shown(access, record) for _, record in listed[:first]],
            "more": len(listed) > first,
        }

    def branches(self, access: Access, record: Record) -> tuple[Branch, ...]:
        """The branches that let the record through, ends and category considered."""
        if record.envelope.subject_category.value == "UNCATEGORISED":
            return ()
        if record.kind.edge and not all(self._is_end(access, end) for _, end in record.ends):
            return ()
        row = _row(record)
        return tuple(branch for branch in access.permit.branches if matches(branch.filter, row))

    def _is_end(self, access: Access, record_id: str) -> bool:
        end = self.by_id.get(record_id)
        return end is not None and not end.kind.edge and _any(self.branches(access, end), LISTING)

    def _found(
        self, access: Access, operation: Operation, arguments: Mapping[str, Any]
    ) -> list[tuple[int, Record, tuple[Branch, ...]]]:
        """Score, record and the branches through which the question may find it."""
        found = []
        reached = self._reached(access, arguments) if operation is Operation.EXPAND else set()
        for record in self.records:
            branches = self.branches(access, record)
            score = 0
            if operation is Operation.ENTITY:
                branches = branches if record.id == arguments["id"] else ()
            elif operation is Operation.EXPAND:
                branches = branches if record.id in reached and _any(branches, LISTING) else ()
            else:
                score, names = _matches(record, operation, arguments)
                branches = tuple(
                    branch for branch in branches if any(finds(access, branch, name) for name in names)
                )
                branches = self._narrowed(access, record, branches, arguments)
            if branches:
                found.append((score, record, branches))
        return found

    def _narrowed(
        self, access: Access, record: Record, branches: tuple[Branch, ...], arguments: Mapping[str, Any]
    ) -> tuple[Branch, ...]:
        if arguments.get("schemata") and record.kind.name not in arguments["schemata"]:
            return ()
        if arguments.get("dataset") not in (None, record.envelope.dataset):
            return ()
        asked = {name: arguments[name] for name in TOLD if arguments.get(name) is not None}
        if not asked:
            return branches
        told = self._shown(access, record) if _any(branches, LISTING) else None
        return branches if told and all(TOLD[name](told, value) for name, value in asked.items()) else ()

    def _reached(self, access: Access, arguments: Mapping[str, Any]) -> set[str]:
        starts = set(arguments["ids"] if "ids" in arguments else [arguments["id"]])
        around, found = self._around(access), set[str]()
        near = starts & around.keys()
        for _ in range(arguments.get("hops", 1)):
            near = set().union(*(around[each] for each in near)) - starts
            found |= near
        return found | starts if arguments.get("starts") else found

    def _around(self, access: Access) -> dict[str, set[str]]:
        """By listed record: what it refers to, what refers to it, and the other ends of edges that do."""
        listed = [each for each in self.records if _any(self.branches(access, each), LISTING)]
        found: dict[str, set[str]] = {each.id: set() for each in listed}
        for record in listed:
            ends, others = self._ways(access, record)
            for one in {*ends, *others} & found.keys():
                found[one] |= {record.id, *ends}
                found[record.id].add(one)
        return {name: (those & found.keys()) - {name} for name, those in found.items()}

    def neighbours(self, access: Access, starts: Sequence[str]) -> list[dict[str, Any]]:
        """How many neighbours of each schema each start has; over 200 are too common to tell how many."""
        told, around = [], self._around(access)
        for start in sorted(set(starts)):
            kinds = Counter(self.by_id[each].kind.name for each in around.get(start, set()) - set(starts))
            told += [
                {"id": start, "schema": kind, "count": min(number, 200), "tooCommon": number > 200}
                for kind, number in sorted(kinds.items())
            ]
        return told

    def _ways(self, access: Access, record: Record) -> tuple[set[str], set[str]]:
        """Where a listed record leads: to an end that a listing branch does not mask, by what it shows."""
        listing = [branch for branch in self.branches(access, record) if branch.mode in LISTING]
        shows = access.permit.shows
        ends = {end for name, end in record.ends if any(finds(access, each, name) for each in listing)}
        others = {
            other
            for name, other in set(record.references) - set(record.ends)
            if any(each.grant in (shows[name] if name in shows else shows.get("*", ())) for each in listing)
        }
        return ends, others

    def _is_listed(self, access: Access, record_id: str) -> bool:
        record = self.by_id.get(record_id)
        return record is not None and _any(self.branches(access, record), LISTING)

    def _values(self, access: Access, record: Record) -> dict[str, list[str]]:
        """All values but references to what is not listed; a property without any is not there."""
        references = set(record.references) - set(record.ends)
        kept = {
            name: [v for v in values if (name, v) not in references or self._is_listed(access, v)]
            for name, values in record.properties.items()
        }
        return {name: values for name, values in kept.items() if values}

    def _shown(self, access: Access, record: Record) -> dict[str, Any]:
        branches = [branch for branch in self.branches(access, record) if branch.mode in LISTING]
        envelope, shows = record.envelope, access.permit.shows

        def shown(name: str) -> bool:
            showing = shows[name] if name in shows else shows.get("*", ())
            return any(branch.grant in showing for branch in branches)

        caption = record.caption or ("", None)
        choices = record.kind.caption[: record.kind.caption.index(caption[0]) + 1] if record.caption else ()
        caption = caption if all(map(shown, choices)) else ("", None)
        return {
            "id": record.id, "schema": record.kind.name, "caption": caption[1], "dataset": envelope.dataset,
            "caseRef": envelope.case if shown("caseRef") else None, "owner": envelope.owner,
            "subjectCategory": envelope.subject_category.value,
            "handling": [str(code) for code in envelope.handling],
            "handlingText": envelope.handling_text if shown("handlingText") else None,
            "source": envelope.source.value, "information": envelope.information.value,
            "tlp": envelope.tlp.value, "assessment": envelope.assessment.value, "version": 1,
            "recordedAt": RECORDED, "mode": max((b.mode for b in branches), key=lambda mode: mode.rank).value,
            "grants": [branch.grant for branch in branches],
            "masked": sorted(name for name in {*shows, "*"} if not shown(name)),
            "authority": envelope.provenance.authority if shown("authority") else None,
            "provenance": envelope.provenance.text if shown("authority") else None, "findings": None,
            "properties": [
                {"name": name, "values": list(values)}
                for name, values in self._values(access, record).items() if shown(name)
            ],
            "identifiers": [
                {"kind": i.kind, "normal": i.normal, "original": i.original}
                for name, i in record.identifiers if shown(name)
            ],
        }  # fmt: skip


_FIRST = {Operation.LOOKUP: 50, Operation.SEARCH: 20, Operation.ENTITY: 1, Operation.EXPAND: 100}

#: Filters on what only a listed record tells: they look at it as it is shown.
TOLD: Mapping[str, Callable[[Mapping[str, Any], str], bool]] = {
    "caseRef": lambda told, value: told["caseRef"] == value,
    "source": lambda told, value: "ABCX".index(told["source"]) <= "ABCX".index(value),
    "information": lambda told, value: int(told["information"]) <= int(value),
    "since": lambda told, value: date.fromisoformat(told["recordedAt"][:10]) >= date.fromisoformat(value),
    "until": lambda told, value: date.fromisoformat(told["recordedAt"][:10]) <= date.fromisoformat(value),
}


def _any(branches: Iterable[Branch], modes: Sequence[Mode]) -> bool:
    return any(branch.mode in modes for branch in branches)


def finds(access: Access, branch: Branch, name: str) -> bool:
    """A record branch finds by what it shows; the tiers below by all that their grant does not mask."""
    shows = access.permit.shows
    showing = shows[name] if name in shows else shows.get("*", ())
    return not {name, "*"} & set(branch.masked) and (
        branch.mode is not Mode.RECORD or branch.grant in showing
    )


def _matches(record: Record, operation: Operation, arguments: Mapping[str, Any]) -> tuple[int, list[str]]:
    """Score and the properties by which the question matches the record."""
    if operation is Operation.LOOKUP:
        kind, value = arguments.get("kind"), arguments["value"]
        wanted: Sequence[Identifier] = (normalise(kind, value),) if kind else detect(value)
        pairs = {(found.kind, found.normal) for found in wanted}
        return 0, [name for name, found in record.identifiers if (found.kind, found.normal) in pairs]
    scored = [(_similar(latinise(arguments["text"]), latin), name) for name, latin in record.names]
    kept = [(score, name) for score, name in scored if score >= 500]
    return max((score for score, _ in kept), default=0), [name for _, name in kept]


def _similar(text: str, latin: str) -> int:
    words, held = list(dict.fromkeys(text.split())), latin.split()
    tenths = [max(map(_tenths, [word] * len(held), held), default=0) for word in words]
    parts = [8 if word in latin else 0 for word in words]
    common = sum(max(pair) * len(word) for *pair, word in zip(tenths, parts, words, strict=True))
    found = any(tenths) or any(parts[n] for n, word in enumerate(words) if len(word) >= 3)
    return common * 200 // (len(latin.replace(" ", "")) + sum(map(len, words))) if found else 0


def _tenths(word: str, held: str) -> int:
    """10 for the word itself, 8 for one with a key of letters in common, 7 for one that sounds alike."""
    shared = spelling_keys(word) & spelling_keys(held)
    return 10 if word == held else 8 if any(key.isalpha() for key in shared) else 7 if shared else 0


def _behind(listed: list[tuple[int, Record]], after: str, operation: Operation) -> list[tuple[int, Record]]:
    if operation is not Operation.SEARCH:
        return [pair for pair in listed if pair[1].id > after]
    places = [place for place, (_, record) in enumerate(listed) if record.id == after]
    return listed[places[0] + 1 :] if places else []


def _row(record: Record) -> dict[str, Any]:
    envelope = record.envelope
    h1, h2, h3 = envelope.flags[1:]
    return {
        "id": record.id, "schema": record.kind.name, "dataset": envelope.dataset, "case_ref": envelope.case,
        "owner": envelope.owner, "subject_category": envelope.subject_category.value,
        "tlp": envelope.tlp.value,
        "source_evaluation": envelope.source.value, "information_evaluation": envelope.information.value,
        "assessment": envelope.assessment.value, "h1": h1, "h2": h2, "h3": h3, "ongoing": envelope.ongoing,
        "retain_until": envelope.retain_until,
    }  # fmt: skip
