"""What oversight learns from copies of two nodes' logs, with `python -m audit` and nothing else of us."""

import json
from pathlib import Path
from typing import Any

import pytest

from audit.__main__ import DOES_NOT_HOLD, HOLDS, main
from gateway.home import read_card
from policy.terms import LegalBasis, Operation, Purpose
from tests.world import World

BOX: dict[str, Any] = {"value": "XQZU 418026-6", "kind": "container"}
REFUSED = {"purpose": Purpose.STRATEGIC_ANALYSIS, "legal_basis": LegalBasis.ER_18_2_B}
PERIOD = ["--period", "2020-01-01", "2040-01-01"]


async def test_two_logs_are_examined_without_a_node(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await world.ask("fr.ofast", Operation.LOOKUP, BOX)
    await world.ask("se.polisen", Operation.LOOKUP, BOX, nodes=["fr.ofast"])
    await world.ask("fr.ofast", Operation.LOOKUP, BOX, **REFUSED)

    def run(*arguments: object) -> tuple[int, Any]:
        code = main([*map(str, arguments), "--json"])
        return code, json.loads(capsys.readouterr().out)

    logs = {node: home.path / "audit.sqlite" for node, home in world.homes.items()}
    keys = [each for home in world.homes.values() for each in ("--vkey", read_card(home.card).log_vkey)]
    french, swedish = logs["fr.ofast"], logs["se.polisen"]

    code, told = run("reconcile", french, swedish, *keys)
    assert (code, told["discrepancies"], told["exchanges"]) == (HOLDS, [], [3, 3])
    code, told = run("reconcile", swedish, logs["eu.europol"], *keys)
    assert (code, told["exchanges"]) == (HOLDS, [0, 0])

    for log in logs.values():
        code, told = run("erasures", log, *keys)
        assert (code, told["findings"]) == (HOLDS, [])

    asked = next(i for i, leaf in enumerate(await world.log("fr.ofast")) if leaf["kind"] == "ASKED")
    code, told = run("open", french, asked, "--blob-key", world.homes["fr.ofast"].keys / "blob.key")
    assert (code, told["kind"], "analyst-1" in told["text"]) == (HOLDS, "ASKED", True)

    code, told = run("report", french, *keys, *PERIOD, "--html", tmp_path / "page.html")
    assert code == HOLDS
    assert told["tables"]["partner"]["se.polisen"]["received"] == 1
    assert told["tables"]["purpose"]["OPERATIONAL_ANALYSIS"]["asked"] == 1
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "analyst-1" not in page
    assert "FR-2026-0418" not in page

    code, told = run("evidence", *logs.values(), *keys)
    assert (code, told["contradictions"]) == (HOLDS, [])

    tiles = tmp_path / "tiles"
    assert run("export", french, tiles)[0] == HOLDS
    bundle = next(path for path in (tiles / "tile/entries").rglob("*") if path.is_file())
    bundle.write_bytes(bundle.read_bytes().replace(b'"v":1', b'"v":2', 1))
    assert run("verify", tiles, *keys)[0] == DOES_NOT_HOLD
