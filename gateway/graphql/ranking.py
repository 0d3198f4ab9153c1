"""The types of a ranked answer."""

import strawberry


@strawberry.type(
    description="A word asked for and the word of the name that it met: EXACT, in another SCRIPT, in another "
    "SPELLING, as a PART of it, or by its SOUND."
)
class WordMet:
    """One word of the question."""

    asked: str
    held: str
    how: str


@strawberry.type(
    description="A claim's place in a search over all nodes: `score`, of 1000, of the name that resembles "
    "the text best. Where no name is shown there is no score."
)
class RankedClaim:
    """One place."""

    handle: strawberry.ID
    score: int
    name: str | None
    why: list[WordMet]
