"""Makes permits and refusals: builds the input, asks the engine, and believes no engine.

Every question gets a value, never an exception: whatever breaks is a refusal `POLICY_UNAVAILABLE` whose rule
id says what broke, free of content; the process log says more where that holds no operational content.
"""

import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from policy.bundle import Bundle
from policy.decision import Branch, OversightPermit, Permit, Refusal, issue, issue_oversight
from policy.engine import Engine
from policy.errors import ConsentRejected, DecisionRejected, EngineFailed, GrantRejected, InputRejected
from policy.grants import GrantTerms
from policy.inputs import answer_input, ask_input, oversee_input, question_input
from policy.invariants import Case, Tables, check
from policy.mandate import Actor, Mandate
from policy.onward import MAX_CONSENTS, MAX_RELEASED, OnwardConsent
from policy.question import Question
from policy.terms import Reason
from policy.verdicts import AnswerVerdict, Verdict, parse_answer, parse_verdict

_LOG: Final = logging.getLogger(__name__)
MAX_CANDIDATES: Final = 50
_Yes = TypeVar("_Yes")


@dataclass(frozen=True, slots=True)
class _Sitting:
    """What is the same for every outcome of one decision."""

    id: str
    partner: str
    revision: str
    now: int

    def refuse(self, *reasons: Reason, rules: Sequence[str]) -> Refusal:
        return Refusal(
            self.id, self.partner, tuple(sorted(reasons)), tuple(sorted(rules)), self.revision, self.now
        )


class Judge:
    """Decides for one node, by the Rego that `engine` evaluates.

    Decision ids are 128 random bits in hex. Times are Unix seconds. `data` are the tables that the engine's
    Rego comes with, where they are not the packaged ones (a bundle on trial).
    """

    def __init__(self, engine: Engine, node: str, data: Mapping[str, Any] | None = None) -> None:
        self._engine: Final = engine
        self._node: Final = node
        self._tables: Final = Tables.of(Bundle.packaged().data if data is None else data)

    @property
    def engine(self) -> Engine:
        """What evaluates the Rego here."""
        return self._engine

    @property
    def revision(self) -> str:
        """The revision of the Rego that decides here."""
        return self._engine.revision

    async def may_ask(self, mandate: Mandate, question: Question, *, now: int) -> Permit | Refusal:
        """Whether our own analyst may ask; the permit has no branches, so it opens no rows."""
        sitting = self._sit(self._node, now)

        async def decide() -> Permit | Refusal:
            document = ask_input(mandate, self._node, self._node, now)
            question_input(question)
            verdict = self._believed(parse_verdict(await self._engine.evaluate("ask.decision", document)))
            if not verdict.allow:
                return _refused(sitting, verdict, {})
            return _permit(sitting, mandate, question, None, {})

        return await _settle(sitting, decide)

    async def may_answer(  # noqa: PLR0913  # what one decision rests on, named by all callers
        self,
        mandate: Mandate,
        question: Question,
        partner: str,
        candidates: Sequence[GrantTerms],
        consents: Sequence[OnwardConsent] = (),
        *,
        now: int,
    ) -> Permit | Refusal:
        """What the partner's question gets: one branch for each of the `candidates` that covers it.

        `consents` are those of other services whose records this node holds under H2.
        """
        sitting = self._sit(partner, now)
        if len(candidates) > MAX_CANDIDATES:
            return sitting.refuse(Reason.POLICY, rules=("too-many-grants",))
        if len(consents) > MAX_CONSENTS or sum(len(each.records) for each in consents) > MAX_RELEASED:
            return sitting.refuse(Reason.POLICY, rules=("too-many-consents",))

        async def decide() -> Permit | Refusal:
            base = ask_input(mandate, self._node, partner, now)
            document = answer_input(base, question, candidates, consents)
            answer = parse_answer(await self._engine.evaluate("answer.decision", document))
            grants = {terms.key: terms for terms in candidates}
            if not self._believed(answer.verdict).allow:
                return _refused(sitting, answer.verdict, grants)
            case = Case(mandate, question, self._node, partner, now, grants, tuple(consents))
            check(answer, case, self._tables)
            refs = [each.ref for each in consents if each.covers(self._node, partner, mandate.purpose, now)]
            return _permit(sitting, mandate, question, answer, grants, tuple(sorted(refs)))

        return await _settle(sitting, decide)

    async def may_oversee(
        self, actor: Actor, act: str, justification: str, *, now: int
    ) -> OversightPermit | Refusal:
        """Whether this person may look into the log; `act` and `justification` are codes, not free text."""
        sitting = self._sit(self._node, now)

        async def decide() -> OversightPermit | Refusal:
            document = oversee_input(actor, self._node, act, justification, now)
            verdict = self._believed(parse_verdict(await self._engine.evaluate("oversee.decision", document)))
            if not verdict.allow:
                return _refused(sitting, verdict, {})
            return issue_oversight(
                id=sitting.id,
                actor=actor,
                act=act,
                justification=justification,
                revision=sitting.revision,
                decided_at=now,
            )

        return await _settle(sitting, decide)

    def _sit(self, partner: str, now: int) -> _Sitting:
        return _Sitting(secrets.token_hex(16), partner, self._engine.revision, now)

    def _believed(self, verdict: Verdict) -> Verdict:
        """The verdict, if it comes from the Rego that this engine was started with."""
        if verdict.revision != self._engine.revision:
            raise DecisionRejected(
                "revision-differs", f"{verdict.revision!r:.80} decided, {self._engine.revision} was started"
            )
        return verdict


async def _settle(sitting: _Sitting, decide: Callable[[], Awaitable[_Yes | Refusal]]) -> _Yes | Refusal:
    """The decision, or the refusal that stands for what broke on the way to it."""
    try:
        return await decide()
    except InputRejected as error:
        return sitting.refuse(Reason.POLICY, rules=(f"input-rejected:{error.rule}",))
    except (GrantRejected, ConsentRejected) as error:
        what = "grant" if isinstance(error, GrantRejected) else "consent"
        return sitting.refuse(Reason.POLICY_UNAVAILABLE, rules=(f"{what}-rejected:{error.rule}",))
    except DecisionRejected as error:
        _LOG.error("decision %s: the engine is not believed: %s", sitting.id, error.rule)
        return sitting.refuse(Reason.POLICY_UNAVAILABLE, rules=(f"invariant:{error.rule}",))
    except EngineFailed as error:
        _LOG.error("decision %s: %s", sitting.id, error)
        return sitting.refuse(Reason.POLICY_UNAVAILABLE, rules=("engine-failed",))
    except Exception as error:  # noqa: BLE001  # a refusal never raises: a fault of ours refuses as well
        _LOG.exception("decision %s: a fault", sitting.id)
        return sitting.refuse(Reason.POLICY_UNAVAILABLE, rules=(f"fault:{type(error).__name__}",))


def _refused(sitting: _Sitting, verdict: Verdict, grants: Mapping[str, GrantTerms]) -> Refusal:
    rules = [
        f"{rule}:{grants[key].ref}" if key else rule
        for rule, keys in verdict.rules.items()
        for key in keys or ("",)
    ]
    return sitting.refuse(*verdict.reasons, rules=rules)


def _permit(  # noqa: PLR0913, PLR0917  # what one permit is made of
    sitting: _Sitting,
    mandate: Mandate,
    question: Question,
    answer: AnswerVerdict | None,
    grants: Mapping[str, GrantTerms],
    consents: tuple[str, ...] = (),
) -> Permit:
    branches: tuple[Branch, ...] = ()
    shows: dict[str, tuple[str, ...]] = {}
    if answer is not None:
        ref = {key: terms.ref for key, terms in grants.items()}
        branches = tuple(
            replace(branch, grant=ref[branch.grant], masked=grants[branch.grant].masked)
            for branch in answer.branches
        )
        for showing in answer.shows:
            shows |= dict.fromkeys(showing.fields, tuple(sorted(ref[key] for key in showing.grants)))
    return issue(
        id=sitting.id,
        partner=sitting.partner,
        mandate=mandate,
        question=question,
        branches=tuple(sorted(branches, key=lambda branch: branch.grant)),
        shows=shows,
        max_rows=answer.max_rows if answer else 0,
        obligations=answer.obligations if answer else (),
        revision=sitting.revision,
        decided_at=sitting.now,
        consents=consents,
    )
