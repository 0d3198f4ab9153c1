"""Step-up: what is hard to take back takes a proof of who is at the desk that is fresh, and strong enough.

A session says who signed in; hours later somebody else may sit there. So a grant, an export and the opening
of an identity ask when, and how, the identity provider last asked for a proof (OpenID Connect Core
`auth_time`, `acr`). Whoever lacks it is led to the provider and back; nothing that was written is lost,
nothing was done.
"""

from http import HTTPStatus

from gateway.errors import GatewayError
from gateway.settings import SignInPart
from sharing.sessions import Authentication


class StepUpNeeded(GatewayError):
    """The act takes a fresh proof of who is at the desk; nothing was done, it can be done after it."""

    code = "STEP_UP_NEEDED"
    status = HTTPStatus.FORBIDDEN


def check_proof(rule: SignInPart, known: Authentication, now: float) -> None:
    """`StepUpNeeded` unless the person proved who they are lately, and as strongly as the node asks."""
    if known.at is None:
        raise StepUpNeeded(
            "step-up: the identity provider did not say when the person was authenticated, "
            "or they typed in a code elsewhere"
        )
    if now - known.at >= rule.step_up_seconds:
        ago = int(now - known.at)
        raise StepUpNeeded(
            f"step-up: the person was authenticated {ago} s ago, this takes it within {rule.step_up_seconds}"
        )
    if rule.step_up_acr and known.acr not in rule.step_up_acr:
        wanted = ", ".join(rule.step_up_acr)
        raise StepUpNeeded(f"step-up: authenticated as {known.acr or 'nothing told'!r}, this takes {wanted}")
