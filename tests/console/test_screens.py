"""Every screen of the list in every language and theme: it is there, it says no error, it has no barriers."""

from collections.abc import Callable, Sequence

import pytest
from playwright.sync_api import Page

from tests.console.browser import LOCALES, Desks, arrived, shown
from tests.console.screens import SCREENS, WHO


@pytest.mark.parametrize("language", sorted(LOCALES))
@pytest.mark.parametrize("who", sorted(WHO))
def test_screens_have_no_barriers(
    desks: Desks, axe: Callable[[Page], Sequence[str]], who: str, language: str
) -> None:
    page = arrived(desks, who, language)
    found = {}
    for screen in (each for each in SCREENS if each.who == who):
        page.emulate_media(color_scheme="light")
        shown(desks, page, screen)
        assert page.locator("html").get_attribute("lang") == language
        found[screen.name] = [*axe(page)]
        page.emulate_media(color_scheme="dark")
        found[f"{screen.name} in the dark theme"] = [*axe(page)]
    assert {name: barriers for name, barriers in found.items() if barriers} == {}


def test_every_screen_has_a_name_of_its_own() -> None:
    names = [each.name for each in SCREENS]
    assert len(names) == len(set(names))
    assert {each.who for each in SCREENS} <= set(WHO)
