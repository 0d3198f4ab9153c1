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


def a_mandate(page: Page) -> None:
    """A mandate for the demo's case, unless one is open."""
    bar = page.locator(".mandate-bar")
    bar.wait_for()
    page.wait_for_load_state("networkidle")
    if not bar.locator("strong").count():
        bar.get_by_role("button").last.click()
        form = page.get_by_role("dialog").locator("form")
        form.get_by_role("textbox").first.fill("FR-2026-0418")
        form.locator("button[type=submit]").click()
        bar.locator("strong").wait_for()


def a_shared_case(page: Page) -> None:
    """A shared case of the demo's case with two records and a note about one of them."""
    a_mandate(page)
    page.locator("main .button.primary").first.click()
    page.get_by_role("dialog").get_by_role("textbox").first.fill("Le Havre and Limassol")
    page.get_by_role("dialog").locator("button[type=submit]").click()
    page.locator("section[aria-labelledby=records] summary").click()
    page.locator("section[aria-labelledby=records] textarea").fill("fr.ofast/fr-ct-1 eu.europol/eu-p-1")
    page.locator("section[aria-labelledby=records] button[type=submit]").click()
    page.locator('[data-handle="eu.europol/eu-p-1"]').wait_for()
    page.locator("section[aria-labelledby=texts] button").first.click()
    page.get_by_role("dialog").get_by_role("textbox").fill("Seen twice at the quay.")
    page.get_by_role("dialog").get_by_role("checkbox").first.check()
    page.get_by_role("dialog").locator("button[type=submit]").click()
    page.locator("[data-text]").wait_for()
    page.locator("main .actions .button.primary").first.click()
    page.locator("[data-sight=SHOWN]").first.wait_for()


def a_report(page: Page) -> None:
    """The report of such a case, made for the own unit."""
    a_shared_case(page)
    page.locator("main .actions a.button").first.click()
    page.locator("form.no-print button[type=submit]").click()
    page.locator("article.report").wait_for()


def a_document(page: Page) -> None:
    """The case report of such a case as a file, with what it contains."""
    a_shared_case(page)
    page.locator("main .actions a.button").first.click()
    page.locator("section.no-print form button[type=submit]").click()
    page.locator("[data-report]").wait_for()


def a_past(page: Page) -> None:
    """A network's past, asked of all nodes, as the address tells which."""
    a_mandate(page)
    page.locator("main form button[type=submit]").click()
    page.locator("main h2 ~ :is(.table-around, section, .past-steps)").first.wait_for()


def compared(page: Page) -> None:
    """A profile compared with those of all nodes, and why the best one scored so."""
    a_mandate(page)
    page.locator("main form button[type=submit]").click()
    page.locator("main table tbody button").first.click()
    page.locator("[data-match]").wait_for()


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen; `name` is that of its picture, `who` one of `WHO`, `steps` what is done before one looks.

    Steps work in every language: they find things by role and place, or by the values of the demo's case.
    """

    name: str
    who: str
    path: str
    steps: Callable[[Page], None] = as_it_opens


def asked_for_the_box(page: Page) -> None:
    """The question of the demo's case: three nodes answer, one of them with a contact only."""
    a_mandate(page)
    page.locator("form[role=search] button[type=submit]").click()
    page.locator("[data-status]").first.wait_for()
    page.locator("[data-status=WAITING]").first.wait_for(state="detached")


def asked_its_node(page: Page) -> None:
    """A record as its owner shows it now."""
    a_mandate(page)
    page.locator("main > .actions button").first.click()
    page.locator("#provenance").wait_for()


def followed(page: Page) -> None:
    """Where all nodes saw a container."""
    asked_its_node(page)
    page.locator("main section.panel .actions .button").last.click()
    page.locator("main section.panel table").last.wait_for()


REFERENCE = """source;hsCode;measure;unit;begin;end;number;q1;median;q3
invented for the demo;0803;VALUE_PER_KG;USD;2026-01-01;2026-12-31;412;0,80;0,88;0,97
invented for the demo;0803;KG_PER_UNIT;cartons;2026-01-01;2026-12-31;412;19,4;19,9;20,6
"""
"""What the demo's declared prices and weights are compared with (`deploy/demo/case/truth.yaml`)."""
PURSE = "TEM9RwgvMDsz32pJpsg4HfHUKYpECdCS6F"


def told(page: Page) -> None:
    """The one form in sight is sent under a mandate, and what all nodes told is there."""
    a_mandate(page)
    page.locator("main form button[type=submit]:visible").first.click()
    page.locator("main section.told [data-status]:visible").first.wait_for()


def joined_with_the_purse(page: Page) -> None:
    """Paths from a container to a wallet."""
    page.locator("main input:visible").nth(1).fill(PURSE)
    told(page)


def beside_a_reference(page: Page) -> None:
    """Declared prices and weights beside a table of quartiles."""
    page.locator("main textarea:visible").nth(1).fill(REFERENCE)
    told(page)


def checked(page: Page) -> None:
    """An address that is checked; no node is asked."""
    page.locator("main form button[type=submit]:visible").click()
    page.locator("[data-verification]").wait_for()


def with_a_reason(page: Page) -> None:
    """A look into the log, for a reason."""
    page.locator("main .panel input").first.fill("YEARLY_REVIEW")
    page.locator("main .button.primary").first.click()
    page.wait_for_load_state("networkidle")
    page.locator("main .button.primary:not([aria-disabled])").first.wait_for()


def verified(page: Page) -> None:
    """The log, verified to its end."""
    with_a_reason(page)
    page.locator("#verdict ~ .steps > :last-child:nth-child(5)").wait_for()


def with_keys(page: Page) -> None:
    """Partners with the keys of the first of them."""
    page.locator("[data-partner] summary").first.click()


PAST, SPRING = "/chronicle?of=fr.ofast%2Ffr-hc-1", "since=2026-01-15&until=2026-06-15"
SCREENS = (
    Screen("sign-in", "visitor", "/signin"),
    Screen("analyst-home", "analyst", "/"),
    Screen("analyst-search", "analyst", "/search?q=XQZU%20418026-6", asked_for_the_box),
    Screen("analyst-record", "analyst", "/record/fr.ofast%2Ffr-ct-1", asked_its_node),
    Screen("analyst-container", "analyst", "/record/fr.ofast%2Ffr-ct-1", followed),
    Screen("analyst-containers", "analyst", "/containers?code=XQZU%20522017%203", told),
    Screen("analyst-vessel", "analyst", "/vessels?q=IMO%202004191", told),
    Screen("analyst-money-owners", "analyst", "/money?tab=owners&owners=eu.europol%2Feu-mo-2", told),
    Screen("analyst-money-paths", "analyst", "/money?tab=joined&joined=XQZU5220173", joined_with_the_purse),
    Screen(
        "analyst-money-prices", "analyst", "/money?tab=prices&prices=se.polisen%2Fse-ms-1", beside_a_reference
    ),
    Screen("analyst-money-wallet", "analyst", f"/money?tab=wallet&wallet={PURSE}", checked),
    Screen("analyst-chart", "analyst", "/search", pictured),
    Screen("analyst-chart-table", "analyst", "/search", at_side(1)),
    Screen("analyst-timeline", "analyst", "/search", at_side(2)),
    Screen("analyst-map", "analyst", "/search", at_side(3)),
    Screen("analyst-requests", "analyst", "/requests"),
    Screen("analyst-alerts", "analyst", "/alerts"),
    Screen("analyst-standing", "analyst", "/standing"),
    Screen("analyst-cases", "analyst", "/cases"),
    Screen("analyst-case", "analyst", "/cases", a_shared_case),
    Screen("analyst-kept", "analyst", "/kept"),
    Screen("analyst-resembling", "analyst", "/resembling/fr.ofast%2Ffr-p-3"),
    Screen("analyst-profiles", "analyst", "/profiles?of=fr.ofast%2Ffr-cp-1", compared),
    Screen("analyst-report", "analyst", "/cases", a_report),
    Screen("analyst-document", "analyst", "/cases", a_document),
    Screen("analyst-past-day", "analyst", f"{PAST}&look=day&day=2026-06-15", a_past),
    Screen("analyst-past-steps", "analyst", f"{PAST}&look=replay&{SPRING}", a_past),
    Screen("analyst-past-changed", "analyst", f"{PAST}&look=changed&{SPRING}", a_past),
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
    Screen("liaison-keys", "liaison", "/keys"),
    Screen("oversight-home", "oversight", "/", with_a_reason),
    Screen("oversight-search", "oversight", "/audit", with_a_reason),
    Screen("oversight-integrity", "oversight", "/integrity", verified),
    Screen("oversight-signals", "oversight", "/signals", with_a_reason),
    Screen("oversight-findings", "oversight", "/findings", with_a_reason),
    Screen("oversight-evidence", "oversight", "/evidence"),
    Screen("administrator-home", "administrator", "/"),
    Screen("administrator-partners", "administrator", "/partners", with_keys),
    Screen("administrator-key-holders", "administrator", "/key-holders"),
    Screen("administrator-loads", "administrator", "/loads?load=1", with_a_reason),
    Screen("administrator-quarantine", "administrator", "/quarantine", with_a_reason),
    Screen("administrator-retention", "administrator", "/retention"),
    Screen("administrator-simulation", "administrator", "/simulation"),
    Screen("tour", "analyst", "/tour"),
    Screen("profile", "analyst", "/profile"),
    Screen("help", "analyst", "/help"),
    Screen("accessibility", "analyst", "/accessibility"),
)
