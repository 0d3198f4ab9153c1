"""All figures, in the order of the performance page."""

from tests.bench import (
    p01_lookup,
    p02_page,
    p03_postgres,
    p04_border,
    p05_fanout,
    p06_growth,
    p07_grants,
    p08_append,
    p09_verify,
    p10_load,
    p11_profiles,
    p12_memory,
    p13_groups,
    p14_standing,
    p15_network,
    p16_console,
    p17_signing,
    p18_observe,
)
from tests.bench.figure import Figure

FIGURES: tuple[Figure, ...] = (
    p01_lookup.FIGURE,
    p02_page.FIGURE,
    p03_postgres.FIGURE,
    p04_border.FIGURE,
    p05_fanout.FIGURE,
    p06_growth.FIGURE,
    p07_grants.FIGURE,
    p08_append.FIGURE,
    p09_verify.FIGURE,
    p10_load.FIGURE,
    p11_profiles.FIGURE,
    p12_memory.FIGURE,
    p13_groups.FIGURE,
    p14_standing.FIGURE,
    p15_network.FIGURE,
    p16_console.FIGURE,
    p17_signing.FIGURE,
    p18_observe.FIGURE,
)
