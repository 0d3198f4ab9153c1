"""The cases of a report: records asked for anew and held to their codes, and what members wrote about them.

1 The picture is entered as a member, which is logged before it is seen. 2 Every record in it is asked for
anew. 3 Each is held to its codes, as for any export. 4 A text goes in only if each record that it names does,
and if the strictest mark of all these and of its own allows the use without a consent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from gateway.errors import VariablesRejected
from gateway.export import MOST_HANDLES, check
from gateway.export_document import Exporting, Found, mark_of
from gateway.export_records import Answered, asked_anew, held_to_codes, texts_of
from gateway.log_check import check_exports
from gateway.mandates import held
from gateway.node import Node
from gateway.picture_entries import viewed
from gateway.picture_network import ontology
from gateway.picture_shown import local, zone_of
from gateway.pictures import enter
from gateway.provenance_shown import REST
from gateway.provenance_told import said, stands
from gateway.visit import Visit
from policy.handling import Conditions, DataUse, Mark, high_water, withheld
from policy.mandate import Mandate
from policy.terms import Handling, Role
from sharing.contributions import Act, Assessment, Contribution
from sharing.merge import Claim
from sharing.network import woven
from sharing.picture import PictureState, clusters
from sharing.reports.parts import Case, Heard, Missing, Written
from sharing.wording import Language


@dataclass(frozen=True, slots=True)
class Source:
    """A case as it is asked for: a shared picture, or handles; the mandate names the case."""

    mandate: str
    picture: str = ""
    handles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlet:
    """For what use and whom, as for any export."""

    use: DataUse
    to: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    acknowledged: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A case whose records were answered, before they are held to anything."""

    source: Source
    wanted: Exporting
    mandate: Mandate
    picture: PictureState | None
    answered: tuple[Answered, ...]

    @property
    def texts(self) -> list[list[str]]:
        """The texts of H3, to be read before these records are used."""
        return texts_of(self.answered)


@dataclass(frozen=True, slots=True)
class Held:
    """A case as it goes into the report, and what of it was found; `mark` is None where nothing is in it."""

    asked: Asked
    found: Found
    case: Case
    mark: Mark | None


async def asked(visit: Visit, source: Source, outlet: Outlet) -> Asked:
    """The case with its records as their nodes show them now."""
    node = visit.node
    mandate = held(node, source.mandate, visit.require(Role.ANALYST))
    if bool(source.picture) == bool(source.handles):
        raise VariablesRejected("report: a case is a picture or a list of handles, and not both")
    wanted = Exporting(mandate=mandate.id, handles=source.handles, **asdict(outlet))
    told = None
    if source.picture:
        entered = await enter(visit, source.picture, mandate.id)  # 1
        told, handles = entered.told, tuple(sorted(entered.told.placed))
        if len(handles) > MOST_HANDLES:
            raise VariablesRejected(
                f"report: picture {source.picture} holds {len(handles)} records, at most {MOST_HANDLES} fit"
            )
        wanted = replace(wanted, handles=handles)
    check(wanted)
    await check_exports(node, mandate)
    if told is not None:
        person = node.post.keys.pseudonym(node.id, mandate.actor.subject)
        await node.log.append(viewed(node, mandate, source.picture, "PICTURE_VIEWED", person))
    return Asked(
        source,
        wanted,
        mandate,
        told,
        tuple(await asked_anew(visit, mandate.id, wanted.handles)),  # 2
    )


def held_case(visit: Visit, one: Asked, language: Language, *, read: bool) -> Held:
    """What of it may be used so; `read` that the texts of H3 were acknowledged."""
    node, told = visit.node, one.picture
    found = held_to_codes(node, one.wanted, one.mandate, one.answered, acknowledged=read)  # 3
    usable = {each["handle"]: mark_of(each) for each in found.claims}
    sources = {each["handle"]: each["provenance"] for each in found.claims}
    claims = tuple(_masked(each.claim, node) for each in one.answered if each.claim and each.handle in usable)
    groups = clusters(told.placed, told.asserted, node.id) if told else []
    same = tuple(group for each in groups if len(group := tuple(h for h in each if h in usable)) > 1)
    versions = [each for text in told.texts for each in text.versions] if told else []
    marks = {each.id: _mark(each, usable, one.wanted, read=read) for each in versions}  # 4
    texts = [(each, mark) for each in versions if (mark := marks[each.id]) is not None]
    case = Case(
        reference=one.mandate.case,
        title=told.opened.content.text if told else "",
        purpose=one.mandate.purpose,
        basis=one.mandate.legal_basis,
        claims=claims,
        marks={handle: marked(mark) for handle, mark in usable.items()},
        evidence={handle: tuple(said(told, language)) for handle, told in sources.items()},
        stands={handle: ", ".join(stands(told, language)) for handle, told in sources.items()},
        heard=tuple(Heard(each["node"], each["status"], tuple(each["reasons"])) for each in found.nodes),
        missing=tuple(
            Missing(each["handle"], each["provider"], tuple(each["codes"]), each["reason"])
            for each in found.missing
        ),
        same=same,
        texts=tuple(_written(visit, each, mark) for each, mark in texts),
        texts_left_out=len(versions) - len(texts),
        acknowledged=tuple((handle, text) for handle, text in one.texts if handle in usable),
        consents=tuple(sorted(found.consents)),
        network=woven(claims, _things(usable, same), ontology()),
    )
    used = [*usable.values(), *(mark for _, mark in texts)]
    return Held(one, found, case, high_water(used) if used else None)


def marked(mark: Mark) -> str:
    """A mark in the words of the trade, the strictest first."""
    codes = sorted((each.value for each in mark.handling), reverse=True)
    return " ".join([f"TLP:{mark.tlp.value}", *codes, mark.evaluation])


def _masked(claim: Claim, node: Node) -> Claim:
    """The claim with only those masks that a record of its schema can have: a grant names those of all."""
    can = node.properties.get(claim.record.schema, frozenset())
    masked = tuple(each for each in claim.record.masked if each in can or each == REST)
    return replace(claim, record=replace(claim.record, masked=masked))


def _things(usable: Mapping[str, Mark], same: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    grouped = {handle for group in same for handle in group}
    return [*same, *((handle,) for handle in usable if handle not in grouped)]


def _mark(made: Contribution, usable: Mapping[str, Mark], wanted: Exporting, *, read: bool) -> Mark | None:
    """The strictest mark of a text and of what it names; None if it may not be used so."""
    if not set(made.content.handles) <= usable.keys():
        return None
    named = [usable[each] for each in made.content.handles]
    mark = high_water([made.content.mark, *named])
    acknowledged = read and any(Handling.H3 in each.handling for each in named)
    conditions = Conditions(acknowledged=acknowledged, named=bool(wanted.persons))
    return mark if withheld(mark, wanted.use, conditions) is None else None


def _written(visit: Visit, made: Contribution, mark: Mark) -> Written:
    content = made.content
    return Written(
        task=content.act is Act.TASK,
        author=f"{content.author.node}/{content.author.person}",
        at=local(content.at, zone_of(visit.node)),
        text=content.text,
        fact=content.assessment is Assessment.FACT,
        mark=marked(mark),
        handles=content.handles,
    )
