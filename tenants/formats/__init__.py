"""Formats of other programs: records that may leave, as bytes, and the same records back. Pure."""
