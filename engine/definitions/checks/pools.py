"""Is there one pool at most?"""

from collections.abc import Iterator

from engine.definitions.diagram import bpmn, described
from engine.definitions.draft import Draft
from engine.definitions.findings import error
from engine.errors import Finding


def check(draft: Draft) -> Iterator[Finding]:
    """Diagrams of several pools: only one would be run."""
    for file in draft.bpmn_files:
        pools = list(file.root.iter(bpmn("participant")))
        for pool in pools[1:]:
            yield error("several-pools", file.name, pool, pool=described(pool))
        keys = {process.key for process in file.processes}
        for pool in pools[:1]:
            reference = pool.get("processRef", "")
            if reference not in keys:
                yield error(
                    "pool-reference", file.name, pool, pool=described(pool), reference=reference
                )
