"""Every screen of the list in every language and theme: it is there, it says no error, it has no barriers."""

from collections.abc import Callable, Sequence

import pytest
from playwright.sync_api import Page

from tests.console.browser import LOCALES, Desks, opened
from tests.console.screens import SCREENS, WHO, Screen


@pytest.mark.parametrize("language", sorted(LOCALES))
@pytest.mark.parametrize("screen", SCREENS, ids=[each.name for each in SCREENS])
def test_a_screen_has_no_barriers(
    desks: Desks, axe: Callable[[Page], Sequence[str]], screen: Screen, language: str
) -> None:
    page = opened(desks, screen, language)
    assert page.locator("html").get_attribute("lang") == language
    assert axe(page) == []
    page.emulate_media(color_scheme="dark")
    assert axe(page) == [], "in the dark theme"


def test_every_screen_has_a_name_of_its_own() -> None:
    names = [each.name for each in SCREENS]
    assert len(names) == len(set(names))
    assert {each.who for each in SCREENS} <= set(WHO)
