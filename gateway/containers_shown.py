"""A container's history as the desk's schema tells it: plain mappings with the published names."""

from collections.abc import Mapping
from typing import Any

from gateway.containers import History
from gateway.histories import answers_shown, finding_shown, span_shown, when
from gateway.show import claim_shown
from sharing.container_words import (
    cannot_say,
    of_assumptions,
    of_finding,
    of_silence,
    of_slip,
)
from sharing.containers.declared import unmoved
from sharing.containers.finding import Limits, Rule
from sharing.containers.size_types import read_size_type
from sharing.containers.told import Movement
from sharing.containers.travel import not_compared
from sharing.findings import Finding
from sharing.wording import Language
from tenants.container_codes import check_digit, checks, plain, suggestions

Shown = Mapping[str, Any]


def history_shown(history: History, language: Language) -> Shown:
    """Movements in the order of time, findings with both sides, and how every node answered."""
    exploration, told = history.exploration, history.told
    return {
        "code": told.code,
        **answers_shown(exploration, history.nodes, language, compared=history.compared),
        "movements": [
            _movement(each) for each in sorted(told.movements, key=lambda each: when(each.stay, each.source))
        ],
        "findings": [_finding(each, history.limits, language) for each in history.findings],
        "notCompared": list(not_compared(told)),
        "notSeenMoving": list(unmoved(told)),
        "claims": [claim_shown(each) for _, each in sorted(exploration.claims.items())],
        "cannotSay": cannot_say(language),
    }


def code_shown(raw: str, size_type: str | None, language: Language) -> Shown:
    """Whether a code checks, what it may have been, and what a size and type code says."""
    code = plain(raw)
    read = read_size_type(size_type) if size_type else None
    return {
        "code": code,
        "checks": checks(code),
        "checkDigit": check_digit(code),
        "sizeType": read.said(language) if read else None,
        "suggestions": [
            {
                "code": each.code,
                "slip": each.slip.value,
                "reason": of_slip(each.slip, each.place, each.read, each.instead, language),
            }
            for each in suggestions(raw)
        ],
    }


def _movement(movement: Movement) -> Shown:
    begin, end = movement.stay or (None, None)
    place, haulier = movement.place, movement.haulier
    return {
        "handle": movement.source.handle,
        "owner": movement.source.owner,
        "movement": movement.kind,
        "unlocode": place.key if place and "/" not in place.key else None,
        "place": place.name if place else None,
        "begin": span_shown(begin),
        "end": span_shown(end),
        "sizeType": movement.size_type or None,
        "seal": movement.seal or None,
        "voyage": movement.voyage or None,
        "pickupReference": movement.reference or None,
        "account": movement.account or None,
        "haulier": haulier.called if haulier else None,
    }


def _finding(finding: Finding[Rule], limits: Limits, language: Language) -> Shown:
    return finding_shown(
        finding,
        of_finding(finding, language),
        of_assumptions(finding.rule, limits, language),
        of_silence(finding.rule, language),
    )
