"""How long work goes on beside the node's answers: it tells how far it is, and waits for its turn."""

import asyncio
from collections.abc import Awaitable, Callable

Told = Callable[[int, int], None]
"""Hears how many of how many are done."""
Turn = Callable[[], Awaitable[None]]
"""What is waited for before the next one."""


async def others_first() -> None:
    """Let whatever waits have its turn: the node's real questions go first."""
    await asyncio.sleep(0)
