"""When a night's reconciliation is due."""

from hypothesis import given
from hypothesis import strategies as st

from audit.progress import Progress
from gateway.nightly import NEW, RETRY, due, scheduled
from gateway.settings import ReconcilePart
from sharing.notice import DONE

FR, SE = "fr.ofast", "se.polisen"
HOUR = 3600
ZONES = st.sampled_from(["UTC", "Europe/Paris", "America/Cayenne"])


@given(st.floats(1.7e9, 2.1e9), st.integers(0, 23), st.integers(0, 14_400), ZONES)
def test_the_scheduled_moment_is_the_last_one_and_comes_every_day(
    now: float, hour: int, jitter: int, zone: str
) -> None:
    part = ReconcilePart(hour=hour, jitter_seconds=jitter)
    moment = scheduled(now, zone, part, (FR, SE))
    assert moment <= now < moment + 86_400 + HOUR + 1
    assert scheduled(moment, zone, part, (FR, SE)) == moment


def test_not_all_nodes_ask_at_once() -> None:
    part = ReconcilePart()
    moments = {scheduled(1.8e9, "UTC", part, (FR, f"xx.{number}")) for number in range(20)}
    assert len(moments) > 10


def test_due_once_a_night_again_after_a_failure_and_not_on_the_first_day() -> None:
    moment = 1_800_000_000
    done, failed = Progress(SE, 0, moment + 9, DONE, 0), Progress(SE, 0, moment + 9, "UNREACHABLE", 0)
    assert due(Progress(SE, 0, moment - 1, DONE, 0), moment, moment)
    assert not due(done, moment + 86_399, moment)
    assert not due(failed, moment + 9 + RETRY - 1, moment)
    assert due(failed, moment + 9 + RETRY, moment)
    assert not due(Progress(SE, 0, moment + 9, NEW, 0), moment + 9 + RETRY, moment)
