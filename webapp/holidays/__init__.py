"""节假日: the years the State Council has settled, and the import of the next notice."""
