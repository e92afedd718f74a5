"""What the scenarios of a version showed when it was deployed with them."""

import orjson
from sqlalchemy import delete, insert, select

from engine.model.scenarios import ScenarioRecord, record_of
from engine.store.database import Tx
from engine.store.tables import scenario_record


def put(tx: Tx, definition_id: str, deployment_id: str, record: ScenarioRecord) -> None:
    """Keep what was shown; what an earlier deployment of the same files showed makes way."""
    tx.execute(delete(scenario_record).where(scenario_record.c.definition_id == definition_id))
    tx.execute(
        insert(scenario_record).values(
            definition_id=definition_id,
            deployment_id=deployment_id,
            record=orjson.dumps(record.as_plain()).decode(),
        )
    )


def of(tx: Tx, definition_id: str) -> ScenarioRecord | None:
    """What was shown of a version; None for one that came without scenarios."""
    found = tx.execute(
        select(scenario_record.c.record).where(scenario_record.c.definition_id == definition_id)
    ).scalar()
    return None if found is None else record_of(orjson.loads(found))
