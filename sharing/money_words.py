"""What is said of money: shares, holdings, flows, addresses, odd prices. Codes come in, words go out."""

import math
import re
from collections.abc import Mapping, Sequence

from sharing.container_words import of_movement
from sharing.labels import of_schema
from sharing.merge import Claim
from sharing.money.anomalies import Anomaly, Fences, Missing
from sharing.money.catalogue import catalogue
from sharing.money.flows import Flow
from sharing.money.ownership import End, Holding
from sharing.money.reference import Measure
from sharing.money.shares import Share
from sharing.numbers import written
from sharing.wording import Language

_PERCENT = 100
_DIGITS = 4
_CENTS = 2
_PLAIN = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?")


def of_share(share: Share, language: Language) -> str:
    """A share in percent: one number, two bounds, or that it is not known."""
    told = catalogue()
    low, high = (_number(bound * _PERCENT, language) for bound in (share.low, share.high))
    if not share.told:
        return told.share_unknown[language]
    return (told.share if low == high else told.share_range)[language].format(low=low, high=high)


def of_holding(holding: Holding, names: Sequence[str], language: Language) -> str:
    """Who owns how much of what, by whose records; a second sentence where these differ."""
    told = catalogue()
    owners = ", ".join(sorted({each.source.owner for each in holding.stakes}))
    said = told.holding[language].format(
        owner=names[holding.owner],
        asset=names[holding.asset],
        share=of_share(holding.share, language),
        owners=owners,
    )
    return f"{said}. {told.differ[language]}" if holding.differ else said


def of_event(claim: Claim, caption: str, language: Language) -> str:
    """What a movement or a payment is called in a sentence: its kind, its amount with its currency."""
    told, kind = claim.record.properties, of_schema(claim.record.schema, language)
    name = of_movement(caption, language) if caption in told.get("movement", ()) else caption
    if caption in told.get("amount", ()) and _PLAIN.fullmatch(caption):
        amount = written(float(caption), language, most=_CENTS)
        name = " ".join((amount, *sorted(told.get("currency", ()))[:1]))
    return catalogue().event[language].format(kind=kind, name=name)


def of_end(end: End, language: Language) -> str:
    """Why a chain goes no further."""
    return catalogue().ends[end][language]


def of_flow(flow: Flow, language: Language) -> str:
    """What moves along a step."""
    return catalogue().flows[flow][language]


def of_verification(code: str, language: Language) -> str:
    """How far an address was checked."""
    return catalogue().verification[code][language]


def of_anomaly(anomaly: Anomaly, language: Language) -> str:
    """The declared figure beside its reference, as one sentence with source, period and numbers."""
    row = anomaly.reference
    figures = {"value": anomaly.value, "low": anomaly.low, "high": anomaly.high}
    figures |= {"median": row.median, "q1": row.q1, "q3": row.q3}
    said = {name: _number(value, language) for name, value in figures.items()}
    return (
        catalogue()
        .anomaly[anomaly.side][language]
        .format(
            **said,
            unit=of_unit(anomaly.measure, row.unit, language),
            owner=anomaly.source.owner,
            source=row.source,
            code=row.hs_code,
            number=written(row.number, language),
            begin=row.begin,
            end=row.end,
        )
    )


def of_unit(measure: Measure, unit: str, language: Language) -> str:
    """A measure with its unit."""
    return catalogue().units[measure][language].format(unit=unit)


def of_reference(sources: Sequence[str], rows: int, *, kept: bool, language: Language) -> str:
    """What declarations were held beside: whose table, of how many rows, by which sources."""
    said = catalogue().reference["KEPT" if kept else "NAMED"][language]
    return said.format(rows=rows, sources=", ".join(sources))


def of_missing(why: Missing, language: Language) -> str:
    """Why a declaration was not compared."""
    return catalogue().missing[why][language]


def assumes(method: str, language: Language, fences: Fences | None = None) -> str:
    """What a method (`ownership`, `joined`, `anomalies`) takes for granted."""
    outside = _number((fences or Fences()).outside, language)
    return catalogue().assumes[method][language].format(outside=outside)


def cannot_say(method: str, language: Language) -> str:
    """What a method cannot say."""
    said: Mapping[Language, str] = catalogue().cannot_say[method]
    return said[language]


def _number(value: float, language: Language) -> str:
    """Four digits that count, as people of the language write them."""
    before = math.floor(math.log10(abs(value))) + 1 if value else 0
    return written(value, language, most=max(0, _DIGITS - before))
