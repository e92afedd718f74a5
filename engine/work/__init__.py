"""What people and the clock do to cases: one module a use case."""
