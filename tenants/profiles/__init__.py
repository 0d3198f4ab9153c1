"""Chemical profiles: what a laboratory measured, how alike two of them are, and what that has meant."""
