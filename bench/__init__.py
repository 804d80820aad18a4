"""Benchmarks: each is one command that prints one JSON line per row and a readable table."""
