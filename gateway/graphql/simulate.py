"""The simulation of changed rules: a job that is begun, watched and stopped. See `gateway.simulate`."""

from collections.abc import Mapping
from typing import Any

import strawberry
from strawberry.types import Info

from gateway import simulate
from gateway.graphql.preview import Replay
from gateway.visit import Visit

VisitInfo = Info[Visit, None]
Shown = Mapping[str, Any]


@strawberry.input(description="A file of the law on trial: `answer.rego`, or the tables `data.json`.")
class LawFileInput:
    """Name and text; nothing is unpacked."""

    name: str
    text: str


@strawberry.type(
    description="Changed rules tried on real questions: NONE, RUNNING, PAUSED, DONE, STOPPED or FAILED."
    " `vectors` are the conformance vectors that they decide otherwise; `replay` the outcomes that would"
    " change, by rule."
)
class PolicySimulation:
    """A job."""

    stage: str
    done: int
    total: int
    started_at: str | None
    ended_at: str | None
    failed: str | None
    in_force: str
    revision: str | None
    vectors: list[str]
    replay: Replay | None


@strawberry.type
class SimulationQuery:
    """How far the job is."""

    @strawberry.field(
        graphql_type=PolicySimulation,
        description="The simulation that runs, or the last one; role liaison or administrator.",
    )
    def policy_simulation(self, info: VisitInfo) -> Shown:
        """A job."""
        return simulate.progress(info.context)


@strawberry.type
class SimulationMutation:
    """Beginning and ending the job."""

    @strawberry.mutation(
        graphql_type=PolicySimulation,
        description="Try changed rules on the real questions of the last days; they are logged and never"
        " enacted. Ask `policySimulation` how far it is. Role liaison or administrator.",
    )
    async def simulate_policy(
        self,
        info: VisitInfo,
        files: list[LawFileInput],
        justification: str = simulate.JUSTIFICATION,
        days: int = 90,
    ) -> Shown:
        """A job that runs."""
        texts = [(each.name, each.text) for each in files]
        return await simulate.begin(info.context, texts, justification, days)

    @strawberry.mutation(
        graphql_type=PolicySimulation, description="Let a simulation wait at its next question."
    )
    async def pause_simulation(self, info: VisitInfo) -> Shown:
        """A job that waits."""
        return await simulate.pause(info.context)

    @strawberry.mutation(
        graphql_type=PolicySimulation, description="Let a simulation that waits go on from where it is."
    )
    async def resume_simulation(self, info: VisitInfo) -> Shown:
        """A job that runs."""
        return await simulate.go_on(info.context)

    @strawberry.mutation(
        graphql_type=PolicySimulation,
        description="End a simulation that is under way; what it found until then is thrown away.",
    )
    async def stop_simulation(self, info: VisitInfo) -> Shown:
        """A job that ended."""
        return await simulate.stop(info.context)
