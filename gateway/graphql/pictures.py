"""Shared pictures at the desk: opened for a case, built by named analysts of several nodes, closed."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway import picture_desk, picture_view
from gateway.graphql.picture_types import (
    Contributed,
    PictureDifference,
    PictureMember,
    PictureMemberInput,
    PictureSameInput,
    PictureTextInput,
    SharedPicture,
    SharedPictureView,
)
from gateway.picture_view import Looking
from gateway.visit import Visit

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]


@strawberry.type
class SharedPictureQuery:
    """Pictures that the caller is a member of."""

    @strawberry.field(
        graphql_type=PictureMember,
        description="Who the caller is in pictures, to be told to who names members; role analyst.",
    )
    def picture_self(self, info: VisitInfo) -> Shown:
        """Oneself."""
        return picture_desk.oneself(info.context)

    @strawberry.field(
        graphql_type=list[SharedPicture], description="The caller's pictures, newest first; role analyst."
    )
    async def shared_pictures(self, info: VisitInfo) -> list[Shown]:
        """Pictures."""
        return await picture_desk.listed(info.context)

    @strawberry.field(
        graphql_type=SharedPictureView,
        description="A picture, every record asked for anew at its node, or only those named; as of a day or"
        " moment at this node; `network` adds ties and measures. A member with a mandate for its case.",
    )
    async def shared_picture(
        self,
        info: VisitInfo,
        id: strawberry.ID,
        mandate: strawberry.ID,
        as_of: str = "",
        only: list[strawberry.ID] | None = None,
        network: bool = False,
    ) -> Shown:
        """A look."""
        looking = Looking(as_of, None if only is None else tuple(map(str, only)), network)
        return await picture_view.view(info.context, str(id), str(mandate), looking)

    @strawberry.field(
        graphql_type=PictureDifference,
        description="What changed between two days or moments, by when it was here; a member.",
    )
    async def picture_difference(
        self,
        info: VisitInfo,
        id: strawberry.ID,
        mandate: strawberry.ID,
        earlier: str,
        later: str = "now",
    ) -> Shown:
        """Two days."""
        return await picture_view.compare(info.context, str(id), str(mandate), earlier, later)


@strawberry.type
class SharedPictureMutation:
    """Building a picture; everything is logged, then signed into it, then told to its members' nodes."""

    @strawberry.mutation(
        graphql_type=SharedPicture,
        description="Open a picture for the mandate's case, for so many days; role analyst.",
    )
    async def open_picture(
        self,
        info: VisitInfo,
        mandate: strawberry.ID,
        title: str = "",
        members: list[PictureMemberInput] | None = None,
        days: int = 30,
    ) -> Shown:
        """A new picture."""
        return await picture_desk.open_(info.context, str(mandate), title, _named(members), days)

    @strawberry.mutation(graphql_type=SharedPicture, description="Name more members; a member.")
    async def join_picture(
        self,
        info: VisitInfo,
        id: strawberry.ID,
        mandate: strawberry.ID,
        members: list[PictureMemberInput],
    ) -> Shown:
        """A picture of more."""
        return await picture_desk.join(info.context, str(id), str(mandate), _named(members))

    @strawberry.mutation(
        graphql_type=list[Contributed],
        description="Place records by their handles; each is asked for and kept under a lease. A member.",
    )
    async def place_in_picture(
        self,
        info: VisitInfo,
        id: strawberry.ID,
        mandate: strawberry.ID,
        handles: list[strawberry.ID],
    ) -> list[Shown]:
        """Handles."""
        return await picture_desk.place(info.context, str(id), str(mandate), list(map(str, handles)))

    @strawberry.mutation(
        graphql_type=Contributed, description="Take out a record that this node placed; a member."
    )
    async def remove_from_picture(
        self,
        info: VisitInfo,
        id: strawberry.ID,
        mandate: strawberry.ID,
        handle: strawberry.ID,
    ) -> Shown:
        """A handle less."""
        return await picture_desk.remove(info.context, str(id), str(mandate), str(handle))

    @strawberry.mutation(
        graphql_type=Contributed,
        description="Write a note, hypothesis, task or link, or a newer version; a member.",
    )
    async def write_in_picture(
        self,
        info: VisitInfo,
        id: strawberry.ID,
        mandate: strawberry.ID,
        text: PictureTextInput,
    ) -> Shown:
        """A text."""
        return await picture_desk.write(info.context, str(id), str(mandate), vars(text))

    @strawberry.mutation(
        graphql_type=Contributed,
        description="Say that two records are the same or not; nothing is merged by it. A member.",
    )
    async def say_same_in_picture(
        self,
        info: VisitInfo,
        id: strawberry.ID,
        mandate: strawberry.ID,
        same: PictureSameInput,
    ) -> Shown:
        """An assertion."""
        return await picture_desk.say_same(info.context, str(id), str(mandate), vars(same))

    @strawberry.mutation(
        graphql_type=Contributed,
        description="Accept (or reject) assertions for the own node; the newest word counts. A member.",
    )
    async def judge_in_picture(
        self,
        info: VisitInfo,
        id: strawberry.ID,
        mandate: strawberry.ID,
        refs: list[strawberry.ID],
        *,
        accept: bool = True,
    ) -> Shown:
        """A judgement."""
        told = list(map(str, refs))
        return await picture_desk.judge(info.context, str(id), str(mandate), told, accept=accept)

    @strawberry.mutation(
        graphql_type=Contributed, description="Withdraw what this node added, by ids; a member."
    )
    async def retract_from_picture(
        self,
        info: VisitInfo,
        id: strawberry.ID,
        mandate: strawberry.ID,
        refs: list[strawberry.ID],
    ) -> Shown:
        """A withdrawal."""
        return await picture_desk.retract(info.context, str(id), str(mandate), list(map(str, refs)))

    @strawberry.mutation(
        graphql_type=SharedPicture, description="End the picture for all; a member of the opener's node."
    )
    async def close_picture(
        self,
        info: VisitInfo,
        id: strawberry.ID,
        mandate: strawberry.ID,
    ) -> Shown:
        """The end."""
        return await picture_desk.close(info.context, str(id), str(mandate))


def _named(members: list[PictureMemberInput] | None) -> list[tuple[str, str]]:
    return [(each.node, each.person) for each in members or ()]
