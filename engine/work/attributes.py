"""Form fields that search and lists may read (design.md D17)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from engine.forms import CompiledForm
from engine.model.cases import Attribute
from engine.model.items import Items, of_lists
from engine.work.environment import Environment


def attributes_of(
    environment: Environment, form: CompiledForm, data: Mapping[str, object]
) -> list[Attribute]:
    """Attributes of a submission: names plain, numbers of persons as keyed hash and last four."""
    found: list[Attribute] = []
    for attribute in form.attributes(data):
        name, label, value = attribute.name, attribute.label, attribute.value
        if value == "":
            continue
        match attribute.kind:
            case "secret":
                found.append(
                    Attribute(
                        name,
                        label,
                        key_hash=environment.vault.lookup_hash(normal(str(value))),
                        last4=str(value)[-4:].upper(),
                    )
                )
            case "number":
                found.append(Attribute(name, label, number=Decimal(str(value))))
            case "date":
                found.append(Attribute(name, label, date=date.fromisoformat(str(value)[:10])))
            case _:
                found.append(Attribute(name, label, text=str(value)[:200]))
    return found


def attributes_of_item(found: list[Attribute], items: Items) -> list[Attribute]:
    """Those of an item have its number in their name, like the rows of a list: none hides another.

    Those of a loop are what the last round says.
    """
    of = ".".join(f"{one.activity}.{one.number - 1}" for one in of_lists(items))
    return [replace(one, name=f"{of}.{one.name}") for one in found] if of else found


def normal(text: str) -> str:
    """A number as it is hashed: without spaces and hyphens, letters large."""
    return "".join(text.split()).replace("-", "").upper()
