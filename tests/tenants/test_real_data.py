"""Public data as a service would load them; runs where the data are (`ENTENTE_DATA`)."""

import json
import os
import shutil
from collections import Counter
from pathlib import Path
from string import Template

import pytest
import yaml

from tenants.loader import LoadReport
from tenants.mapping import parse_mapping
from tenants.shelf import Shelf

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("ENTENTE_DATA", ROOT.parent / "shared/data"))
MAPPINGS = ROOT / "deploy/mappings"
pytestmark = [
    pytest.mark.skipif(not DATA.is_dir(), reason=f"needs the public data: ENTENTE_DATA={DATA}"),
    pytest.mark.long,
]


def _load(
    shelf: Shelf, tmp_path: Path, mapping: str, source: str, **constants: str
) -> tuple[LoadReport, Counter[str]]:
    path = Path(shutil.copy(DATA / source, tmp_path))
    text = Template((MAPPINGS / mapping).read_text(encoding="utf-8")).safe_substitute(constants)
    loader = shelf.loader("fr.ofast", lambda: 0)
    report = loader.load_mapped(path, parse_mapping(yaml.safe_load(text)))
    again = loader.load_mapped(path, parse_mapping(yaml.safe_load(text)))
    assert (again.loaded, again.altered, again.unchanged) == (0, 0, report.loaded)
    if report.rejects_path is None:
        return report, Counter()
    told = [json.loads(line) for line in report.rejects_path.read_text(encoding="utf-8").splitlines()]
    assert all(each["reason"] for each in told)
    return report, Counter(each["code"] for each in told if not each["kept"])


def test_the_malformed_entries_of_the_wallet_lists_are_found(shelf: Shelf, tmp_path: Path) -> None:
    report, codes = _load(
        shelf, tmp_path, "ofac-wallets.yaml", "ofac_crypto/sanctioned_addresses_XBT.json", currency="XBT"
    )
    assert (report.loaded, codes) == (434, {"WALLET_CHAIN": 1})
    report, codes = _load(
        shelf, tmp_path, "ofac-wallets.yaml", "ofac_crypto/sanctioned_addresses_XMR.json", currency="XMR"
    )
    assert (report.loaded, codes) == (2, {"WALLET_INVALID": 1})
    report, codes = _load(
        shelf, tmp_path, "ofac-wallets.yaml", "ofac_crypto/sanctioned_addresses_ETH.json", currency="ETH"
    )
    assert (report.loaded, codes) == (152, {})


def test_ports_persons_and_networks_load_and_every_reject_is_explained(shelf: Shelf, tmp_path: Path) -> None:
    report, codes = _load(shelf, tmp_path, "world-port-index.yaml", "ports_wpi_mid/UpdatedPub150.csv")
    assert report.loaded + sum(codes.values()) == 3_768
    assert report.loaded > 3_700
    report, codes = _load(shelf, tmp_path, "febrl-persons.yaml", "er_febrl/dataset4a.csv")
    assert (report.loaded, report.quarantined, codes) == (4_999, 0, {"REQUIRED": 1})
    report, codes = _load(
        shelf,
        tmp_path,
        "criminal-network.yaml",
        "criminal_networks_ucinet/morselli_caviar.csv",
        network="caviar",
    )
    assert (report.loaded, codes) == (110 + 295, {})
