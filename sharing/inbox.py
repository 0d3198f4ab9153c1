"""The inbox of liaison officers: what waits for a human decision, until when, and what was decided.

An item holds codes, references and times; what an officer must read to decide is forgotten with the decision.
It is added once, under one id, and decided once: from OPEN it goes to one of the ends and stays there.
Approvals of officers are kept on the open item until there are enough. The caller logs a change before it
makes it. The same book keeps, in a box of its own, what our people asked of other nodes' officers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol, Self

from audit.canonical import JSON
from audit.errors import EntryRefused
from audit.fields import check_facts
from policy.duties import Step, must_be_another
from policy.terms import Mode
from sharing.codes import ID, NODE_ID
from sharing.errors import ItemRefused, ItemUnknown
from sharing.grants import Approval

MOST_ITEMS = 200
"""Items of one page."""


class Box(StrEnum):
    """Whose decision is awaited: our officers' (`INBOX`), or another node's on what we asked (`SENT`)."""

    INBOX = "INBOX"
    SENT = "SENT"


class ItemKind(StrEnum):
    """What the item is about."""

    FOLLOW_UP = "FOLLOW_UP"
    CONSENT = "CONSENT"
    BREAK_GLASS = "BREAK_GLASS"
    RECALL_OVERDUE = "RECALL_OVERDUE"
    RECALL_PROPOSED = "RECALL_PROPOSED"
    ALERT_GIVEN = "ALERT_GIVEN"
    DECONFLICTION = "DECONFLICTION"
    EVIDENCE_RULING = "EVIDENCE_RULING"


class ItemState(StrEnum):
    """OPEN, or how it ended."""

    OPEN = "OPEN"
    ANSWERED = "ANSWERED"
    PARTLY_ANSWERED = "PARTLY_ANSWERED"
    REFUSED = "REFUSED"
    LAPSED = "LAPSED"
    WITHDRAWN = "WITHDRAWN"
    ACKNOWLEDGED = "ACKNOWLEDGED"


class Acknowledgement(StrEnum):
    """What an officer did about an item of which the officers were only told."""

    NOTED = "NOTED"
    CONTACTED = "CONTACTED"
    COORDINATED = "COORDINATED"
    NOT_RELEVANT = "NOT_RELEVANT"


@dataclass(frozen=True, slots=True)
class Decision:
    """How an item ended: by whom (opaque id; a node's id when no person did), when, why, by which grant.

    `reason` is a code, `grant` a ref `<id>@<version>`; either is empty where there is none.
    """

    state: ItemState
    by: str
    at: int
    reason: str = ""
    grant: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to decide. Times are Unix seconds; `due_at` is the deadline.

    `node` is the other node: who asks, or in the box SENT who is asked. `request` is the digest of the
    question it goes back to, `reference` the number that the answer gave, `tier` what is wanted. `reason` and
    `urgency` are codes, `facts` the mandate and whatever else in the fields of a leaf. `subject` is the own
    person whose item it is, if it is one person's. `reminded` counts the reminders that were given.
    """

    id: str
    kind: ItemKind
    node: str
    received_at: int
    due_at: int
    query_id: str = ""
    request: str = ""
    reference: str = ""
    tier: Mode = Mode.NONE
    reason: str = ""
    urgency: str = ""
    facts: Mapping[str, JSON] = field(default_factory=dict)
    subject: str = ""
    content: Mapping[str, JSON] = field(default_factory=dict, repr=False)
    """The question and the case in clear, while the item is open; never logged."""
    state: ItemState = ItemState.OPEN
    reminded: int = 0
    draft: Mapping[str, JSON] = field(default_factory=dict)
    """What the officers in `approvals` want decided, while too few of them do."""
    approvals: tuple[Approval, ...] = ()
    decision: Decision | None = None
    revision: int = 0
    """How often it has changed; two changes of one revision exclude each other."""

    def __post_init__(self) -> None:
        """Refuse what is not in its form, before it is kept."""
        texts = {"id": self.id, "query_id": self.query_id, "reference": self.reference, "reason": self.reason}
        texts |= {"request": self.request, "urgency": self.urgency, "subject": self.subject}
        wrong = [name for name, value in texts.items() if value and not ID.fullmatch(value)]
        if wrong or not self.id:
            raise ItemRefused(
                f"item {self.id[:80]!r}: {(wrong or ['id'])[0]} is not of the form {ID.pattern}"
            )
        if not NODE_ID.fullmatch(self.node) or not 0 <= self.received_at <= self.due_at:
            raise ItemRefused(
                f"item {self.id}: of {self.node[:80]!r}, from {self.received_at} to {self.due_at}"
            )
        try:
            check_facts(self.facts)
        except EntryRefused as error:
            raise ItemRefused(f"item {self.id}: {error}") from error

    def approved(self, draft: Mapping[str, JSON], approval: Approval, *, since: int = 0) -> Self:
        """The item with one more approval of `draft`; another draft than the one that waits starts anew.

        Approvals before `since` (Unix seconds) no longer count. `ItemRefused` if it is not open, or that
        officer has approved just that already.
        """
        self.check_open()
        waiting = self.approvals if self.draft == draft else ()
        before = tuple(each for each in waiting if each.at >= since)
        if must_be_another(Step.ITEM_APPROVAL, approval.officer, [each.officer for each in before]):
            raise ItemRefused(f"item {self.id}: {approval.officer} has approved that; another officer must")
        return replace(self, draft=draft, approvals=(*before, approval))

    def decided(self, decision: Decision) -> Self:
        """The item as it ended; `ItemRefused` if it has ended already, or an end is not one."""
        self.check_open()
        if decision.state is ItemState.OPEN:
            raise ItemRefused(f"item {self.id}: a decision ends it, it cannot be {decision.state}")
        return replace(self, state=decision.state, decision=decision, content={})

    def reopened(self) -> Self:
        """The item before it was withdrawn: its officers had decided, so the withdrawal came too late."""
        if self.state is not ItemState.WITHDRAWN:
            raise ItemRefused(f"item {self.id}: is {self.state}, only a withdrawn one is opened again")
        return replace(self, state=ItemState.OPEN, decision=None)

    def check_open(self) -> None:
        """Raise `ItemRefused` if it has ended."""
        if self.state is not ItemState.OPEN:
            raise ItemRefused(f"item {self.id}: is {self.state}, only an open one is decided")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items to list, the next deadline first; an empty criterion admits every item.

    `due_before` is exclusive. `after` is deadline and id of the last item of the page before.
    """

    state: ItemState | None = None
    kind: ItemKind | None = None
    node: str = ""
    subject: str = ""
    query_id: str = ""
    due_before: int | None = None
    after: tuple[int, str] = (-1, "")
    first: int = MOST_ITEMS

    def __post_init__(self) -> None:
        """Refuse a page without end."""
        if not 1 <= self.first <= MOST_ITEMS:
            raise ItemRefused(f"items: {self.first} are wanted, 1 to {MOST_ITEMS} are given")

    def admits(self, item: Item) -> bool:
        """Whether the item is wanted."""
        return (
            self.state in {None, item.state}
            and self.kind in {None, item.kind}
            and self.node in {"", item.node}
            and self.subject in {"", item.subject}
            and self.query_id in {"", item.query_id}
            and (self.due_before is None or item.due_at < self.due_before)
            and (item.due_at, item.id) > self.after
        )


class Inbox(Protocol):
    """The items of one box, durable, shared by all processes of the node."""

    def add(self, item: Item) -> bool:
        """Keep the item and return True; False, with nothing done, if one of its id is there."""

    def get(self, item_id: str) -> Item:
        """Return an item; `ItemUnknown` if there is none of that id."""

    def list(self, wanted: Wanted) -> Sequence[Item]:
        """Return the items that are wanted, by deadline, then id."""

    def put(self, item: Item) -> Item:
        """Keep an item that was read and then changed, and return it with its new revision.

        `ItemConflict`, with nothing done, if it has changed since it was read: so a decision is made once.
        """


def every_item(inbox: Inbox, wanted: Wanted) -> Iterator[Item]:
    """Yield all items that are wanted, a page at a time."""
    page = replace(wanted, first=MOST_ITEMS)
    while items := inbox.list(page):
        yield from items
        page = replace(page, after=(items[-1].due_at, items[-1].id))


def found(inbox: Inbox, item_id: str) -> Item | None:
    """Return an item, or None where there is none of that id."""
    try:
        return inbox.get(item_id)
    except ItemUnknown:
        return None
