"""What is said of a chronicle, from `catalogues/chronicle.yaml`, whole in every language.

Codes and times choose the words; what records call a thing is put in as it is, for the caller to escape.
"""

from collections.abc import Sequence
from datetime import timedelta

from sharing.chronicle.catalogue import Aspect, Untold, catalogue
from sharing.chronicle.changes import Change, Matter
from sharing.chronicle.replay import Event
from sharing.chronicle.sure import Sure
from sharing.chronicle.told import Day, Fact
from sharing.network_words import of_ties
from sharing.spans import Span
from sharing.wording import Language

_YEAR, _MONTH, _DAY = 4, 7, 10
_SECOND = timedelta(seconds=1)


def of_fact(fact: Fact, names: Sequence[str], language: Language) -> str:
    """What a record says of two, with the role that it names."""
    if fact.linked:
        (tie,) = of_ties([fact.edge], names, language)
    else:
        words = catalogue().without_link[fact.aspect][language]
        tie = words.format(subject=names[fact.subject], object=names[fact.object])
    return f"{tie} [{fact.says}]" if fact.says else tie


def of_event(event: Event, names: Sequence[str], language: Language) -> str:
    """A step as one sentence, with its time as exact as it was told."""
    words = catalogue().steps[event.step][language]
    tie = of_fact(event.fact, names, language)
    return words.format(when=of_span(event.when), tie=tie, owner=event.fact.source.owner)


def of_change(change: Change, days: tuple[Day, Day], names: Sequence[str], language: Language) -> str:
    """How the two days differ, as one sentence that names whose records say so."""
    before, after = (_matter(each, names, language) for each in (change.before, change.after))
    states = catalogue().states
    return (
        catalogue()
        .turns[change.turn][language]
        .format(
            one=days[0].text,
            other=days[1].text,
            before=before,
            after=after,
            either=before or after,
            state_one=states[change.before.state.name][language],
            state_other=states[change.after.state.name][language],
        )
    )


def _matter(matter: Matter, names: Sequence[str], language: Language) -> str:
    """What the records of a matter say, each saying once, and whose they are."""
    said = dict.fromkeys(of_fact(fact, names, language) for fact in matter.facts)
    owners = sorted({fact.source.owner for fact in matter.facts})
    return f"{', '.join(said)} ({', '.join(owners)})" if said else ""


def of_span(span: Span) -> str:
    """A time as exact as it was told: a year, a month, a day, else from when to when."""
    first, last = span.earliest.isoformat(), span.latest.isoformat()
    if span.earliest.date() == span.latest.date():
        return first[:_DAY]
    for length, begin in ((_YEAR, "-01-01"), (_MONTH, "-01")):
        same = first[:length] == last[:length] and first[length:_DAY] == begin
        if same and (span.latest + _SECOND).isoformat()[length:_DAY] == begin:
            return first[:length]
    return f"{first[:_DAY]}/{last[:_DAY]}"


def of_aspect(aspect: Aspect, language: Language) -> str:
    """Role, territory, financial channel or other tie."""
    return catalogue().aspects[aspect][language]


def of_untold(untold: Untold, language: Language) -> str:
    """Why a fact stands at no time."""
    return catalogue().untold[untold][language]


def of_state(sure: Sure, language: Language) -> str:
    """How sure."""
    return catalogue().states[sure.name][language]


def assumes(days: int, language: Language) -> str:
    """What is taken for granted."""
    return catalogue().assumes[language].format(days=days)


def cannot_say(language: Language) -> str:
    """What no chronicle says."""
    return catalogue().cannot_say[language]
