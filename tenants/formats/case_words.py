"""Words of CASE and UCO 1.4.0 (caseontology.org, unifiedcyberontology.org; May 2025) that are used here.

The context is this one, written into every file and never fetched. CASE and UCO are ontologies of evidence on
devices: what an object is stands in its facets.
"""

from collections.abc import Mapping
from typing import Final

from tenants.formats.json_ld import Names, names_of
from tenants.formats.whole_json import named

_UCO = "https://ontology.unifiedcyberontology.org/uco"
CONTEXT: Final[Mapping[str, str]] = {
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": f"{_UCO}/action/",
    "uco-core": f"{_UCO}/core/",
    "uco-identity": f"{_UCO}/identity/",
    "uco-marking": f"{_UCO}/marking/",
    "uco-observable": f"{_UCO}/observable/",
    "uco-tool": f"{_UCO}/tool/",
    "uco-types": f"{_UCO}/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "kb": "urn:uuid:",
    "entente": f"urn:uuid:{named('case', 'words')}#",
}
NAMES: Final[Names] = names_of(dict(CONTEXT))


def word(name: str) -> str:
    """The IRI of a name in this context."""
    return NAMES.whole(name, term=True)


RECORD: Final = word("entente:record")
"""A whole record, as JSON."""
PART: Final = word("entente:part")
"""Says that an object stands in the file for what a record says, and is none itself."""
OBJECT, NAME, FACET = word("uco-core:object"), word("uco-core:name"), word("uco-core:hasFacet")
SOURCE, TARGET = word("uco-core:source"), word("uco-core:target")
KIND_OF, MARKING = word("uco-core:kindOfRelationship"), word("uco-core:objectMarking")
DESCRIPTION = word("uco-core:description")
STEPS: Final = {
    "ACQUIRED": "acquired", "COPIED": "copied", "DECRYPTED": "decrypted", "PROCESSED": "processed",
    "TRANSFERRED": "transferred", "SEALED": "sealed",
}  # fmt: skip
"""A step of custody, and how an action is named that is one; CASE leaves the names open."""
_FRAME: Final = {
    "case-investigation": (
        "Authorization", "Examiner", "Investigation", "InvestigativeAction", "Investigator",
        "ProvenanceRecord",
    ),
    "uco-action": (
        "Action", "ActionLifecycle",
    ),
    "uco-core": (
        "Bundle", "Grouping",
    ),
    "uco-identity": (
        "SimpleNameFacet",
    ),
    "uco-marking": (
        "MarkingDefinition", "StatementMarking",
    ),
    "uco-observable": (
        "Application", "ApplicationFacet", "ContactAddress", "ContactAffiliation", "ContactEmail",
        "ContactPhone", "EmailAddress", "EmailAddressFacet", "MessageThread", "MessageThreadFacet",
        "OperatingSystem", "OperatingSystemFacet", "Software", "SoftwareFacet",
    ),
    "uco-tool": (
        "AnalyticTool", "ConfiguredTool", "Tool",
    ),
    "uco-types": (
        "Dictionary", "DictionaryEntry", "Hash", "Thread", "ThreadItem",
    ),
}  # fmt: skip
FRAME: Final = frozenset(word(f"{prefix}:{name}") for prefix, names in _FRAME.items() for name in names)
"""Objects, and facets of objects, that are read only where another one points at them, or not at all."""
CALLED: Final = {called: step for step, called in STEPS.items()} | {
    "acquisition": "ACQUIRED", "imaged": "ACQUIRED", "preserved": "ACQUIRED", "extracted": "PROCESSED",
    "extraction": "PROCESSED", "parsed": "PROCESSED", "decrypted": "DECRYPTED", "transferred": "TRANSFERRED",
}  # fmt: skip
"""How programs name actions, and the step of custody that each is; any other is PROCESSED."""
