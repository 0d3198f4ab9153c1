"""The law: the vocabulary, decisions, row filters, Rego and the engines that evaluate it."""
