"""Is every parameter that an expression asks for one of the installation's?"""

from collections.abc import Iterator

from engine.definitions.draft import Draft
from engine.definitions.expressions import sites
from engine.definitions.feel_facts import parameters_asked
from engine.definitions.findings import error
from engine.errors import Finding


def check(draft: Draft) -> Iterator[Finding]:
    """``parameter("…")`` in the expressions of the processes."""
    for process in draft.processes:
        for site in sites(draft, process):
            for name in sorted(parameters_asked(site.text) - draft.known.parameters):
                has = "、".join(sorted(draft.known.parameters)[:20]) or "无"
                yield error(
                    "parameter-unknown",
                    f"{site.where}用到参数“{name}”,参数表里没有。现有参数:{has}。",
                    process.file,
                    site.element,
                )
