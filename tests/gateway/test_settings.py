"""Settings: read once, validated, frozen, and unsafe ones refused with the two sides."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from gateway.errors import SettingsRejected
from gateway.reception import Person, Reception, people_text
from gateway.settings import database, read_settings

NODE = """
[node]
id = "fr.ofast"
name = "OFAST"
country = "FR"
spoc = "spoc@ofast.example"
{node}
[listen]
port = 8401
address = "{address}"
{rest}
"""


def write(home: Path, node: str = "", address: str = "http://127.0.0.1:8401", rest: str = "") -> Path:
    (home / "node.toml").write_text(NODE.format(node=node, address=address, rest=rest), encoding="utf-8")
    return home


def test_a_demo_needs_no_issuer(tmp_path: Path) -> None:
    settings = read_settings(write(tmp_path, node='profile = "demo"'))
    assert settings.node.id == "fr.ofast"
    assert settings.signin is None


@pytest.mark.parametrize(
    ("node", "address", "rest", "said"),
    [
        (
            "",
            "http://fr.example:80",
            '[signin]\nissuer = "https://i"',
            "needs an https address, not http://fr",
        ),
        ("", "https://f.example", '[signin]\nissuer = "https://i"\n[policy]\nengine = "rego"', "not rego"),
        ('profile = "demo"', "http://fr.example:80", "", "demo listens on this machine only"),
        ('profile = "demo"\ncolour = "red"', "http://127.0.0.1:8401", "", "node.colour"),
        ('profile = "demo"', "http://127.0.0.1:8401", "[limits]\nbody_bytes = 1", "limits.body_bytes"),
        ('profile = "demo"', "http://127.0.0.1:8401", '[limits]\nbody_bytes = "1"', "limits.body_bytes"),
        ('profile = "demo"', "http://127.0.0.1:8401", "[database]\nsynchronous = true", "audit is a file"),
        (
            'profile = "demo"',
            "http://127.0.0.1:8401",
            '[database]\nreplica = "postgresql://db/records"',
            "records is a file",
        ),
    ],
)
def test_unsafe_settings_are_refused(tmp_path: Path, node: str, address: str, rest: str, said: str) -> None:
    with pytest.raises(SettingsRejected, match=said):
        read_settings(write(tmp_path, node, address, rest))


DESK = 'desk = "{}"\n'


@pytest.mark.parametrize(
    ("node", "desk", "said"),
    [
        ('profile = "demo"', "http://fr.example", "this machine only, not on http://fr.example"),
        ('profile = "demo"', "http://localhost.example", "this machine only"),
        ("", "http://desk.example", "https address, not http://desk.example"),
    ],
)
def test_the_address_for_browsers_is_held_to_the_same(
    tmp_path: Path, node: str, desk: str, said: str
) -> None:
    with pytest.raises(SettingsRejected, match=said):
        read_settings(write(tmp_path, node, rest=DESK.format(desk)))


def test_a_demo_names_its_nodes_below_localhost(tmp_path: Path) -> None:
    rest = DESK.format("http://fr-ofast.localhost:8401") + '[signin]\nissuer = "http://i"\n'
    home = write(tmp_path, 'profile = "demo"', rest=rest + 'people_file = "people.json"\nexamples = ["Zoé"]')
    settings = read_settings(home)
    with pytest.raises(SettingsRejected, match=r"people\.json: is no list of people"):
        Reception.of(home, settings)
    person = Person(hint="fr-1", name="Zoé", roles=["analyst"], unit="U1", language="fr")
    (home / "people.json").write_text(people_text((person,)), encoding="utf-8")
    reception = Reception.of(home, settings)
    assert reception.addresses == ("http://fr-ofast.localhost:8401", "http://127.0.0.1:8401")
    assert (reception.people, reception.examples) == ((person,), ("Zoé",))
    (home / "people.json").write_text('[{"hint": "a b", "name": "x", "roles": [], "unit": ""}]')
    with pytest.raises(SettingsRejected, match="hint"):
        Reception.of(home, settings)


@pytest.mark.parametrize(
    ("line", "said"),
    [('people_file = "people.json"', r"people\.json"), ('examples = ["XQZU"]', "example such as XQZU")],
)
def test_a_real_service_lists_nothing_to_strangers(tmp_path: Path, line: str, said: str) -> None:
    rest = f'[signin]\nissuer = "https://i"\n{line}'
    with pytest.raises(SettingsRejected, match=f"shows strangers no {said}"):
        read_settings(write(tmp_path, rest=rest))


@pytest.mark.parametrize("text", ["[node", "\xff"])
def test_a_broken_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "node.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(SettingsRejected, match=r"node\.toml"):
        read_settings(tmp_path)


def test_a_missing_file_says_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsRejected, match="entente init"):
        read_settings(tmp_path)


def test_settings_are_frozen(tmp_path: Path) -> None:
    settings = read_settings(write(tmp_path, node='profile = "demo"'))
    with pytest.raises(ValidationError):
        settings.listen.port = 1


def test_relative_databases_lie_in_the_home(tmp_path: Path) -> None:
    assert database(tmp_path, "sqlite:///a.sqlite") == f"sqlite:///{tmp_path.resolve()}/a.sqlite"
    assert database(tmp_path, "sqlite:////srv/a.sqlite") == "sqlite:////srv/a.sqlite"
    assert database(tmp_path, "postgresql://h/d") == "postgresql://h/d"
