"""Masks and explanations by the command line alone, at running nodes: the partner, the owner, oversight."""

import pytest

from gateway.demo.cast import Stage
from tests.flow.commands import run, said

pytestmark = pytest.mark.slow
CASE, BOX = "FR-2026-0418", "XQZU 418026-6"
FR, SE = "fr.ofast", "se.polisen"
ANALYST, OFFICERS, AUDITOR = "fr-7c1e04", ("se-83fe0c", "se-2c65a9"), "se-b7e148"


def test_a_mask_and_why(served: Stage) -> None:
    first = ("--node", served.address(SE), "--as", OFFICERS[0])
    analyst = ("--node", served.address(FR), "--as", ANALYST)
    auditor = ("--node", served.address(SE), "--as", AUDITOR, "--justification", "REVIEW")
    why = ("--justification", "COMPLAINT_7")
    terms = ("--dataset", "cases", "--tier", "record", "--mask", "sealNumber", "--to", FR)
    grant = run("grant", *first, "--second", OFFICERS[1], *terms)["ref"]
    asked = run("ask", "lookup", BOX, *analyst, "--case", CASE)
    (claim,) = [each for each in asked["claims"] if each["node"] == SE]
    assert claim["withheld"] == [{"name": "sealNumber", "code": "FIELD_MASKED"}]
    shown = said("ask", "lookup", BOX, *analyst, "--case", CASE)
    assert "FIELD_MASKED: withheld by the node that answered" in shown

    (line,) = [
        each for each in run("explain", "record", claim["record"]["id"], *first) if each["grant"] == grant
    ]
    assert (line["shown"], line["masked"][0]["rule"]) == (True, f"field-masked:{grant}")
    query = asked["queryId"]
    (told,) = run("explain", "question", query, *first, *why)["answered"]
    assert (told["case"], told["asLogged"], told["today"]["same"]) == (CASE, True, True)
    assert grant in {each["grant"] for each in told["grants"] if each["covers"]}
    words = said("explain", "question", query, *first, *why)
    assert "decided again: as logged" in words
    own = run("explain", "question", query, *analyst, *why)
    assert {each["node"]: each["masked"] for each in own["asked"]["nodes"]}[SE] == claim["withheld"]
    assert own["answered"] == []
    assert "own law: let out" in said("explain", "question", query, *analyst, *why)
    (seen,) = run("oversee", "explain", query, *auditor)["answered"]
    assert (seen["case"], seen["outcome"]["tier"]) == (None, "T3")
    said("revoke", grant.partition("@")[0], *first, "--reason", "case closed")
    assert f"since then: {grant} REVOKED" in said("oversee", "explain", query, *auditor)
