"""Trust policies: the published shape, quorums, and lines that are refused."""

import pytest

from audit.checkpoint import Checkpoint
from audit.cosignature import cosign
from audit.errors import AuditError, FormatRefused, ProofRefused
from audit.keys import SignatureType, SigningKey
from audit.merkle import EMPTY_ROOT
from audit.note import Note
from audit.trust import TrustPolicy
from tests.audit.samples import KEY, ORIGIN, OTHER_KEY

WITNESSES = {
    name: SigningKey.from_seed(f"{name}.example", bytes([i]) * 32, SignatureType.COSIGNATURE)
    for i, name in enumerate(["X1", "X2", "X3", "Y1", "Y2"])
}
LINES = "".join(f"witness {name} {key.public.vkey}\n" for name, key in WITNESSES.items())
POLICY = f"""# two of one body, any of the other
log {KEY.public.vkey} https://log.example/

{LINES}
group X-witnesses 2 X1 X2 X3
group\tY-witnesses  any Y1 Y2
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""
NOTE = Checkpoint(ORIGIN, 0, EMPTY_ROOT).sign(KEY)


def cosigned(*names: str) -> str:
    text = Note.parse(NOTE).text
    return NOTE + "".join(cosign(text, WITNESSES[name], 1_700_000_000).line for name in names)


def test_a_quorum_that_is_reached() -> None:
    checkpoint, names = TrustPolicy.parse(POLICY).check(cosigned("X1", "X3", "Y2"))
    assert checkpoint.origin == ORIGIN
    assert names == ["X1", "X3", "Y2"]


@pytest.mark.parametrize("names", [(), ("X1", "Y1"), ("X1", "X2", "X3")])
def test_a_quorum_that_is_not(names: tuple[str, ...]) -> None:
    with pytest.raises(ProofRefused, match="quorum X-and-Y is not reached"):
        TrustPolicy.parse(POLICY).check(cosigned(*names))


def test_one_witness_or_none_as_quorum() -> None:
    one = POLICY.replace("quorum X-and-Y", "quorum X1")
    assert TrustPolicy.parse(one).check(cosigned("X1"))[1] == ["X1"]
    assert TrustPolicy.parse(POLICY.replace("quorum X-and-Y", "quorum none")).check(NOTE)[1] == []
    assert TrustPolicy.of_keys(KEY.public.vkey, OTHER_KEY.public.vkey).check(NOTE)[0].size == 0


def test_the_witnesses_addresses_are_kept() -> None:
    known = f"witness X1 {WITNESSES['X1'].public.vkey} https://x1.example/w/\n"
    policy = TrustPolicy.parse(f"{known}witness X2 {WITNESSES['X2'].public.vkey}\nquorum X1\n")
    assert policy.urls == {"X1": "https://x1.example/w"}
    assert policy.fulfilled(["X1"])
    assert not policy.fulfilled(["X2"])
    with pytest.raises(FormatRefused, match="line 1"):
        TrustPolicy.parse(known.replace("\n", " more\n"))


def test_a_log_that_is_not_known() -> None:
    with pytest.raises(ProofRefused, match="by none of"):
        TrustPolicy.of_keys(OTHER_KEY.public.vkey).check(NOTE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum X1\n",
        "quorum none\nquorum none\n",
        f"log {KEY.public.vkey}\nlog {KEY.public.vkey}\nquorum none\n",
        f"witness none {WITNESSES['X1'].public.vkey}\nquorum none\n",
        f"{LINES}witness X1 {WITNESSES['X2'].public.vkey}\nquorum none\n",
        f"{LINES}witness X9 {WITNESSES['X2'].public.vkey}\nquorum none\n",
        f"{LINES}group X1 any X2\nquorum none\n",
        f"{LINES}group G 3 X1 X2\nquorum G\n",
        f"{LINES}group G 0 X1 X2\nquorum G\n",
        f"{LINES}group G few X1 X2\nquorum G\n",
        f"{LINES}group G any X9\nquorum G\n",
        f"{LINES}group G any X1 X1\nquorum G\n",
        f"{LINES}group G any\nquorum G\n",
        f"witness X1 {KEY.public.vkey}\nquorum none\n",
        "hello\nquorum none\n",
    ],
)
def test_what_is_no_policy(text: str) -> None:
    with pytest.raises(AuditError):
        TrustPolicy.parse(text)


def test_the_line_is_named() -> None:
    with pytest.raises(FormatRefused, match="line 2"):
        TrustPolicy.parse("# x\nhello\n")
