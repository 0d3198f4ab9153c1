"""The use case of who wants to know where a record comes from: its node is asked, it is told in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gateway.ask import Asking, ask, split_handle
from gateway.provenance_shown import Told
from gateway.visit import Visit
from policy.provenance import Acquisition, Admissibility, Gap, Ground, Instrument, Step
from policy.terms import Operation
from sharing.provenance_words import cannot_say, of_code, of_part, of_told
from sharing.wording import Language

Shown = Mapping[str, Any]


async def told(visit: Visit, handle: str, mandate: str, language: Language) -> Shown:
    """The record's claim, and line by line what is stated of it."""
    home, record = split_handle(handle)
    picture = await ask(visit, Asking(Operation.ENTITY, {"id": record}, mandate, [home]))
    claim = next((each for each in picture["claims"] if each["handle"] == handle), None)
    return {
        "claim": claim,
        "says": list(said(claim["provenance"], language)) if claim else [],
        "cannotSay": cannot_say(language),
        "nodes": picture["nodes"],
    }


def said(shown: Shown, language: Language) -> Iterator[str]:
    """The provenance in lines: what is stated, what is amiss beside it, how it stands at last."""
    yield of_told(shown["told"], language)
    if shown["told"] == Told.STATED:
        teller = _Teller(shown, language)
        yield from teller.acquired()
        yield from teller.custody()
        yield from teller.courts()


def stands(shown: Shown, language: Language) -> Iterator[str]:
    """How it stands in each country that anything is said of; nothing where nothing is."""
    for each in shown["standing"]:
        yield f"{each['country']}: {of_code(Admissibility(each['status']), language)}"


@dataclass(frozen=True, slots=True)
class _Teller:
    shown: Shown
    language: Language

    def acquired(self) -> Iterator[str]:
        """Under what, by whom, how and with what."""
        shown = self.shown
        if shown["instrument"]:
            other = shown["instrument"] == Instrument.OTHER
            words = shown["instrumentSays"] if other else self._word(Instrument(shown["instrument"]))
            yield self._line("instrument", words)
        if shown["acquisition"]:
            yield self._line("acquisition", self._word(Acquisition(shown["acquisition"])))
        for part in ("reference", "authority", "method", "digest"):
            if shown[part]:
                yield self._line(part, shown[part])
        if tool := shown["tool"]:
            yield self._line("tool", tool["name"], tool["version"], tool["digest"])

    def custody(self) -> Iterator[str]:
        """The chain, each gap below the entry it is about."""
        yield from self._gaps(0)
        for place, each in enumerate(self.shown["custody"], start=1):
            step = self._word(Step(each["step"]))
            yield self._line("custody", f"{place}. {each['at']}", each["by"], step, each["after"])
            yield from self._gaps(place)

    def courts(self) -> Iterator[str]:
        """Whom it was told, what was said against it, what was ruled, and what follows."""
        for each in self.shown["notified"]:
            yield self._line("notified", each["country"], each["on"], each["reference"])
        for each in self.shown["objections"]:
            words = (each["country"], self._word(Ground(each["ground"])), each["raised"])
            yield self._line("objection", *words, each["reference"], each["answered"])
        for each in self.shown["rulings"]:
            words = (each["country"], self._word(Admissibility(each["status"])), each["court"])
            yield self._line("ruling", *words, each["reference"], each["decided"])
        for each in self.shown["standing"]:
            yield self._line("standing", each["country"], self._word(Admissibility(each["status"])))

    def _gaps(self, place: int) -> Iterator[str]:
        for each in self.shown["gaps"]:
            if each["entry"] == place:
                yield self._line("gap", self._word(Gap(each["code"])))

    def _line(self, part: str, *texts: str | None) -> str:
        return f"{of_part(part, self.language)}: {', '.join(text for text in texts if text)}"

    def _word(self, code: StrEnum) -> str:
        return of_code(code, self.language)
