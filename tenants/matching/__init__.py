"""Matching: how much speaks for two records being of one person or thing, feature by feature."""
