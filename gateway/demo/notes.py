"""How much of the truth about a month the analysts' note tells: the planted figures, and no other."""

from collections.abc import Callable, Mapping
from typing import Any

Shown = Mapping[str, Any]

Note = Callable[[Shown], Shown]
"""The report that the analyst of a planted note gets: the note's asker, month and records."""


def notes_scored(truth: Shown, note: Note) -> Shown:
    """Each planted figure with what the note says, and each figure that was not planted."""
    found, decoys = [], []
    for planted in truth["notes"]:
        told = {_line(each): each for each in note(planted)["figures"]}
        wanted = {_line(each): each for each in planted["figures"]}
        found += [
            {**each, "period": planted["period"], "found": _as_planted(each, told.get(key))}
            for key, each in wanted.items()
        ]
        decoys += [dict(told[key]) for key in told.keys() - wanted.keys()]
    return {"notes": found, "noteDecoys": decoys}


def _line(figure: Shown) -> tuple[str | None, ...]:
    """What is counted, in which unit, and whose."""
    return figure["matter"], figure["what"], figure["unit"], figure["service"]


def _as_planted(planted: Shown, told: Shown | None) -> bool:
    names = ("low", "high", "handles")
    return told is not None and all(told[name] == planted[name] for name in names)
