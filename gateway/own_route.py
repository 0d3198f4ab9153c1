"""A route that is nobody else's: a method it does not take is 405 there, and never a place of the console."""

from starlette.routing import Match, Route
from starlette.types import Scope


class OwnRoute(Route):
    """A path with all methods that it takes; `allow` of a refusal names just these."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Its path is enough: no later route is asked."""
        match, child = super().matches(scope)
        return (Match.FULL if match is Match.PARTIAL else match), child
