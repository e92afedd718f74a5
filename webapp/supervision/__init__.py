"""What is late, and where."""
