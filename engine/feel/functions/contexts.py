"""Context functions (DMN 1.5, 10.3.4.9), and Camunda's for values that may be missing."""

from engine.feel.errors import NoValue
from engine.feel.functions.registry import builtin


@builtin("get value", "m: context, key: string", "context: context, key: string")
def get_value(context: dict[str, object], key: str) -> object:
    """Give the entry of a context."""
    return context.get(key)


@builtin("get entries", "m: context", "context: context")
def get_entries(context: dict[str, object]) -> list[object]:
    """Give a list of {key, value}."""
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context", "entries: list")
def context_of_entries(entries: list[object]) -> dict[str, object]:
    """Make a context of a list of {key, value}."""
    result: dict[str, object] = {}
    for entry in entries:
        if not isinstance(entry, dict) or "value" not in entry:
            raise NoValue("每一项应有 key 和 value")
        key = entry.get("key")
        if not isinstance(key, str) or key in result:
            raise NoValue("key 应为文本,且不能重复")
        result[key] = entry["value"]
    return result


@builtin(
    "context put",
    "context: context, key: string, value: any",
    "context: context, keys: list, value: any",
)
def context_put(context: dict[str, object], place: str | list[object], value: object) -> object:
    """Add or replace an entry; a list of keys leads into contexts inside."""
    keys = place if isinstance(place, list) else [place]
    if not keys or not all(isinstance(key, str) for key in keys):
        raise NoValue("key 应为文本")
    return _with_entry(context, [str(key) for key in keys], value)


def _with_entry(context: dict[str, object], keys: list[str], value: object) -> dict[str, object]:
    if len(keys) == 1:
        return {**context, keys[0]: value}
    inner = context.get(keys[0])
    if inner is None:
        inner = {}
    if not isinstance(inner, dict):
        raise NoValue(f"“{keys[0]}”不是上下文")
    return {**context, keys[0]: _with_entry(inner, keys[1:], value)}


@builtin("context merge", "contexts: list")
def context_merge(contexts: list[object]) -> dict[str, object]:
    """Join contexts; of equal keys the last one holds."""
    merged: dict[str, object] = {}
    for context in contexts:
        if not isinstance(context, dict):
            raise NoValue("列表里只能有上下文")
        merged.update(context)
    return merged


# The first arguments of these two may be a variable that does not exist: the compiler keeps silent
# about it.


@builtin("get or else", "value: any, default: any")
def get_or_else(value: object, default: object) -> object:
    """Give the value, or the default where it is null (Camunda)."""
    return default if value is None else value


@builtin("is defined", "value: any")
def is_defined(value: object) -> bool:
    """Tell whether a value is there and not null (Camunda)."""
    return value is not None
