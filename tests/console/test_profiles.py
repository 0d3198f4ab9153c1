"""An analyst asks whether two samples are of one batch; the clicks are those of CONSOLE.md, A7."""

import re
from collections.abc import Callable, Sequence

from playwright.sync_api import Page, expect

from tests.console.screens import a_mandate

SignIn = Callable[..., Page]
Axe = Callable[[Page], Sequence[str]]
OF = "/profiles?of=fr.ofast%2Ffr-cp-1"


def test_a_profile_is_compared_with_all_nodes_and_the_score_is_explained(signed_in: SignIn, axe: Axe) -> None:
    page = signed_in("fr.ofast", "helene", "fr", "light", path=OF)
    a_mandate(page)
    page.get_by_role("button", name="Comparer avec tous les nœuds").click()
    row = page.get_by_role("row", name="NFC-2026-20977")
    expect(row).to_contain_text("0,99")
    expect(page.locator("[data-node]")).to_have_count(3)
    expect(page.get_by_text("ne dit jamais que deux échantillons ont la même source")).to_be_visible()
    row.get_by_role("button", name="Pourquoi").click()
    expect(page.locator("[data-match='se.polisen/se-cp-1'] svg.overlay g.here")).to_have_count(16)
    expect(page.locator("[data-match] tbody tr")).to_have_count(16)
    assert axe(page) == []
    page.get_by_role("button", name="Tout ajouter au graphe").click()
    expect(page).to_have_url(re.compile("/chart"))
