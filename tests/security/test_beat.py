"""Answers to partners leave on a beat: their time says no more than how many beats the work took."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import notice_door, partner
from gateway.beat import rest
from gateway.home import Profile, create, now_utc
from gateway.settings import Settings, beat_of, read_settings
from policy.terms import Operation
from sharing.sealed import RawReply
from tests.security.desk import desk_of
from tests.world import World

FR, SE = "fr.ofast", "se.polisen"


@given(st.floats(0, 10), st.floats(0.001, 1))
def test_a_reply_leaves_on_a_whole_beat_and_at_most_one_beat_later(passed: float, beat: float) -> None:
    waited = rest(passed, beat)
    assert 0 <= waited <= beat + 1e-9
    beats = (passed + waited) / beat
    assert abs(beats - round(beats)) < 1e-6
    assert round(beats) >= 1


@given(st.floats(0, 1), st.floats(0, 1))
def test_works_of_the_same_beat_leave_at_the_same_time(first: float, second: float) -> None:
    assert first + rest(first, 1.0) == pytest.approx(second + rest(second, 1.0))


def test_without_a_beat_nothing_waits() -> None:
    assert rest(0.3, 0) == 0


async def test_hits_misses_and_refusals_all_leave_on_the_beat(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The door waits once for every reply, from when the question had come, and for as long as is set."""
    node = world.nodes[SE]
    limits = node.settings.limits.model_copy(update={"beat_ms": 700})
    world.nodes[SE] = replace(node, settings=node.settings.model_copy(update={"limits": limits}))
    waits: list[tuple[float, float]] = []

    async def waited(came: float, beat: float) -> None:
        waits.append((asyncio.get_running_loop().time() - came, beat))

    monkeypatch.setattr(partner, "on_the_beat", waited)
    monkeypatch.setattr(notice_door, "on_the_beat", waited)
    replies: list[httpx2.Response] = []
    async with desk_of(world.nodes[SE]) as desk:

        async def over_http(headers: Mapping[str, str], body: bytes) -> RawReply:
            replies.append(await desk.client.post(partner.PATH, content=body, headers=dict(headers)))
            return RawReply(replies[-1].status_code, dict(replies[-1].headers), replies[-1].content)

        world.doors[SE] = over_http
        asked: list[dict[str, Any]] = [
            {"value": "XQZU 418026-6", "kind": "container"},
            {"value": "CSQU 305438-3", "kind": "container"},
        ]
        for question in asked:
            await world.ask(FR, Operation.LOOKUP, question)
        forged = await desk.client.post(partner.PATH, content=b"{}")
        unread = await desk.client.post(notice_door.PATH, content=b"{}")
    assert (forged.status_code, unread.status_code) == (400, 400)
    assert [beat for _, beat in waits] == [0.7] * 4
    assert all(took >= 0 for took, _ in waits)
    assert len(replies) == 2


SettingsOf = Callable[..., Settings]


@pytest.fixture
def settings_of(tmp_path: Path) -> SettingsOf:
    def made(profile: str, beat_ms: int | None = None) -> Settings:
        home = tmp_path / f"{profile}{beat_ms}"
        create(home, Profile("fr.ofast", "O", "FR", "s@x", 8401, demo=profile == "demo"), now=now_utc())
        if beat_ms is not None:
            settings = (home / "node.toml").read_text().replace("[limits]\nfree_documents = true\n", "")
            (home / "node.toml").write_text(f"{settings}\n[limits]\nbeat_ms = {beat_ms}\n")
        return read_settings(home)

    return made


def test_production_has_a_beat_unless_it_says_none(settings_of: SettingsOf) -> None:
    production = settings_of("production")
    assert beat_of(production) == 0.02
    assert beat_of(settings_of("demo")) == 0
    assert beat_of(settings_of("production", beat_ms=0)) == 0
    assert beat_of(settings_of("demo", beat_ms=35)) == 0.035
