"""What the log is told of pictures: acts, keyed digests and counts; what was written stays out of it."""

import json

from audit.canonical import JSON
from audit.entry import Entry, Kind
from gateway.facts import of_mandate, retain_until
from gateway.node import Node
from policy.mandate import Mandate
from sharing.contributions import Contribution


def contributed(node: Node, mandate: Mandate, made: Contribution) -> Entry:
    """A contribution about to be kept and sent: what it does, its marks, and which others it is about."""
    content = made.content
    facts = of_mandate(node, mandate) | {
        "action": f"PICTURE_{content.act}",
        "picture": content.picture,
        "asker": content.author.person,
        "records": len(content.handles),
        "handling": sorted(each.value for each in content.mark.handling),
        "evaluation": [content.mark.evaluation],
        "tlp": content.mark.tlp.value,
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    told = {"subject": mandate.actor.subject, "handles": list(content.handles), "refs": list(content.refs)}
    sealed = json.dumps(told, ensure_ascii=False).encode()
    return Entry(Kind.ADMINISTRATION, node.id, facts, subject=made.id, sealed=sealed)


def viewed(node: Node, mandate: Mandate, picture: str, action: str, asker: str) -> Entry:
    """A member about to see a picture."""
    facts: dict[str, JSON] = of_mandate(node, mandate) | {
        "action": action,
        "picture": picture,
        "asker": asker,
        "retain_until": retain_until(node.now(), Kind.ADMINISTRATION),
    }
    sealed = json.dumps({"subject": mandate.actor.subject}, ensure_ascii=False).encode()
    return Entry(Kind.ADMINISTRATION, node.id, facts, subject=mandate.digest, sealed=sealed)
