"""The demo: three nodes on this machine with a fictitious case, or with real public data."""
