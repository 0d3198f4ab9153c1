"""What the records of several nodes say of money: owners, joined flows, odd prices. Pure."""
