"""The evidence: signing keys, hashes, log entries, witnesses, proofs; README.md says its limits."""
