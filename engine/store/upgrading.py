"""Running the migrations that a database lacks, by Alembic."""

from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config

from engine.store.database import Tx

_HERE = Path(__file__).parent / "migrations"


def upgrade(tx: Tx, folders: Sequence[Path]) -> None:
    """Run what is missing of these folders within a transaction."""
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(str, folders)))
    config.attributes["connection"] = tx
    command.upgrade(config, "heads")
