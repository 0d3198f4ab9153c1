"""The group that holds the commands."""

import sys

import click

from audit.errors import AuditError
from gateway.cli.demo import demo
from gateway.cli.node import directory, init, load, serve, verify
from gateway.cli.people import ask, grant, revoke
from gateway.errors import GatewayError
from policy.errors import PolicyError
from sharing.errors import SharingError
from tenants.errors import ShelfError

EXIT_REFUSED = 2


class _Speaking(click.Group):
    """A group that tells errors of the rooms as `CODE: message`, without a stack trace."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except (GatewayError, AuditError, PolicyError, SharingError, ShelfError) as error:
            click.echo(f"{error.code}: {error}", err=True)
            sys.exit(EXIT_REFUSED)


@click.group(
    cls=_Speaking,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  entente demo                 three nodes on this machine, a scripted question, three verified logs
  entente init ./node --id fr.ofast --name "OFAST" --port 8401
  entente serve ./node
""",
)
@click.version_option(package_name="entente")
def main() -> None:
    """Entente: ask partner services across borders; every service keeps its data and proves what it gave."""


for _command in (demo, init, directory, serve, load, ask, grant, revoke, verify):
    main.add_command(_command)
