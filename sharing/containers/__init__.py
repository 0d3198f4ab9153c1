"""What the records of several nodes say of one container code, and where they contradict each other. Pure."""
