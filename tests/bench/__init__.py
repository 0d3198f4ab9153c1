"""The benchmarks: each target of the performance page as a ratio against its baseline, in the same run."""
