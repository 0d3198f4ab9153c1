"""The model is FollowTheMoney's and ours in one; contradictions end the start."""

from pathlib import Path

import followthemoney
import pytest

from tenants.errors import ModelRejected
from tenants.model import OWN, EntityModel, load_model

LAMP = "Lamp:\n  label: Lamp\n  extends: [Thing]\n  properties:\n    serial: {label: S, type: identifier}\n"


def _own(path: Path, identifiers: str = "{}", **schemata: str) -> Path:
    (path / "identifiers.yaml").write_text(identifiers)
    for name, text in schemata.items():
        (path / f"{name}.yaml").write_text(text)
    return path


def test_our_schemata_stand_beside_theirs(model: EntityModel) -> None:
    for name in (
        "Person",
        "Vessel",
        "Container",
        "ContainerMovement",
        "Shipment",
        "Seizure",
        "DrugSample",
        "ChemicalProfile",
        "Device",
        "Sim",
        "PhoneNumber",
        "ExtractedMessage",
        "AisTrack",
        "AisEvent",
    ):
        assert name in model.kinds
    assert not any(path.name in {p.name for p in OWN.iterdir()} for path in Path(model.ftm.path).glob("*"))


def test_persons_edges_and_carriers_are_known(model: EntityModel) -> None:
    assert model.kinds["Person"].person
    assert not model.kinds["Company"].person
    assert model.kinds["Ownership"].ends == ("owner", "asset")
    assert not model.kinds["Vessel"].edge
    assert model.kinds["Vessel"].identifiers["imoNumber"] == "imo"
    assert model.kinds["Company"].identifiers["phone"] == "phone"  # inherited from LegalEntity
    assert model.kinds["Person"].required == ("name",)


def test_a_lamp_is_a_line_of_yaml(tmp_path: Path) -> None:
    own = _own(tmp_path, "document: [Lamp.serial]", Lamp=LAMP)
    assert load_model(own).kinds["Lamp"].identifiers == {"serial": "document"}


@pytest.mark.parametrize(
    ("identifiers", "schemata"),
    [
        ("{}", {"Person": LAMP}),
        ("{}", {"Lamp": "Lamp:\n  extends: [Nothing]\n"}),
        ("{}", {"Lamp": "Lamp: [\n"}),
        ("{}", {"Lamp": "Lamp:\n  properties:\n    x: {type: nonsense}\n"}),
        ("horoscope: [Person.name]", {}),
        ("phone: [Person.telephone]", {}),
        ("phone: [Nobody.phone]", {}),
    ],
)
def test_contradictions_are_named(tmp_path: Path, identifiers: str, schemata: dict[str, str]) -> None:
    with pytest.raises(ModelRejected):
        load_model(_own(tmp_path, identifiers, **schemata))


def test_followthemoneys_own_schemata_are_what_it_reads_itself(model: EntityModel) -> None:
    """But for the far ends of our own schemata's references."""
    for schema in followthemoney.model:
        ours, theirs = model.ftm[schema.name].to_dict(), schema.to_dict()
        ours["properties"] = {name: ours["properties"][name] for name in theirs["properties"]}
        assert ours == theirs
