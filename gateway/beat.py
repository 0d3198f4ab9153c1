"""Answers leave on a beat: how long a node looked must not tell a partner what it looked through.

What a partner may not know (records that are hidden from it, a filter that threw much away) changes the work
by less than a beat nearly always, and then the time of the answer says nothing. Work that crosses a beat
still shows as one more; deploy/docs/threat-model.md says what that leaves.
"""

import asyncio
from math import ceil


def rest(passed: float, beat: float) -> float:
    """Seconds from `passed` to the next whole number of beats, at least one; none where there is no beat."""
    return max(1, ceil(passed / beat)) * beat - passed if beat > 0 else 0.0


async def on_the_beat(came: float, beat: float) -> None:
    """Wait until a whole number of beats has gone by since `came` (seconds of the loop's clock)."""
    if beat > 0:
        await asyncio.sleep(rest(asyncio.get_running_loop().time() - came, beat))
