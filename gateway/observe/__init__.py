"""What is measured, traced and said of a node at work: times, counts and codes, never whom it is about."""
