"""The register's own branch of migrations (design.md D18)."""
