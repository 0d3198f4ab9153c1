"""Money as the desk's schema tells it: plain mappings with the published names."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from gateway.heard_shown import heard_shown
from gateway.money import Appraised, Owning
from gateway.network import Gathered
from gateway.network_shown import gathered_shown
from gateway.prices import Prices
from gateway.show import claim_shown
from sharing.merge import Claim
from sharing.money.anomalies import Anomaly
from sharing.money.catalogue import catalogue
from sharing.money.flows import dates_of, flow_of, joins, kind_of
from sharing.money.ownership import Chain, Holding, common_registrations
from sharing.money.shares import Share
from sharing.money_words import (
    assumes,
    cannot_say,
    of_anomaly,
    of_end,
    of_event,
    of_flow,
    of_holding,
    of_missing,
    of_reference,
    of_share,
    of_verification,
)
from sharing.network_words import of_ties
from sharing.paths import Step
from sharing.wording import Language
from tenants.errors import IdentifierRejected
from tenants.identifiers import normalise
from tenants.wallets import read_wallet

Shown = Mapping[str, Any]
WALLET = "CryptoWallet"


def address_shown(raw: str, currency: str | None, language: Language) -> Shown:
    """How far an address checks, of which chain it is, and why it is none; no node is asked."""
    try:
        found = normalise("wallet", raw, chain=currency)
    except IdentifierRejected as rejected:
        return _address("", "", "INVALID", rejected.reason, language)
    wallet = read_wallet(found.normal)
    verified = "CHECKSUM" if found.checked else "FORM" if wallet else "NOT_VERIFIED"
    return _address(found.normal, wallet.chain if wallet else "", verified, "", language)


def _address(normal: str, chain: str, verification: str, reason: str, language: Language) -> Shown:
    said = of_verification(verification, language)
    return {
        "normal": normal, "chain": chain or None, "verification": verification, "sentence": said,
        "reason": reason or None,
    }  # fmt: skip


def owning_shown(owning: Owning, language: Language) -> Shown:
    """Chains with each holding in words, totals, and how every node answered."""
    exploration, owned = owning.exploration, owning.owned
    claims = exploration.claims
    names = [_name(group, claims) for group in owning.groups]
    shown = {place for each in owned.chains for one in each.holdings for place in (one.owner, one.asset)}
    return {
        "day": owning.day,
        "way": owning.way.value,
        "chains": [_chain(each, names, claims, language) for each in owned.chains],
        "totals": [
            {"handles": list(owning.groups[place]), "caption": names[place], **_share(share, language)}
            for place, share in sorted(owned.totals.items(), key=lambda item: (-item[1].high, item[0]))
        ],
        "taken": [
            {"handles": list(owning.groups[place]), "caption": names[place], "registrations": list(told)}
            for place in sorted(shown)
            if (told := common_registrations(owning.groups[place], claims))
        ],
        "cut": owned.cut,
        "assumes": assumes("ownership", language),
        "cannotSay": cannot_say("ownership", language),
        **heard_shown(exploration, language),
    }


def _chain(chain: Chain, names: Sequence[str], claims: Mapping[str, Claim], language: Language) -> Shown:
    return {
        "holdings": [_holding(each, names, claims, language) for each in chain.holdings],
        **_share(chain.share, language),
        "end": chain.end.value,
        "endSentence": of_end(chain.end, language),
    }


def _holding(
    holding: Holding, names: Sequence[str], claims: Mapping[str, Claim], language: Language
) -> Shown:
    handles = sorted(each.source.handle for each in holding.stakes)
    return {
        "owner": names[holding.owner],
        "asset": names[holding.asset],
        "sentence": of_holding(holding, names, language),
        "differ": holding.differ,
        **_share(holding.share, language),
        **_by(handles, claims),
    }


def _share(share: Share, language: Language) -> Shown:
    return {"low": share.low, "high": share.high, "known": share.told, "share": of_share(share, language)}


def _by(handles: Sequence[str], claims: Mapping[str, Claim]) -> Shown:
    """Whose records say so, under which handling, and of when they are."""
    records = [claims[each].record for each in handles if each in claims]
    return {
        "handles": list(handles),
        "owners": sorted({each.owner for each in records if each.owner}),
        "handling": sorted({code for each in records for code in each.handling}),
        "dates": list(dates_of(handles, claims)),
    }


def joined_shown(gathered: Gathered, language: Language) -> Shown:
    """Each path step by step: what moves, in words, whose records, under which handling, when."""
    exploration = gathered.exploration
    network = gathered_shown(gathered, language)
    schemata = [each["schemata"] for each in network["vertices"]]
    paths = [
        {
            "joins": joins(path, schemata),
            "steps": [_step(each, network, gathered, language) for each in path],
        }
        for path in gathered.paths
    ]
    return {
        "network": network,
        "paths": paths,
        "assumes": assumes("joined", language),
        "cannotSay": cannot_say("joined", language),
        **heard_shown(exploration, language, gathered.stop),
    }


def _step(step: Step, network: Shown, gathered: Gathered, language: Language) -> Shown:
    vertices, claims = network["vertices"], gathered.exploration.claims
    names = [_called(each, claims, language) for each in vertices]
    flow = flow_of(step, [each["schemata"] for each in vertices])
    ends = [vertices[place] for place in (step.source, step.target)]
    said = {handle for tie in step.ties for handle in tie.handles}
    said |= {
        handle
        for end in ends
        for handle in end["handles"]
        if claims[handle].record.schema in catalogue().events
    }
    return {
        "source": step.source,
        "target": step.target,
        "flow": flow.value,
        "flowSaid": of_flow(flow, language),
        "sentences": list(of_ties(step.ties, names, language)),
        "towards": names[step.target],
        "kind": kind_of(ends[1]["schemata"]).value,
        "verification": _verified([claims[each] for each in ends[1]["handles"]], language),
        **_by(sorted(said), claims),
    }


def _called(vertex: Shown, claims: Mapping[str, Claim], language: Language) -> str:
    """A thing by its caption; a movement or a payment, whose caption is a code or a number, in words."""
    caption: str = vertex["caption"]
    for handle in vertex["handles"]:
        if claims[handle].record.schema in catalogue().events:
            return of_event(claims[handle], caption, language)
    return caption


def _verified(claims: Sequence[Claim], language: Language) -> str | None:
    """How far the address of a wallet was checked; None for what is no wallet or shows no address."""
    for claim in claims:
        if claim.record.schema == WALLET:
            currency = min(claim.record.properties.get("currency", ()), default=None)
            for each in claim.record.identifiers:
                if each.kind == "wallet":
                    told: str = address_shown(each.normal, currency, language)["sentence"]
                    return told
    return None


def appraised_shown(appraised: Appraised, language: Language) -> Shown:
    """Odd declarations with their reference, and what was not compared and why."""
    found, exploration, prices = appraised.appraisal, appraised.exploration, appraised.prices
    return {
        "anomalies": [_anomaly(each, exploration.claims, language) for each in found.anomalies],
        "notCompared": [
            {
                "handle": each.source.handle,
                "measure": each.measure.value,
                "why": each.why.value,
                "sentence": of_missing(each.why, language),
            }
            for each in found.not_compared
        ],
        "compared": found.compared,
        "referenceKept": prices.digest or None,
        "referenceSays": of_reference(
            prices.sources, len(prices.rows), kept=bool(prices.digest), language=language
        ),
        "claims": [claim_shown(each) for _, each in sorted(exploration.claims.items())],
        "assumes": assumes("anomalies", language, appraised.fences),
        "cannotSay": cannot_say("anomalies", language),
        **heard_shown(exploration, language),
    }


def reference_shown(prices: Prices, since: date) -> Shown:
    """A table that a node keeps, without its rows."""
    return {
        "rows": len(prices.rows), "sources": list(prices.sources), "since": since.isoformat(),
        "digest": prices.digest,
    }  # fmt: skip


def _anomaly(anomaly: Anomaly, claims: Mapping[str, Claim], language: Language) -> Shown:
    return {
        "handle": anomaly.source.handle,
        "measure": anomaly.measure.value,
        "side": anomaly.side.value,
        "far": anomaly.far,
        "value": anomaly.value,
        "low": anomaly.low,
        "high": anomaly.high,
        "median": anomaly.reference.median,
        "source": anomaly.reference.source,
        "sentence": of_anomaly(anomaly, language),
        **_by([anomaly.source.handle], claims),
    }


def _name(group: Sequence[str], claims: Mapping[str, Claim]) -> str:
    captions = [said for each in group if (said := claims[each].record.texts.get("caption"))]
    return captions[0] if captions else group[0]
