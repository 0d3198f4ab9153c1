"""The shared picture: a pure function of the set of contributions, whatever order they came in or how often.

What counts: 1. the picture's one OPENED, the earliest by (at, id) if there are several; 2. contributions of
members: the author of OPENED, whom it names, and whom a member's JOINED names; 3. nothing that its own node
withdrew; 4. nothing made after a member of the opener's node closed the picture, or after its end. A text
that is replaced gives way to what replaces it; replaced by two at once, both stand side by side until one
text replaces both. What refers to a contribution that is not here waits for it, uncounted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from policy.handling import Mark, high_water
from sharing.contributions import JUDGEMENTS, TEXTS, Act, Contribution, Member


@dataclass(frozen=True, slots=True)
class Text:
    """A note, hypothesis, task or link: `versions` are those that nobody has replaced, sorted by (at, id).

    More than one: they were written at the same time. `first` is the id of the one that began it.
    """

    first: str
    act: Act
    versions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class Asserted:
    """A SAME or NOT_SAME, and the nodes that accept and that reject it; its author's node accepts it."""

    contribution: Contribution
    accepted: frozenset[str]
    rejected: frozenset[str]

    @property
    def pair(self) -> tuple[str, str]:
        """The two handles, sorted."""
        left, right = sorted(self.contribution.content.handles)
        return left, right


@dataclass(frozen=True, slots=True)
class PictureState:
    """What the contributions add up to. `placed` maps a handle to the contributions that placed it."""

    opened: Contribution
    members: frozenset[Member]
    placed: Mapping[str, tuple[str, ...]]
    texts: tuple[Text, ...]
    asserted: tuple[Asserted, ...]
    closed_at: int | None
    waiting: frozenset[str]
    """Contributions that count once those they refer to, or their author's membership, are here."""

    @property
    def mark(self) -> Mark:
        """The strictest handling of all that is written in it."""
        marks = [version.content.mark for text in self.texts for version in text.versions]
        return high_water([*marks, *(each.contribution.content.mark for each in self.asserted)])


def state(contributions: Iterable[Contribution]) -> PictureState | None:
    """The state of the picture; None as long as nobody has opened it.

    The last few are remembered by the ids of the set: an id is the digest of what was signed.
    """
    known = {each.id: each for each in contributions}
    return _state(_Set(frozenset(known), known))


@dataclass(frozen=True, slots=True)
class _Set:
    """A set of contributions; equal when the ids are."""

    ids: frozenset[str]
    known: Mapping[str, Contribution] = field(compare=False, repr=False)


@lru_cache(maxsize=32)
def _state(these: _Set) -> PictureState | None:
    known = these.known
    first = opened(known.values())
    if first is None:
        return None
    named = members(known.values())
    closed_at = _closed_at(known, first, named)
    end = first.content.until if closed_at is None else min(closed_at, first.content.until)
    ours = {
        key: each
        for key, each in known.items()
        if each.content.author in named and each.content.at <= end and each.content.act is not Act.OPENED
    }
    gone = {
        ref
        for each in ours.values()
        if each.content.act is Act.RETRACTED
        for ref in each.content.refs
        if ref in ours and ours[ref].content.author.node == each.content.author.node
    }
    standing = {key: each for key, each in ours.items() if key not in gone}
    strangers = {key for key, each in known.items() if each.content.author not in named}
    waiting = {key for key, each in standing.items() if any(ref not in known for ref in each.content.refs)}
    placed: dict[str, tuple[str, ...]] = {}
    for each in sorted(standing.values(), key=_order):
        if each.content.act is Act.PLACED:
            placed |= {handle: (*placed.get(handle, ()), each.id) for handle in each.content.handles}
    return PictureState(
        first,
        named,
        placed,
        _texts(ours, gone, known),
        _asserted(standing),
        closed_at,
        frozenset(waiting | strangers),
    )


def _order(contribution: Contribution) -> tuple[int, str]:
    return contribution.content.at, contribution.id


def opened(contributions: Iterable[Contribution]) -> Contribution | None:
    """The OPENED that counts: the earliest."""
    return min((each for each in contributions if each.content.act is Act.OPENED), key=_order, default=None)


def members(contributions: Iterable[Contribution]) -> frozenset[Member]:
    """The opener, whom it names, and whom members name, until nobody is added; OPENED and JOINED do."""
    papers = [each for each in contributions if each.content.act in {Act.OPENED, Act.JOINED}]
    first = opened(papers)
    if first is None:
        return frozenset()
    found = {first.content.author, *first.content.members}
    joining = [each for each in papers if each.content.act is Act.JOINED]
    while True:
        named = {
            member for each in joining if each.content.author in found for member in each.content.members
        }
        if named <= found:
            return frozenset(found)
        found |= named


def _closed_at(
    known: Mapping[str, Contribution], first: Contribution, named: frozenset[Member]
) -> int | None:
    node = first.content.author.node
    return min(
        (
            each.content.at
            for each in known.values()
            if each.content.act is Act.CLOSED
            and each.content.author in named
            and each.content.author.node == node
        ),
        default=None,
    )


def _texts(
    ours: Mapping[str, Contribution], gone: set[str], known: Mapping[str, Contribution]
) -> tuple[Text, ...]:
    """Each text by its first version; a version withdrawn still stands for what it replaced."""
    written = {
        key: each for key, each in ours.items() if each.content.act in TEXTS and _complete(each, known)
    }
    replaced = {
        ref
        for key, each in written.items()
        if key not in gone
        for ref in each.content.refs
        if ref in written and written[ref].content.act is each.content.act
    }
    found: dict[str, list[Contribution]] = {}
    for key, each in written.items():
        if key not in gone and key not in replaced:
            found.setdefault(_first(each, written), []).append(each)
    return tuple(
        Text(first, written[first].content.act, tuple(sorted(versions, key=_order)))
        for first, versions in sorted(found.items(), key=lambda item: (*_order(written[item[0]]), item[0]))
    )


def _complete(each: Contribution, known: Mapping[str, Contribution]) -> bool:
    return all(ref in known for ref in each.content.refs)


def _first(version: Contribution, written: Mapping[str, Contribution]) -> str:
    """What a version goes back to in the end, whatever the clocks said; references cannot go round."""
    seen, ahead = {version.id}, [version]
    begun: list[Contribution] = []
    while ahead:
        one = ahead.pop()
        older = [written[ref] for ref in one.content.refs if ref in written]
        same = [each for each in older if each.content.act is version.content.act]
        begun += [] if same else [one]
        ahead += [each for each in same if each.id not in seen]
        seen |= {each.id for each in same}
    return min(begun, key=_order).id


def _last_word(judgement: Contribution) -> tuple[int, bool, str]:
    """The newest counts; of one second, a rejection: what is in doubt is not held to be one thing."""
    return judgement.content.at, judgement.content.act is Act.REJECTED, judgement.id


def _asserted(standing: Mapping[str, Contribution]) -> tuple[Asserted, ...]:
    judged: dict[str, dict[str, Contribution]] = {}
    judgements = [each for each in standing.values() if each.content.act in JUDGEMENTS]
    for each in sorted(judgements, key=_last_word):
        for ref in each.content.refs:
            judged.setdefault(ref, {})[each.content.author.node] = each
    found = []
    for each in sorted(standing.values(), key=_order):
        if each.content.act in {Act.SAME, Act.NOT_SAME}:
            said = {each.content.author.node: Act.ACCEPTED}
            said |= {node: last.content.act for node, last in judged.get(each.id, {}).items()}
            accepted = frozenset(node for node, act in said.items() if act is Act.ACCEPTED)
            found.append(Asserted(each, accepted, frozenset(said) - accepted))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Difference:
    """Contributions, by id, that stand in the later of two states only, and in the earlier only."""

    added: tuple[str, ...]
    gone: tuple[str, ...]


def difference(earlier: PictureState | None, later: PictureState | None) -> Difference:
    """What changed between two days, for what stands in a picture: placed, written, asserted."""
    before, after = _standing(earlier), _standing(later)
    return Difference(tuple(sorted(after - before)), tuple(sorted(before - after)))


def _standing(told: PictureState | None) -> set[str]:
    if told is None:
        return set()
    placed = {key for keys in told.placed.values() for key in keys}
    written = {version.id for text in told.texts for version in text.versions}
    return placed | written | {each.contribution.id for each in told.asserted}


def clusters(handles: Iterable[str], asserted: Sequence[Asserted], viewer: str) -> list[tuple[str, ...]]:
    """The handles in groups of one thing, as the node `viewer` holds it: by what it accepts, and only that.

    The strongest SAME is taken first; one that would put two into a group which, as the viewer accepts, are
    NOT_SAME is left out. Each group is sorted, and so are the groups; no record is altered by it.
    """
    accepted = [each for each in asserted if viewer in each.accepted]
    apart = {each.pair for each in accepted if each.contribution.content.act is Act.NOT_SAME}
    groups: dict[str, frozenset[str]] = {handle: frozenset({handle}) for handle in handles}
    same = [each for each in accepted if each.contribution.content.act is Act.SAME]
    for each in sorted(
        same, key=lambda one: (-(one.contribution.content.proposal.score or 0), one.contribution.id)
    ):
        left, right = each.pair
        if left not in groups or right not in groups or groups[left] is groups[right]:
            continue
        if any((min(a, b), max(a, b)) in apart for a in groups[left] for b in groups[right]):
            continue
        together = groups[left] | groups[right]
        groups |= dict.fromkeys(together, together)
    return sorted({tuple(sorted(group)) for group in groups.values()})
