"""Lists that people bring, as values: columns, rows, what is wrong with them, where they stand."""
