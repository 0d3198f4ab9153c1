"""The short form of what `make load` runs at length."""

from pathlib import Path

import pytest

from tests.load.rolling import judged, opened

pytestmark = pytest.mark.slow


def test_a_gateway_that_is_restarted_beside_another_fails_no_question(
    tmp_path: Path, opa_binary: Path
) -> None:
    assert opa_binary
    with opened(tmp_path, 200) as rolled:
        desk = rolled.desk(tmp_path, 10.0)
        with desk.open():
            rolled.pair.restart(0, desk)
    assert [each for each in judged(rolled, desk, tmp_path) if not each.holds] == []
