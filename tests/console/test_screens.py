"""Every screen of the list in both themes: it is there, it says no error, it has no barriers.

At each run a screen is looked at in one language, the languages taking turns; `make nightly` looks in all.
"""

import pytest

from tests.console.browser import LOCALES, OF_COLOUR, Desks, arrived, barriers, shown, spoken
from tests.console.screens import SCREENS, WHO


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.long)])
@pytest.mark.parametrize("who", sorted(WHO))
def test_screens_have_no_barriers(desks: Desks, who: str, every: bool) -> None:
    page = arrived(desks, who)
    languages = sorted(LOCALES)
    found = {}
    for place, screen in enumerate(each for each in SCREENS if each.who == who):
        page.emulate_media(color_scheme="light")
        shown(desks, page, screen)
        for language in languages if every else [languages[place % len(languages)]]:
            page.emulate_media(color_scheme="light")
            spoken(desks, page, language)
            found[f"{screen.name} in {language}"] = barriers(page)
            page.emulate_media(color_scheme="dark")
            found[f"{screen.name} in {language}, in the dark theme"] = barriers(page, OF_COLOUR)
    assert {name: told for name, told in found.items() if told} == {}


def test_every_screen_has_a_name_of_its_own() -> None:
    names = [each.name for each in SCREENS]
    assert len(names) == len(set(names))
    assert {each.who for each in SCREENS} <= set(WHO)
