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
            yield error(
                "several-pools",
                f"图上有多个池,{described(pool)}是多出来的,不会执行。"
                "外部单位请画成一条泳道(kind=external),别的流程请存为单独的文件。",
                file.name,
                pool,
            )
        keys = {process.key for process in file.processes}
        for pool in pools[:1]:
            reference = pool.get("processRef", "")
            if reference not in keys:
                yield error(
                    "pool-reference",
                    f"{described(pool)}引用的流程“{reference}”不存在。请在编辑器中重新保存。",
                    file.name,
                    pool,
                )
