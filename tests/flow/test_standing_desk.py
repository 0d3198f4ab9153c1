"""Standing questions and alerts by the desk's documents and the command line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gateway.cli.main import main
from gateway.graphql.analyst import analyst_schema
from gateway.graphql.desk_documents import desk_documents
from gateway.shipped import shipped_texts
from tests.flow.test_standing import FR, PHONE, SE, load, person, round_
from tests.world import World


async def run(world: World, node: str, name: str, **variables: Any) -> Any:
    """What a desk document gives an analyst."""
    text = shipped_texts("desk")[name]
    done = await analyst_schema().execute(text, variables, context_value=world.visit(node))
    assert done.errors is None
    assert done.data is not None
    return next(iter(done.data.values()))


async def test_an_analyst_watches_is_told_and_rejects_by_documents(world: World, tmp_path: Path) -> None:
    mandate = await world.mandate(world.visit(SE))
    placed = await run(
        world, SE, "watch", identifier=PHONE, kind="phone", mandate=mandate, nodes=[FR], minutes=60
    )
    assert (placed["state"], placed["identifier"]) == ("ACTIVE", "+33639984180")
    await round_(world, SE)
    (listed,) = await run(world, SE, "standing_questions", active=True)
    assert listed["nodes"] == [{"node": FR, "state": "TAKEN", "reason": None, "until": placed["expiresAt"]}]
    again = await world.mandate(world.visit(SE))
    renewed = await run(world, SE, "renew_watch", id=placed["id"], mandate=again)
    assert (renewed["id"], renewed["renewals"]) == (placed["id"], 1)
    await load(world, tmp_path, person("fr-p-91"))
    assert await round_(world) == 1
    (alert,) = await run(world, SE, "alerts", state="NEW", language="SV")
    assert "som du bevakar" in alert["sentence"]
    assert (await run(world, SE, "see_alert", id=alert["id"]))["state"] == "SEEN"
    rejected = await run(world, SE, "reject_alert", id=alert["id"], reason="OTHER_PERSON")
    assert (rejected["state"], rejected["reason"]) == ("REJECTED", "OTHER_PERSON")
    assert (await run(world, SE, "stop_watching", id=placed["id"]))["state"] == "ENDED"
    assert await run(world, SE, "standing_questions", active=True) == []


def commands() -> Iterator[list[str]]:
    yield from (["watch", each] for each in ("add", "list", "renew", "stop"))
    yield ["acknowledge"]
    yield from (["alerts", each] for each in ("list", "show", "reject"))


@pytest.mark.parametrize("command", list(commands()), ids=" ".join)
def test_every_command_teaches_with_examples(command: list[str]) -> None:
    result = CliRunner().invoke(main, [*command, "--help"])
    assert result.exit_code == 0
    assert "Examples:" in result.output
    assert "--json" in result.output


def test_the_documents_are_trusted() -> None:
    trusted = desk_documents(analyst_schema()._schema)
    assert trusted is not None
