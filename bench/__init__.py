"""Benchmarks: each figure is a ratio against a named alternative in the same run."""
