"""A network's past as the desk's schema tells it: plain mappings with the published names."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gateway.chronicle import Compared, OnADay, Past, Replayed
from gateway.heard_shown import heard_shown
from gateway.histories import span_shown
from gateway.network_shown import name_of, vertex_shown
from sharing.chronicle.changes import Change, Matter
from sharing.chronicle.replay import Event, timeless
from sharing.chronicle.sure import Sure
from sharing.chronicle.told import Day, Fact
from sharing.chronicle_words import (
    assumes,
    cannot_say,
    of_aspect,
    of_change,
    of_event,
    of_fact,
    of_span,
    of_state,
    of_untold,
)
from sharing.wording import Language

Shown = Mapping[str, Any]


def on_a_day_shown(found: OnADay, language: Language) -> Shown:
    """What stood on the day, with every fact's three times."""
    telling = _Telling(found.past, language)
    return {
        "day": found.day.text,
        "facts": [{**telling.fact(fact), **telling.state(sure)} for fact, sure in found.facts],
        **telling.rest(fact for fact, _ in found.facts),
    }


def replayed_shown(found: Replayed, language: Language) -> Shown:
    """What happened, in the order of time."""
    telling = _Telling(found.past, language)
    return {
        "since": found.days[0].text,
        "until": found.days[1].text,
        "events": [telling.event(each) for each in found.events],
        **telling.rest(each.fact for each in found.events),
    }


def compared_shown(found: Compared, language: Language) -> Shown:
    """How the two days differ."""
    telling = _Telling(found.past, language)
    sides = [side for each in found.changes for side in (each.before, each.after)]
    return {
        "since": found.days[0].text,
        "until": found.days[1].text,
        "changes": [telling.change(each, found.days) for each in found.changes],
        **telling.rest(fact for side in sides for fact in side.facts),
    }


class _Telling:
    """One past in one language."""

    def __init__(self, past: Past, language: Language) -> None:
        self._past, self._language = past, language
        self._claims = past.exploration.claims
        self._groups = [[self._claims[each] for each in group] for group in past.chronicle.groups]
        self._names = [name_of(group) for group in self._groups]

    def rest(self, shown: Iterable[Fact]) -> Shown:
        """The things that were named, what tells no time, and how every node answered."""
        past, language = self._past, self._language
        left = timeless(past.chronicle.facts, past.lens)
        named = {place for fact in (*shown, *left) for place in (fact.subject, fact.object)}
        return {
            "things": [vertex_shown(place, self._groups[place]) for place in sorted(named)],
            "withoutTime": [
                {**self.fact(fact), "why": fact.untold, "whySays": of_untold(fact.untold, language)}
                for fact in left
                if fact.untold
            ],
            "knownBy": past.lens.known and past.lens.known.isoformat(),
            "sharedBy": past.lens.shared and past.lens.shared.isoformat(),
            "assumes": assumes(past.days, language),
            "cannotSay": cannot_say(language),
            **heard_shown(past.exploration, language),
        }

    def fact(self, fact: Fact) -> dict[str, Any]:
        """What one record says of two, with its three times, whose it is, and under which codes."""
        record = self._claims[fact.source.handle].record
        begin, end = (fact.valid.begin, fact.valid.end) if fact.valid else (None, None)
        came = min((at for _, at in fact.shares), default=None)
        return {
            "handle": fact.source.handle,
            "owner": fact.source.owner,
            "handling": list(record.handling),
            **self._of(fact),
            "says": fact.says or None,
            "sentence": of_fact(fact, self._names, self._language),
            "begin": span_shown(begin),
            "end": span_shown(end),
            "told": "/".join(of_span(each) if each else "…" for each in (begin, end)) if begin or end else "",
            "observed": bool(fact.valid and fact.valid.observed),
            "version": fact.version,
            "recordedAt": record.recorded_at or None,
            "sharedAt": came and came.isoformat(),
        }

    def state(self, sure: Sure) -> Shown:
        """Whether it surely stood, as a code and in words."""
        return {"state": sure.name, "stateSays": of_state(sure, self._language)}

    def event(self, event: Event) -> Shown:
        """A step of the replay."""
        return {
            "step": event.step.value,
            "when": span_shown(event.when),
            "told": of_span(event.when),
            "appears": list(event.appears),
            "sentence": of_event(event, self._names, self._language),
            **self.state(event.sure),
            "fact": self.fact(event.fact),
        }

    def change(self, change: Change, days: tuple[Day, Day]) -> Shown:
        """A difference of two days."""
        return {
            "turn": change.turn.value,
            "aspect": change.lead.aspect.value,
            "aspectSays": of_aspect(change.lead.aspect, self._language),
            "sentence": of_change(change, days, self._names, self._language),
            "before": self._matter(change.before),
            "after": self._matter(change.after),
        }

    def _matter(self, matter: Matter) -> Shown:
        _, subject, other, _ = matter.key
        return {
            "subject": subject,
            "object": other,
            "subjectName": self._names[subject],
            "objectName": self._names[other],
            "says": list(matter.says),
            **self.state(matter.state),
            "facts": [self.fact(each) for each in matter.facts],
        }

    def _of(self, fact: Fact) -> Shown:
        return {"aspect": fact.aspect.value, "subject": fact.subject, "object": fact.object}


def handles_of(change: Shown) -> Sequence[str]:
    """The records on either side of a change, as the desk tells it."""
    return sorted({fact["handle"] for side in ("before", "after") for fact in change[side]["facts"]})
