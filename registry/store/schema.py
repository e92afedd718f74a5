"""The register's own branch of migrations, run beside the engine's (design.md D18)."""

from pathlib import Path

from engine.store.schema import Branch

BRANCH = Branch(Path(__file__).parent / "migrations" / "versions")
"""Given to :class:`engine.Options`; without it the engine makes its own tables alone."""
