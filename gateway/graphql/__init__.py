"""GraphQL schemas, thin over the use cases: one for partners, one for the node's own people."""
