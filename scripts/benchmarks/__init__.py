"""Benchmarks: each prints figures with their goals, as a table or with --json as one document."""
