"""Oversight's questions to the log: each is decided, logged and only then answered."""
