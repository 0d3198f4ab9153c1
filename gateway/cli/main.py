"""The group that holds the commands; the module of a command is loaded when it is called, not to list it."""

import ast
import gc
import importlib
import sys
from importlib.resources import files

import click

from audit.errors import AuditError
from gateway.errors import GatewayError
from policy.errors import PolicyError
from sharing.errors import SharingError
from tenants.errors import ShelfError

EXIT_REFUSED = 2
_COMMANDS = {
    "acknowledge": "gateway.cli.followup",
    "alerts": "gateway.cli.alerts",
    "ask": "gateway.cli.people",
    "backup": "gateway.cli.backup",
    "chronicle": "gateway.cli.chronicle",
    "consents": "gateway.cli.consents",
    "breakglass": "gateway.cli.breakglass",
    "containers": "gateway.cli.containers",
    "database": "gateway.cli.database",
    "demo": "gateway.cli.demo",
    "directory": "gateway.cli.node",
    "doctor": "gateway.cli.doctor",
    "evidence": "gateway.cli.evidence",
    "explain": "gateway.cli.explain",
    "export": "gateway.cli.consents",
    "followup": "gateway.cli.followup",
    "grant": "gateway.cli.people",
    "grants": "gateway.cli.grants",
    "inbox": "gateway.cli.followup",
    "init": "gateway.cli.node",
    "join": "gateway.cli.join",
    "kept": "gateway.cli.kept",
    "keys": "gateway.cli.keys",
    "load": "gateway.cli.node",
    "oversee": "gateway.cli.oversee",
    "log": "gateway.cli.log",
    "mandate": "gateway.cli.mandate",
    "match": "gateway.cli.match",
    "money": "gateway.cli.money",
    "network": "gateway.cli.network",
    "picture": "gateway.cli.picture",
    "preview": "gateway.cli.preview",
    "policy": "gateway.cli.policy",
    "profiles": "gateway.cli.profiles",
    "provenance": "gateway.cli.provenance",
    "quota": "gateway.cli.quota",
    "reader": "gateway.cli.reader",
    "recalls": "gateway.cli.recalls",
    "receipts": "gateway.cli.evidence",
    "reconcile": "gateway.cli.reconcile",
    "release": "gateway.cli.backup",
    "report": "gateway.cli.report",
    "restore": "gateway.cli.backup",
    "retention": "gateway.cli.retention",
    "revoke": "gateway.cli.people",
    "seen": "gateway.cli.seen",
    "sequencer": "gateway.cli.sequencer",
    "serve": "gateway.cli.node",
    "signin": "gateway.cli.signin",
    "simulate": "gateway.cli.simulate",
    "verify": "gateway.cli.node",
    "vessels": "gateway.cli.vessels",
    "watch": "gateway.cli.watch",
    "witness": "gateway.cli.witness",
}
_FOR_WHOM = {
    "everybody": "signin demo verify explain",
    "analysts": "mandate ask watch alerts match seen profiles containers vessels money network chronicle"
    " followup export"
    " consents picture provenance report",
    "liaison officers": "grants preview grant revoke inbox acknowledge recalls breakglass simulate",
    "oversight": "oversee evidence receipts reconcile retention log",
}
"""Who looks for which command, in this order; all that is not named is for who runs a node."""

_MOST = 200


class _Speaking(click.Group):
    """A group that tells errors of the rooms as `CODE: message`, without a stack trace."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, by name."""
        del ctx
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command, its module loaded now."""
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        return _brought(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each command with its first sentence, from its source: importing all of them takes seconds."""
        widest = max(map(len, _COMMANDS))
        named = {name for names in _FOR_WHOM.values() for name in names.split()}
        others = " ".join(name for name in self.list_commands(ctx) if name not in named)
        with formatter.section("Commands"):
            for whom, names in {**_FOR_WHOM, "who runs a node": others}.items():
                with formatter.section(whom):
                    listed = [click.Command(name, help=_told(name)) for name in names.split()]
                    formatter.write_dl(
                        [(str(each.name).ljust(widest), each.get_short_help_str(_MOST)) for each in listed]
                    )

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except (GatewayError, AuditError, PolicyError, SharingError, ShelfError) as error:
            said = str(error)
            click.echo(said if said.startswith(f"{error.code}") else f"{error.code}: {said}", err=True)
            sys.exit(EXIT_REFUSED)


def _brought(name: str) -> click.Command:
    """The command, its module loaded without looking for garbage: all that is loaded stays till the end."""
    gc.disable()
    try:
        command: click.Command = getattr(importlib.import_module(_COMMANDS[name]), name)
    finally:
        gc.enable()
    return command


def _told(command: str) -> str:
    """The docstring of the function that is the command."""
    source = files("gateway.cli") / f"{_COMMANDS[command].rpartition('.')[2]}.py"
    top = ast.parse(source.read_bytes()).body
    (found,) = (each for each in top if isinstance(each, ast.FunctionDef) and each.name == command)
    return ast.get_docstring(found) or ""


@click.group(
    cls=_Speaking,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  entente demo                          # three nodes on this machine, a question, verified logs
  entente signin --help                 # sign in at a node, an analyst or a liaison officer of the demo
  entente grants --help                 # liaison officers: share a part of the own data, change it, end it
  entente mandate --help                # analysts: a mandate for a case, and questions under it
  entente init --help                   # who runs a node: make one, load it, serve it
""",
)
@click.version_option(package_name="entente")
def main() -> None:
    """Entente: ask partner services across borders; every service keeps its data and proves what it gave."""
