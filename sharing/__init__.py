"""The post room: partners, grants, envelopes, fan-out and merge. See README.md for the limits of this room."""
