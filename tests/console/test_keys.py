"""An officer's own key, with Chromium's virtual authenticator: added, asked for, not verified, removed.

The officers are fr.ofast's: no other journey approves as one of them.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from gateway.cli.client import NodeRefused
from gateway.demo.cast import Stage
from tests.console.browser import Desks
from tests.console.test_exchange import TERMS, WORK, run
from tests.console.test_liaison import Clicks, button

FR, SE = "fr.ofast", "se.polisen"
AUTHOR, SECOND = "fr-a03f6e", "gregoire"
DEVICE = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@contextmanager
def in_hand(page: Page) -> Iterator[tuple[CDPSession, str]]:
    """A key at the machine of a page: the session that steers it, and its id."""
    steer = page.context.new_cdp_session(page)
    steer.send("WebAuthn.enable")
    device = steer.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
    yield steer, device
    steer.detach()


def proposed(stage: Stage, record: str) -> Mapping[str, Any]:
    work = {"purposes": [WORK["purpose"]], "legalBases": [WORK["legalBasis"]]}
    terms = {**TERMS, **work, "recipients": [SE], "recordIds": [record]}
    told: Mapping[str, Any] = run(stage, FR, AUTHOR, "propose_grant", {"grant": terms})
    return told


def approve(page: Page, proposal: Mapping[str, Any]) -> None:
    page.goto(page.url.split("/keys")[0] + "/")
    page.locator(f"[data-proposal='{proposal['proposal']}']").get_by_role("button", name="Approve").click()


def test_a_key_is_added_signs_an_approval_and_without_it_nothing_is_approved(
    desks: Desks, demo: Stage
) -> None:
    page, click = desks.signed_in(FR, SECOND, path="/keys"), Clicks()
    with in_hand(page) as (steer, device):
        page.get_by_label("A name for it").fill("blue one")
        page.get_by_label("A name for it").press("Enter")
        expect(page.get_by_role("status").filter(has_text="The key is added.").first).to_be_visible()
        expect(page.locator("[data-key]")).to_contain_text("blue one")

        seen = proposed(demo, "fr-no-such-record")
        about = {"id": seen["proposal"], "digest": seen["digest"]}
        with pytest.raises(NodeRefused, match="APPROVAL_KEY_NEEDED"):
            run(demo, FR, "fr-e8417c", "approve_grant", about)
        steer.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
        approve(page, seen)
        expect(page.get_by_role("alert")).to_contain_text("No key was given")
        steer.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
        click(page.get_by_role("button", name="Approve"))
        expect(page.get_by_role("status").filter(has_text="In force").first).to_be_visible()
        assert click.count == 1

        page.get_by_role("link", name="Your keys").first.click()
        expect(page.locator("[data-key]")).to_contain_text("last used on")
        button(page, "Remove…").click()
        expect(page.get_by_role("dialog")).to_contain_text("This is your last key")
        page.get_by_role("dialog").get_by_role("button", name="Remove the key").click()
        expect(page.get_by_text("Ask an administrator of your node")).to_be_visible()
