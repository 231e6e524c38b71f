"""Benchmarks: each figure beside its rival or its limit, measured in the same run."""
