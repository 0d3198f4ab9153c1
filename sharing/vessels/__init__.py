"""What several nodes say of one vessel, where it contradicts itself, and what is a signal. Pure."""
