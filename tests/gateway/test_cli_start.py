"""What a command loads before it speaks: a person waits for it each time."""

import json
import subprocess
import sys

import pytest
from click import Context

from gateway.cli import main


def loaded(statement: str) -> set[str]:
    """The modules that a new interpreter holds after the statement."""
    script = f"import json, sys\n{statement}\nprint(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(done.stderr))


def test_the_list_of_commands_loads_none_of_them() -> None:
    modules = loaded("from gateway.cli import main\nmain(['--help'], standalone_mode=False)")
    assert {each for each in modules if each.startswith("gateway.cli")} == {"gateway.cli", "gateway.cli.main"}


def test_the_list_tells_of_each_command_what_it_says_itself() -> None:
    context = Context(main, terminal_width=100)
    listed = main.get_help(context).partition("Commands:")[2].partition("Examples:")[0]
    said = " ".join(listed.split())
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        assert f"{name} {command.get_short_help_str(200).split('.')[0][:40]}" in said


@pytest.mark.parametrize("module", ["people", "grants", "oversee", "followup", "reconcile", "preview"])
def test_a_command_for_a_running_node_loads_no_node(module: str) -> None:
    modules = loaded(f"import gateway.cli.{module}")
    assert not modules & {"gateway.node", "tenants.model", "followthemoney", "sqlalchemy", "strawberry"}
