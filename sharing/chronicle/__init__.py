"""What was so, when, and when who knew: facts of a network with three times. See `told`."""
