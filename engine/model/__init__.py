"""Pure values and rules: no database, no wall clock, no web."""
