"""Settings: read once, validated, frozen, and unsafe ones refused with the two sides."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from gateway.errors import SettingsRejected
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
    ],
)
def test_unsafe_settings_are_refused(tmp_path: Path, node: str, address: str, rest: str, said: str) -> None:
    with pytest.raises(SettingsRejected, match=said):
        read_settings(write(tmp_path, node, address, rest))


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
