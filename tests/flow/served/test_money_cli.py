"""A financial analyst by the command line: addresses, owners, paths, odd prices, what changed over time."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.demo.cast import Stage, read_json
from sharing.money.reference import COLUMNS
from tests.flow.commands import granted, run, said

pytestmark = pytest.mark.slow
LENT = (
    "--to", "fr.ofast", "--dataset", "terminals", "--schema", "*", "--tier", "record", "--role", "analyst",
    "--purpose", "OPERATIONAL_ANALYSIS", "--basis", "ER_20_2A", "--category", "NOT_A_PERSON", "--days", "30",
)  # fmt: skip
CASE, PURSE, SHELL = "FR-2026-0418", "TEM9RwgvMDsz32pJpsg4HfHUKYpECdCS6F", "eu.europol/eu-mo-2"


@pytest.fixture(scope="module")
def analyst(served: Stage) -> tuple[str, ...]:
    """With a grant of its own: an earlier story revokes all that its service shares with a partner."""
    officers = ("se-83fe0c", "se-2c65a9")
    first, second = (("--node", served.address("se.polisen"), "--as", each) for each in officers)
    granted(first, second, *LENT)
    return "--node", served.address("fr.ofast"), "--as", "fr-7c1e04", "--case", CASE


def test_from_an_address_to_its_path_its_owners_and_an_odd_price(
    served: Stage, analyst: tuple[str, ...], tmp_path: Path
) -> None:
    told = said("money", "check", PURSE, "--currency", "USDT", "--language", "fr")
    assert told == f"{PURSE} (tron): somme de contrôle correcte\n"
    assert "said to be BTC" in said("money", "check", PURSE, "--currency", "BTC")
    assert run("money", "check", "VfAVUw16wFJQyKNvG5fx3hZPb5ywjb3bEtkk1k6Q73t", "--currency", "SOL") == {
        "normal": "SOL:VfAVUw16wFJQyKNvG5fx3hZPb5ywjb3bEtkk1k6Q73t",
        "chain": None,
        "verification": "NOT_VERIFIED",
        "sentence": "format not verified",
        "reason": None,
    }
    words = " ".join(said("money", "joined", "se.polisen/se-tm-1", PURSE, *analyst).split())
    assert "path 1, 5 steps, goods and money" in words
    assert all(each in words for each in ("Container movement (gate out)", "Payment (14,500 EUR)"))
    assert "eu.europol; eu.europol/eu-mp-1; H0, H2; 2026-05-07" in words
    assert f"{PURSE}: checksum holds" in words
    owners = " ".join(said("money", "ownership", SHELL, *analyst).split())
    assert "Alba Participations owns 60 % of Brisa Alba Trading Ltd (eu.europol)" in owners
    assert "all chains: Cap Inventé Finance SAS: 30.3 %" in owners
    assert "neither a vote nor control" in owners
    rows = read_json(served.path / "sources" / "truth.json")["money"]["reference"]
    lines = [";".join(COLUMNS), *(";".join(row[name] for name in COLUMNS) for row in rows)]
    reference = tmp_path / "prices.csv"
    reference.write_text("\n".join(lines).replace(".", ","), encoding="utf-8-sig")
    asked = ("money", "anomalies", "se.polisen/se-ms-1", "--reference", str(reference), *analyst)
    odd = " ".join(said(*asked).split())
    assert "se.polisen/se-ms-1 VALUE_PER_KG LOW FAR 0.1898 USD per kg (se.polisen), below 0.5992" in odd
    assert [each["side"] for each in run(*asked)["anomalies"]] == ["LOW"]
    node = str(served.path / "fr.ofast")
    assert run("money", "prices", node, str(reference))["rows"] == len(rows)
    own = ("money", "anomalies", "se.polisen/se-ms-1", *analyst)
    assert "Beside the table that this node keeps" in said(*own)
    assert run(*own)["anomalies"] == run(*asked)["anomalies"]
    reference.write_text("source;hsCode\n", encoding="utf-8")
    refused = CliRunner().invoke(main, list(asked))
    assert (refused.exit_code, "has no column begin, end" in refused.output) == (1, True)


def test_a_networks_past_in_words_and_as_a_table(analyst: tuple[str, ...]) -> None:
    asked = (
        "chronicle",
        "changed",
        "fr.ofast/fr-hc-1",
        "--since",
        "2026-01-15",
        "--until",
        "2026-06-15",
        *analyst,
    )
    words = " ".join(said(*asked).split())
    assert "role: role with another holder: Agence du Phare Inventé SARL represents" in words
    assert "time not stated: Agence du Phare Inventé SARL represents" in words
    assert "3 of 3 nodes answered." in words
    assert [each["turn"] for each in run(*asked)["changes"]] == [
        "HANDED_OVER",
        "MOVED",
        "SUCCEEDED",
        "UNCERTAIN",
    ]
    table = said(*asked, "--table", "--language", "sv")
    assert all(each in table for each in ("territorium", "MOVED", "se.pol"))
    of = ("chronicle", "at", "fr.ofast/fr-hc-1", "--day", "2026-06-15", *analyst)
    assert "perhaps" in said(*of)
    assert "nothing stood on that day" in said(*of, "--known-by", "2020-01-01", "--table")
    over = ("chronicle", "replay", *asked[2:])
    assert "until 2026-03-15: Négoce de l'Anse Inventée SARL owns" in " ".join(said(*over).split())
    assert "OBSERVED" not in said(*over, "--table")
    refused = CliRunner().invoke(main, ["chronicle", "at", "--day", "2026-06-15", *analyst])
    assert (refused.exit_code, "name records, or a picture" in refused.output) == (2, True)
