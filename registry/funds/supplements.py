"""补付 made public: what was paid after the result of a batch was published, beside it."""

from collections.abc import Sequence
from dataclasses import replace

from engine.store.database import Tx
from engine.work.environment import Environment
from registry.budget.model import Batch, Payment
from registry.budget.programmes import programme_of
from registry.funds.publishing import notice_of
from registry.funds.result_rows import rows_of
from registry.store import results

_DAYS = 5
"""Of a notice where nobody has set the parameter."""

_LONGEST_TITLE = 90


def publish_later(environment: Environment, tx: Tx, batch: Batch, paid: Sequence[Payment]) -> None:
    """Make public what of a closed batch was paid later, as long as any result is.

    The caller holds the batch. Nothing where its programme is not published.
    """
    if not programme_of(batch.programme).published:
        return
    said = environment.parameter(tx, "notice days", batch.organisation_id)
    today = environment.today()
    days = _DAYS if said is None else int(str(said))
    ends_on = environment.calendars.get(tx).working_day_after(today, days)[0]
    before = results.of_batch(tx, batch.number)
    told = [row for one in before for row in rows_of(one)]
    new = notice_of(tx, batch, paid, (today, ends_on), told)
    part = results.next_part(tx, batch.number)
    results.add(tx, replace(new, part=part, title=f"{batch.title[:_LONGEST_TITLE]}(补付)"))
