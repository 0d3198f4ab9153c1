"""Words for codes: whatever records of a node may have is called by its name in each language."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from graphql import OperationDefinitionNode, parse

from audit.reconcile import Code
from audit.signals import RULES
from gateway.export_formats import known
from gateway.oversight.record import WHAT, WHY
from gateway.witness_findings import RULES as WITNESSING
from policy.handling import DataUse
from policy.terms import LegalBasis, Purpose, Status, SubjectCategory
from sharing.inbox import Acknowledgement, ItemKind, ItemState
from tenants.formats.port import TWICE, Format
from tenants.identifiers import KINDS
from tenants.model import load_model
from tests.components import ROOT

DOCUMENTS = ROOT / "gateway/documents/partner"
TEXT = ROOT / "gateway/console/src/text"
SHARED = ROOT / "sharing/catalogues/labels.yaml"
LANGUAGES = {"en", "fr", "sv"}


def labels(name: str) -> Mapping[str, Mapping[str, str]]:
    """A catalogue's entries of labels, or one part of `code.yaml`, or of what reports take too."""
    shared: Any = yaml.safe_load(SHARED.read_text(encoding="utf-8"))
    if name in shared:
        return {str(code): words for code, words in shared[name].items()}
    own = TEXT / f"code.{name}.yaml"
    if own.exists():
        found: Any = yaml.safe_load(own.read_text(encoding="utf-8"))
    else:
        found = yaml.safe_load((TEXT / "code.yaml").read_text(encoding="utf-8"))[name]
    return {str(code): words for code, words in found.items()}


def properties() -> set[str]:
    """Of all schemata that records can have, FollowTheMoney's and ours."""
    return {name for names in load_model().properties.values() for name in names}


def asked() -> set[str]:
    """What a partner's question may tell, by the documents that partners ask with."""
    texts = [parse(each.read_text(encoding="utf-8")) for each in DOCUMENTS.glob("*.graphql")]
    operations = [each for text in texts for each in text.definitions]
    found = {
        variable.variable.name.value
        for each in operations
        if isinstance(each, OperationDefinitionNode)
        for variable in each.variable_definitions or ()
    }
    assert len(found) > 10
    return found


def offences() -> set[str]:
    """What the console's form for a mandate offers."""
    told = (ROOT / "gateway/console/src/api/vocabulary.ts").read_text(encoding="utf-8")
    found = set(re.findall("'([A-Z_]+)'", told.partition("OFFENCES = [")[2].partition("]")[0]))
    assert len(found) == 30, "Annex I has thirty"
    return found


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("property", properties()),
        ("asked", asked()),
        ("offence", offences()),
        ("schema", set(load_model().properties)),
        ("identifier", set(KINDS)),
        ("identifierKind", set(KINDS)),
        ("purpose", {each.value for each in Purpose}),
        ("basis", {each.value for each in LegalBasis}),
        ("status", {each.value for each in Status}),
        ("category", {each.value for each in SubjectCategory}),
        ("itemKind", {each.value for each in ItemKind}),
        ("itemState", {each.value for each in ItemState}),
        ("acknowledgement", {each.value for each in Acknowledgement}),
        ("use", {each.value for each in DataUse}),
        ("format", {each.value for each in Format}),
        ("formatFor", {each.value for each in Format}),
        ("leftOut", {TWICE, *(code for each in known().values() for code in each.left_out)}),
        ("discrepancy", {each.value for each in Code}),
        ("fact", {*WHAT, *WHY}),
        ("reject", {f"{each.upper()}_INVALID" for each in KINDS}),
        ("rule", set(WITNESSING)),
        ("ruleMeaning", set(RULES)),
        ("ruleLimits", set(RULES)),
        ("ruleOf", set(RULES)),
    ],
)
def test_every_code_that_a_record_can_show_has_a_label_in_each_language(name: str, codes: set[str]) -> None:
    told = labels(name)
    assert codes - set(told) == set(), "add them to the catalogue"
    assert {
        code for code, words in told.items() if set(words) != LANGUAGES or not all(words.values())
    } == set()


def test_no_label_is_for_a_property_that_is_gone() -> None:
    assert set(labels("property")) - properties() == set()
