"""Papers of a step on A4."""
