"""The steps that every adapter of `View` shares: arguments, access, plan, and the row that comes back."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select

from policy.decision import Access
from policy.terms import Operation
from tenants.arguments import argument_values
from tenants.census import Census, take
from tenants.plan import Compiler, Question, Statement
from tenants.profile_told import profile_values
from tenants.profiles.index import ProfileIndex, Resembling
from tenants.selection import MOST_ROWS, Asked, Selection, check_arguments
from tenants.shape import REST, AccessShape, sightline
from tenants.sight import Sight
from tenants.view import Found

Run = Callable[[Statement, tuple[object, ...]], Awaitable[Sequence[Mapping[str, object]]]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question ready to run: the statement, its parameters, and the access shape."""

    statement: Statement
    arguments: tuple[object, ...]
    shape: AccessShape


class Desk:
    """Prepares questions; `spoc` is whom a requester may turn to (`contact.spoc`)."""

    def __init__(self, compiler: Compiler, spoc: str) -> None:
        self.compiler = compiler
        self.spoc = spoc

    def prepare(self, access: Access, selection: Selection, resembling: Resembling | None = None) -> Prepared:
        """Raises `QuestionRejected`, `PlanRejected` or policy's `FilterRejected`."""
        question = self.opened(access, selection, resembling)
        statement = self.compiler.answer(question)
        return Prepared(statement, statement.arguments(self.values(access, question)), question.line.shape)

    def opened(self, access: Access, selection: Selection, resembling: Resembling | None = None) -> Question:
        """The question with its arguments checked and the access taken apart."""
        permit = access.permit
        asked = check_arguments(selection, permit.max_rows)
        return Question(selection, asked, sightline(access), permit.branches, resembling)

    async def census(self, access: Access, run: Run) -> Census:
        """What `View.census` gives, by an adapter's way to run a statement."""
        selection = Selection(Operation.ENTITY, {}, ())
        question = Question(selection, Asked(0), sightline(access), access.permit.branches)

        async def rows(make: Callable[[Sight], Select[Any]], first: int) -> Sequence[Mapping[str, object]]:
            statement = self.compiler.once(question, make)
            return await run(statement, statement.arguments({**question.line.values, "first": first}))

        return await take(access, rows)

    def values(self, access: Access, question: Question) -> dict[str, object]:
        """Every parameter a statement may name."""
        values = {**question.line.values, **argument_values(question.asked)}
        if question.resembling is not None:
            values |= profile_values(question.resembling, question.selection.tree)
        if question.line.shape.counting:
            values |= {"spoc": json.dumps(self.spoc), "reference": json.dumps(access.permit.id)}
        return values


async def resembled(index: ProfileIndex, selection: Selection) -> Resembling | None:
    """What the profile in a question resembles, in whatever is on the shelf; None for other questions."""
    if selection.operation is not Operation.PROFILE:
        return None
    profile = check_arguments(selection, MOST_ROWS).profile
    return None if profile is None else await asyncio.to_thread(index.resembling, profile)


def found(row: tuple[object, ...], shape: AccessShape) -> Found:
    """What the statement's one row (payload, hit, count, bits, given) says."""
    payload, hit, count, bits, given = row
    return Found(
        bool(hit), str(payload).encode(), int(str(count)), masked(shape, str(bits)), str(given or "").encode()
    )


def masked(shape: AccessShape, bits: str) -> tuple[str, ...]:
    """Property names withheld from at least one row, from the rows' distinct bits (`1,3`)."""
    if not bits:
        return ()
    rows = [int(part) for part in bits.split(",")]
    masks: Mapping[str, int] = {**dict(shape.shown.named), REST: shape.shown.rest}
    return tuple(sorted(name for name, mask in masks.items() if any(not row & mask for row in rows)))
