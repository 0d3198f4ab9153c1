"""An analyst follows a container over all nodes and reads what contradicts itself (deploy/docs/ports.md)."""

from collections.abc import Callable, Sequence

from playwright.sync_api import Page, expect

from tests.console.screens import asked_its_node

CODE = "XQZU5220173"
CLONE = {"TWO_PLACES": 1, "SIZE_TYPE": 1, "SEAL": 1, "PICKUP_PARTY": 1, "PICKUP_ACCOUNT": 3}


def test_a_container_is_followed_over_all_nodes_with_one_click(
    signed_in: Callable[..., Page], axe: Callable[[Page], Sequence[str]]
) -> None:
    page = signed_in("fr.ofast", "helene", path="/record/fr.ofast%2Ffr-tc-1")
    asked_its_node(page)
    page.get_by_role("button", name=f"Where was {CODE} seen?").click()  # 1
    panel = page.get_by_role("region", name=f"Where {CODE} was seen")
    for rule, times in CLONE.items():
        expect(panel.locator(f"[data-rule={rule}]")).to_have_count(times)
    expect(panel.get_by_text("3 of 3 nodes answered.")).to_be_visible()
    expect(panel.locator("tr", has_text="SEGOT").first).to_be_visible()
    assert axe(page) == []
