"""The post room: partners, grants, envelopes, fan-out and merge. README.md says what it may never do."""
