"""Reports: what records of several services add up to, as pages in one language. Pure; nothing is asked."""
