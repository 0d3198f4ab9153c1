"""The desk: people, protocols, use cases and the composition of a node."""
