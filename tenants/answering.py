"""The steps that every adapter of `View` shares: arguments, access, plan, and the row that comes back."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from policy.decision import Access
from tenants.plan import Compiler, Statement, argument_values
from tenants.selection import Asked, Selection, check_arguments
from tenants.shape import REST, AccessShape, Sightline, sightline
from tenants.view import Found


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

    def prepare(self, access: Access, selection: Selection) -> Prepared:
        """Raises `QuestionRejected`, `PlanRejected` or policy's `FilterRejected`."""
        asked, line = self.opened(access, selection)
        statement = self.compiler.plan(selection, asked, line, access.permit.branches)
        return Prepared(statement, statement.arguments(self.values(access, asked, line)), line.shape)

    def opened(self, access: Access, selection: Selection) -> tuple[Asked, Sightline]:
        """Checked arguments and the access taken apart."""
        return check_arguments(selection, access.permit.max_rows), sightline(access)

    def values(self, access: Access, asked: Asked, line: Sightline) -> dict[str, object]:
        """Every parameter a statement may name."""
        reference = json.dumps(access.permit.id)
        return {**line.values, **argument_values(asked), "spoc": json.dumps(self.spoc), "reference": reference}


def found(row: tuple[object, ...], shape: AccessShape) -> Found:
    """What the statement's one row (payload, hit, count, bits) says."""
    payload, hit, count, bits = row
    return Found(bool(hit), str(payload).encode(), int(str(count)), masked(shape, str(bits)))


def masked(shape: AccessShape, bits: str) -> tuple[str, ...]:
    """Property names withheld from at least one row, from the rows' distinct bits (`1,3`)."""
    if not bits:
        return ()
    rows = [int(part) for part in bits.split(",")]
    masks: Mapping[str, int] = {**dict(shape.shown.named), REST: shape.shown.rest}
    return tuple(sorted(name for name, mask in masks.items() if any(not row & mask for row in rows)))
