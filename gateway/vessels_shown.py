"""A vessel's history as the desk's schema tells it: plain mappings with the published names."""

from collections.abc import Mapping
from typing import Any

from stdnum import imo

from gateway.histories import answers_shown, finding_shown, span_shown, when
from gateway.show import claim_shown
from gateway.vessels import KINDS, History
from sharing.claimed import Source
from sharing.findings import Finding
from sharing.merge import Claim
from sharing.vessel_words import (
    cannot_say,
    lone_gap,
    of_assumptions,
    of_finding,
    of_silence,
    of_station,
)
from sharing.vessels.codes import call_sign, countries, flag_fits, sign_countries, sign_fits, station
from sharing.vessels.rules import Limits, Rule
from sharing.vessels.signs import lone_gaps, signs
from sharing.vessels.told import Event, Named, Track
from sharing.wording import Language
from tenants.errors import IdentifierRejected
from tenants.identifiers import normalise

Shown = Mapping[str, Any]
_CODES = ("source", "information", "tlp", "assessment")
IMO_DIGITS = 7


def history_shown(history: History, language: Language) -> Shown:
    """Each owner's entries as they are, events with their provenance, findings, how every node answered."""
    exploration, shown = history.exploration, history.told
    claims = exploration.claims
    counted = {each.event.source.handle for each in signs(shown)}
    alone = lone_gaps(shown, history.limits) if history.compared else ()
    return {
        "kind": history.kind,
        "number": history.number,
        "imos": sorted(shown.marks.imos),
        "mmsis": sorted(shown.marks.mmsis),
        **answers_shown(exploration, history.nodes, language, compared=history.compared),
        "entries": [_entry(each, claims) for each in sorted(shown.named, key=_begun)],
        "events": [
            _event(each, claims, counts=each.source.handle in counted)
            for each in sorted(shown.events, key=_begun)
        ],
        "tracks": [_track(each, claims) for each in shown.tracks],
        "areas": [each.source.handle for each in shown.areas],
        "findings": [_finding(each, history.limits, language) for each in history.findings],
        "loneGaps": list(alone),
        "loneGapsSay": lone_gap(language),
        "claims": [claim_shown(each) for _, each in sorted(claims.items())],
        "cannotSay": cannot_say(language),
    }


def numbers_shown(raw: str, flag: str | None, sign: str | None, language: Language) -> Shown:
    """Whether a number checks, and what it says; whether a flag and a call sign fit."""
    signed = _signed(sign or "", flag)
    for kind in KINDS:
        try:
            number = normalise(kind, raw).normal
        except IdentifierRejected:
            continue
        named = station(number) if kind == "mmsi" else None
        return {
            "kind": kind,
            "number": number,
            "checks": True,
            "checkDigit": None,
            "station": named and named.value,
            "stationSays": named and of_station(named, language),
            "countries": sorted(countries(number)),
            "flagFits": flag_fits(number, flag.lower()) if flag and kind == "mmsi" else None,
            **signed,
        }
    return {
        "kind": None,
        "number": raw,
        "checks": False,
        "checkDigit": _check_digit(raw),
        "station": None,
        "stationSays": None,
        "countries": [],
        "flagFits": None,
        **signed,
    }


def _signed(sign: str, flag: str | None) -> Shown:
    """A call sign as it is read, whose it is as far as that is known, and whether the flag is theirs."""
    whose = sorted(sign_countries(sign))
    fits = sign_fits(sign, flag.lower()) if flag and whose else None
    return {"callSign": call_sign(sign), "callSignCountries": whose, "callSignFits": fits}


def _check_digit(raw: str) -> str | None:
    """The digit that belongs behind the first six of seven digits that do not check."""
    digits = "".join(each for each in raw if each in "0123456789")
    return str(imo.calc_check_digit(digits[:-1])) if len(digits) == IMO_DIGITS else None


def _marked(source: Source, claims: Mapping[str, Claim]) -> dict[str, Any]:
    """Whose record it is and under which codes: what goes with every line."""
    record = claims[source.handle].record
    return {
        "handle": source.handle,
        "owner": source.owner,
        "handling": list(record.handling),
        "handlingText": record.texts.get("handlingText"),
        **{name: record.codes.get(name) for name in _CODES},
    }


def _entry(named: Named, claims: Mapping[str, Claim]) -> Shown:
    begin, end = named.stay or (None, None)
    return {
        **_marked(named.source, claims),
        "schema": named.schema,
        "name": named.name or None,
        "flag": named.flag or None,
        "callSign": named.call_sign or None,
        "imos": sorted(named.own.imos),
        "mmsis": sorted(named.own.mmsis),
        "begin": span_shown(begin),
        "end": span_shown(end),
        "reason": named.reason or None,
    }


def _event(event: Event, claims: Mapping[str, Claim], *, counts: bool) -> Shown:
    begin, end = event.stay or (None, None)
    return {
        **_marked(event.source, claims),
        "event": event.kind,
        "begin": span_shown(begin),
        "end": span_shown(end),
        "latitude": event.place and event.place.position and event.place.position[0],
        "longitude": event.place and event.place.position and event.place.position[1],
        "provider": event.provider or None,
        "method": event.method or None,
        "methodVersion": event.version or None,
        "confidence": event.confidence,
        "counts": counts,
    }


def _track(track: Track, claims: Mapping[str, Claim]) -> Shown:
    times = [at.isoformat() for at, _ in track.points]
    return {
        **_marked(track.source, claims),
        "provider": track.provider or None,
        "points": len(times),
        "first": times[0] if times else None,
        "last": times[-1] if times else None,
    }


def _begun(told: Named | Event) -> tuple[bool, str, str]:
    return when(told.stay, told.source)


def _finding(finding: Finding[Rule], limits: Limits, language: Language) -> Shown:
    return finding_shown(
        finding,
        of_finding(finding, language),
        of_assumptions(finding.rule, limits, language),
        of_silence(finding.rule, language),
    )
