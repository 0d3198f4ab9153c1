"""What members add to a picture: handles of records, texts about them, and what they hold to be the same.

A handle is placed only after its node has shown the record to whoever places it; what is kept is a lease.
What is written inherits the strictest mark of the records and of the texts it uses; its author may only make
that stricter. Whatever stands there is withdrawn by the node that wrote it, and by no other.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gateway.errors import VariablesRejected
from gateway.export_document import mark_of
from gateway.kept import case_of, keep_claim
from gateway.pictures import Added, Entered, contribute
from policy.handling import Mark, high_water
from policy.terms import InformationEvaluation, SourceEvaluation, Tlp
from sharing.contributions import MAX_TEXT, PAIRS, TEXTS, Act, Assessment, Contribution, Proposal

MOST_AT_ONCE = 50
MOST_PLACED = 500
UNASSESSED = Mark(frozenset(), SourceEvaluation.X, InformationEvaluation.N4, Tlp.AMBER)
"""Of a text whose author says nothing about it."""


@dataclass(frozen=True, slots=True)
class Text:
    """A note, hypothesis, task or link about handles that are placed; `mark` as its author sees it.

    `refs` are the versions that it takes the place of; without an `act` it is what they are.
    """

    act: Act | None
    text: str
    handles: tuple[str, ...] = ()
    assessment: Assessment = Assessment.ASSESSMENT
    mark: Mark = field(default=UNASSESSED)
    refs: tuple[str, ...] = ()


async def place(entered: Entered, handles: Sequence[str]) -> tuple[Added, ...]:
    """Place records by their handles; each is asked for and kept under a lease, and carries its marks."""
    wanted = tuple(dict.fromkeys(handles))
    after = len({*entered.told.placed, *wanted})
    if not 0 < len(wanted) <= MOST_AT_ONCE or after > MOST_PLACED:
        raise VariablesRejected(
            f"picture {entered.id}: {len(wanted)} handles, 1 to {MOST_AT_ONCE} at once; "
            f"{after} would stand in it, at most {MOST_PLACED}"
        )
    return tuple([await _placed(entered, each) for each in wanted])


async def _placed(entered: Entered, handle: str) -> Added:
    _, claim = await keep_claim(entered.visit, handle, entered.mandate.id)
    return await contribute(entered, Act.PLACED, handles=(handle,), mark=mark_of(claim))


async def remove(entered: Entered, handle: str) -> Added:
    """Take a handle out, as far as it was this node that placed it; a partner's placing stands."""
    placed = await _known(entered, entered.told.placed.get(handle, ()))
    ours = tuple(each.id for each in placed if each.content.author.node == entered.node.id)
    if not ours:
        raise VariablesRejected(f"handle {handle[:80]}: was not placed in {entered.id} by {entered.node.id}")
    return await contribute(entered, Act.RETRACTED, refs=ours)


async def write(entered: Entered, text: Text) -> Added:
    """Write a text, or in place of `refs` a newer one of the kind, about the same if it names no handles."""
    older = await _known(entered, text.refs)
    acts = {each.content.act for each in older} | ({text.act} if text.act else set())
    if len(acts) != 1 or not acts <= TEXTS:
        raise VariablesRejected(f"text: would be {sorted(acts)}, where one kind of text is expected")
    if not 0 < len(text.text.strip()) <= MAX_TEXT:
        raise VariablesRejected(f"text: has {len(text.text)} characters, 1 to {MAX_TEXT} are expected")
    (act,) = acts
    before = tuple(dict.fromkeys(handle for each in older for handle in each.content.handles))
    handles = text.handles or before
    _check_handles(entered, act, handles, before)
    inherited = await _inherited(entered, handles)
    return await contribute(
        entered,
        act,
        text=text.text.strip(),
        handles=handles,
        refs=text.refs,
        assessment=text.assessment,
        mark=high_water([inherited, text.mark, *(each.content.mark for each in older)]),
    )


async def say_same(entered: Entered, act: Act, pair: Sequence[str], proposal: Proposal) -> Added:
    """Say that two placed handles are one thing, or that they are not; each node accepts it for itself."""
    handles = tuple(pair)
    _check_handles(entered, act, handles, ())
    mark = await _inherited(entered, handles)
    return await contribute(entered, act, handles=handles, proposal=proposal, mark=mark)


async def judge(entered: Entered, act: Act, refs: Sequence[str]) -> Added:
    """Accept or reject, for this node, what somebody said of two handles; the newest word counts."""
    said = {each.contribution.id for each in entered.told.asserted}
    if stray := sorted(set(refs) - said) or ([] if refs else ["nothing"]):
        raise VariablesRejected(f"{act}: {stray[0][:80]} does not say that two handles are one or not")
    return await contribute(entered, act, refs=tuple(dict.fromkeys(refs)))


async def retract(entered: Entered, refs: Sequence[str]) -> Added:
    """Withdraw what this node added; what it took the place of stands again."""
    found = await _known(entered, refs)
    if not found or any(each.content.act in {Act.OPENED, Act.CLOSED, Act.JOINED} for each in found):
        raise VariablesRejected("retract: what opens, closes or names members is not withdrawn")
    if foreign := [each.id for each in found if each.content.author.node != entered.node.id]:
        raise VariablesRejected(f"retract: {foreign[0]} is not of {entered.node.id}; only its own node may")
    return await contribute(entered, Act.RETRACTED, refs=tuple(each.id for each in found))


async def _known(entered: Entered, refs: Iterable[str]) -> list[Contribution]:
    """The contributions of this picture that are meant; `VariablesRejected` names one that is not there."""
    wanted = tuple(dict.fromkeys(refs))
    found = {
        each.id: each
        for each in await asyncio.to_thread(entered.node.pictures.get, wanted)
        if each.content.picture == entered.id
    }
    if missing := [each for each in wanted if each not in found]:
        raise VariablesRejected(f"contribution {missing[0][:80]}: is not in picture {entered.id}")
    return [found[each] for each in wanted]


def _check_handles(entered: Entered, act: Act, handles: Sequence[str], before: Sequence[str]) -> None:
    """They are placed, or stood in what is replaced; two for what is about two."""
    if act in PAIRS and len(set(handles)) != len(("left", "right")):
        raise VariablesRejected(f"{act}: is about two handles, not {len(set(handles))}")
    if act is Act.LINK and before and set(handles) != set(before):
        raise VariablesRejected(f"{act}: is between other handles than what it takes the place of")
    if stray := sorted(set(handles) - set(entered.told.placed) - set(before)):
        raise VariablesRejected(f"handle {stray[0][:80]}: is not placed in picture {entered.id}")


async def _inherited(entered: Entered, handles: Sequence[str]) -> Mark:
    """The strictest of what the placed records carry and of the codes under which they are kept here."""
    placed = await _known(entered, (ref for each in handles for ref in entered.told.placed.get(each, ())))
    case = case_of(entered.node, entered.mandate)
    leases = await asyncio.to_thread(entered.node.lending.leases.affected, handles)
    codes = {code for each in leases if each.lease.case == case for code in each.lease.handling}
    kept = Mark.read(codes, SourceEvaluation.A, InformationEvaluation.N1, Tlp.CLEAR)
    return high_water([kept, *(each.content.mark for each in placed)])
