"""The screens of the console: who sees which, at which address, after which steps.

`make screenshots` makes a picture of each; a test looks at each in every language and theme.
"""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.console.chart import at_side, pictured

#: Whose screens these are, as node and login in the demo's list of people.
WHO = {
    "visitor": None,
    "analyst": ("fr.ofast", "helene"),
    "liaison": ("se.polisen", "ase"),
    "oversight": ("fr.ofast", "solange"),
    "administrator": ("eu.europol", "marko"),
}


def as_it_opens(_page: Page) -> None:
    """No step: the screen is there when its address is opened."""


def submitted(page: Page) -> None:
    """The screen's form is sent, and what it brings is there."""
    page.locator("main form button[type=submit]").click()
    page.locator("main table").first.wait_for()


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen; `name` is that of its picture, `who` one of `WHO`, `steps` what is done before one looks.

    Steps work in every language: they find things by role and place, or by the values of the demo's case.
    """

    name: str
    who: str
    path: str
    steps: Callable[[Page], None] = as_it_opens


SCREENS = (
    Screen("sign-in", "visitor", "/signin"),
    Screen("analyst-home", "analyst", "/"),
    Screen("analyst-search", "analyst", "/search"),
    Screen("analyst-chart", "analyst", "/search", pictured),
    Screen("analyst-chart-table", "analyst", "/search", at_side(1)),
    Screen("analyst-timeline", "analyst", "/search", at_side(2)),
    Screen("analyst-map", "analyst", "/search", at_side(3)),
    Screen("analyst-requests", "analyst", "/requests"),
    Screen("liaison-inbox", "liaison", "/"),
    Screen("liaison-grants", "liaison", "/grants"),
    Screen("liaison-grant", "liaison", "/grants/se-to-fr"),
    Screen("liaison-new-grant", "liaison", "/new-grant"),
    Screen("liaison-new-what", "liaison", "/new-grant?step=2"),
    Screen("liaison-new-fields", "liaison", "/new-grant?step=3"),
    Screen("liaison-new-purpose", "liaison", "/new-grant?step=4"),
    Screen("liaison-preview", "liaison", "/preview?of=se-to-fr", submitted),
    Screen("liaison-if-revoked", "liaison", "/preview?revoke=se-to-fr", submitted),
    Screen("liaison-explain", "liaison", "/explain?record=se-ct-1", submitted),
    Screen("liaison-use", "liaison", "/use"),
    Screen("liaison-consents-recalls", "liaison", "/exchange"),
    Screen("oversight-home", "oversight", "/"),
    Screen("administrator-home", "administrator", "/"),
    Screen("help", "analyst", "/help"),
)
