"""The list a person works through, and what she may start."""
