"""Tests of the demo's data and of the mappings."""
