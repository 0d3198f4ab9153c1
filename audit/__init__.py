"""The evidence: signing keys, hashes, log entries, witnesses, proofs. See README.md for the limits of this room."""
