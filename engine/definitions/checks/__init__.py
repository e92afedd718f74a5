"""The checks of the gate, one question a file; each is ``check(draft) -> findings``.

A new check is a file here with its ``check``, a line below, and a broken file beside its test.
"""

from collections.abc import Callable, Iterable

from engine.definitions.checks import (
    boundaries,
    bpmn_files,
    calls,
    choices,
    decision_files,
    document_files,
    drawing,
    elements,
    event_gateways,
    event_mappings,
    expression_syntax,
    extensions,
    flows,
    form_files,
    ids,
    joins_on_cycles,
    lanes,
    messages,
    names,
    operations,
    parallel_writers,
    parameters,
    pools,
    process_properties,
    properties,
    public_words,
    readers,
    references,
    returns,
    separation,
    structure,
    timers,
    token_game,
    user_tasks,
)
from engine.definitions.draft import Draft
from engine.errors import Finding

Check = Callable[[Draft], Iterable[Finding]]

CHECKS: tuple[Check, ...] = (
    bpmn_files.check,
    pools.check,
    elements.check,
    extensions.check,
    properties.check,
    ids.check,
    references.check,
    process_properties.check,
    lanes.check,
    user_tasks.check,
    form_files.check,
    separation.check,
    readers.check,
    flows.check,
    structure.check,
    event_gateways.check,
    boundaries.check,
    timers.check,
    messages.check,
    public_words.check,
    event_mappings.check,
    expression_syntax.check,
    names.check,
    parameters.check,
    decision_files.check,
    document_files.check,
    operations.check,
    calls.check,
    choices.check,
    returns.check,
    joins_on_cycles.check,
    token_game.check,
    parallel_writers.check,
    drawing.check,
)
