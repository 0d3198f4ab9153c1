"""Shared pictures in the desk's words: plain mappings with the published names; times with their offset."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.export_document import mark_of, mark_shown
from gateway.node import Node
from gateway.picture_records import Seen
from gateway.show import claim_shown
from policy.handling import high_water
from sharing.contributions import SCORE, Contribution, Member
from sharing.picture import Asserted, PictureState, Text

Shown = Mapping[str, Any]


def zone_of(node: Node) -> ZoneInfo:
    """The zone in which a node tells times."""
    return ZoneInfo(node.settings.log.time_zone)


def summary_shown(told: PictureState, now: int, zone: ZoneInfo) -> Shown:
    """A picture in a list."""
    first = told.opened.content
    return {
        "id": first.picture,
        "title": first.text,
        "case": first.case,
        "openedBy": member_shown(first.author),
        "openedAt": local(first.at, zone),
        "until": local(first.until, zone),
        "closedAt": None if told.closed_at is None else local(told.closed_at, zone),
        "open": told.closed_at is None and first.until > now,
        "members": [member_shown(each) for each in sorted(told.members)],
        "records": len(told.placed),
        "texts": len(told.texts),
    }


def member_shown(member: Member) -> Shown:
    """Who."""
    return {"node": member.node, "person": member.person}


def contribution_shown(made: Contribution, zone: ZoneInfo) -> Shown:
    """One contribution as its author signed it."""
    content = made.content
    return {
        "id": made.id,
        "act": content.act.value,
        "author": member_shown(content.author),
        "at": local(content.at, zone),
        "text": content.text,
        "assessment": content.assessment.value,
        "mark": mark_shown(content.mark),
        "handles": list(content.handles),
        "refs": list(content.refs),
    }


def local(at: int, zone: ZoneInfo) -> str:
    """Unix seconds as local time with its offset."""
    return datetime.fromtimestamp(at, zone).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Painter:
    """What is shown of a picture at `now`, with its records as they are `seen`."""

    now: int
    zone: ZoneInfo
    seen: Mapping[str, Seen]

    def mark(self, told: PictureState) -> Shown | None:
        """The strictest of all that is written in it, and of all records that are shown."""
        shown = [mark_of(claim_shown(each.claim)) for each in self.seen.values() if each.claim]
        return mark_shown(high_water([told.mark, *shown]))

    def record(self, each: Seen) -> Shown:
        """A handle: what its node shows, or why nothing is shown, and what the lease says of it."""
        lease = each.kept.lease if each.kept else None
        return {
            "handle": each.handle,
            "node": each.handle.partition("/")[0],
            "sight": each.sight.value,
            "reason": each.reason or None,
            "lastShownAt": local(lease.kept_at, self.zone) if lease else None,
            "version": lease.version if lease else None,
            "handling": list(lease.handling) if lease else [],
            "claim": claim_shown(each.claim) if each.claim else None,
        }

    def text(self, text: Text) -> Shown:
        """A text with all versions that stand; more than one were written at the same time."""
        return {
            "first": text.first,
            "act": text.act.value,
            "versions": [self._version(each) for each in text.versions],
        }

    def asserted(self, each: Asserted, viewer: str) -> Shown:
        """Same or not the same, who accepts it, and whether it counts at the viewer's node."""
        proposal = each.contribution.content.proposal
        return {
            "said": contribution_shown(each.contribution, self.zone),
            "score": None if proposal.score is None else proposal.score / SCORE,
            "band": proposal.band or None,
            "calibrated": proposal.calibrated,
            "evidence": list(proposal.evidence),
            "accepted": sorted(each.accepted),
            "rejected": sorted(each.rejected),
            "counts": viewer in each.accepted,
            "flags": self._flags(each.contribution),
        }

    def _version(self, made: Contribution) -> Shown:
        marks = [
            mark_of(claim_shown(claim))
            for handle in made.content.handles
            if handle in self.seen and (claim := self.seen[handle].claim)
        ]
        now = {"mark": mark_shown(high_water([made.content.mark, *marks]))}
        return {**contribution_shown(made, self.zone), **now, "flags": self._flags(made)}

    def _flags(self, made: Contribution) -> list[Shown]:
        """The records it rests on that are withheld, or were withdrawn or put right since."""
        found: list[Shown] = []
        for handle in made.content.handles:
            seen = self.seen.get(handle)
            if seen and (reason := seen.flag(made.content.at, self.now)):
                found.append({"handle": handle, "reason": reason})
        return found
