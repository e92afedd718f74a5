"""``bangfu operations``: what service tasks may call, as the page docs/operations.md says it."""

import inspect
from collections.abc import Iterator, Mapping
from functools import partial

from engine.model.operations import Operation
from webapp.commands.speaking import DONE, Call, Commands, say, say_json
from webapp.opening import operations

_HEAD = """\
# Operations

What a service task may call by name (`zeebe:taskDefinition type`). An operation works on the
register inside the transaction of the step that called it: it is done with the step or not at all.
Inputs are mapped with `zeebe:input`, outputs with `zeebe:output`; \\* marks what must be given, `?`
what may be null or left out. The gate refuses a process that gives an input the operation does not
know, or takes an output it does not give.

This page is written by `bangfu operations --markdown > docs/operations.md`; a test looks."""


def add_to(commands: Commands) -> None:
    """Add the command."""
    listing = commands.add("operations", "列出服务任务可以调用的操作", list_operations)
    listing.add_argument("--json", action="store_true", help="输出 JSON")
    listing.add_argument("--markdown", action="store_true", help="输出 docs/operations.md")


def list_operations(call: Call) -> int:
    """Every operation by name."""
    found = operations()
    if call.words.json:
        say_json([_as_json(found[name]) for name in sorted(found)])
    elif call.words.markdown:
        say(as_markdown(found))
    else:
        for name in sorted(found):
            say(f"{name}\t{found[name].title}")
    return DONE


def as_markdown(found: Mapping[str, Operation]) -> str:
    """The page, a chapter for what comes before the dot of a name."""
    return "\n".join([_HEAD, *_chapters(found)])


def _chapters(found: Mapping[str, Operation]) -> Iterator[str]:
    chapter = ""
    for name in sorted(found):
        before = name.partition(".")[0]
        if before != chapter:
            chapter = before
            yield f"\n## {chapter}\n"
            yield "| operation | does | inputs | outputs |"
            yield "|---|---|---|---|"
        one = found[name]
        inputs = [_shown(n, one.inputs[n], must=n in one.required) for n in one.inputs]
        outputs = [_shown(n, one.outputs[n], must=False) for n in one.outputs]
        cells = (f"`{name}` {one.title}", _about(one), ", ".join(inputs), ", ".join(outputs))
        yield f"| {' | '.join(cells)} |"


def _about(one: Operation) -> str:
    """The first paragraph of what its code says of itself."""
    run = one.run.func if isinstance(one.run, partial) else one.run
    return " ".join((inspect.getdoc(run) or "").partition("\n\n")[0].split())


def _shown(name: str, schema: Mapping[str, object], *, must: bool) -> str:
    kinds = schema.get("type", ())
    given = [kinds] if isinstance(kinds, str) else list(kinds)  # type: ignore[call-overload]
    told = [str(kind) for kind in given if kind != "null"]
    if "enum" in schema:
        told = [f"`{value}`" for value in schema["enum"]]  # type: ignore[attr-defined]
    elif schema.get("format"):
        told = [str(schema["format"])]
    mark = "\\*" if must else "?" if "null" in given else ""
    return f"`{name}`{mark} {' / '.join(told)}".rstrip()


def _as_json(one: Operation) -> dict[str, object]:
    return {
        "name": one.name,
        "title": one.title,
        "about": _about(one),
        "inputs": {name: dict(schema) for name, schema in one.inputs.items()},
        "required": sorted(one.required),
        "outputs": {name: dict(schema) for name, schema in one.outputs.items()},
    }
