"""Variables that many expressions read: what they are in the language is worked out once."""

from collections.abc import Iterator, Mapping
from typing import cast

from typing_extensions import override


class Facts(dict[str, object]):
    """A case's variables with what has been converted of them.

    Whoever changes something inside a value makes new facts; a name that is set anew is forgotten.
    """

    __slots__ = ("converted",)

    def __init__(self, values: Mapping[str, object]) -> None:
        super().__init__(values)
        self.converted: dict[str, object] = {}

    @override
    def __setitem__(self, name: str, value: object) -> None:
        self.converted.pop(name, None)
        super().__setitem__(name, value)

    def with_row(self, row: Mapping[str, object]) -> "RowFacts":
        """The same with the cells of a row laid over it."""
        return RowFacts(self, row)


class RowFacts(Mapping[str, object]):
    """Facts with a row over them; shares what has been converted of the facts."""

    __slots__ = ("facts", "row")

    def __init__(self, facts: Facts, row: Mapping[str, object]) -> None:
        self.facts = facts
        self.row = row

    @override
    def __getitem__(self, name: str) -> object:
        return self.row[name] if name in self.row else self.facts[name]

    @override
    def __contains__(self, name: object) -> bool:
        return name in self.row or name in self.facts

    @override
    def __iter__(self) -> Iterator[str]:
        return iter({**self.facts, **self.row})

    @override
    def __len__(self) -> int:
        return len({**self.facts, **self.row})


def kept_for(variables: Mapping[str, object], name: str) -> dict[str, object] | None:
    """Where the converted value of a name is kept; None where it is converted each time."""
    kind = type(variables)  # isinstance asks an abstract class, which is slow, for every name
    if kind is Facts:
        return cast(Facts, variables).converted
    if kind is RowFacts and name not in cast(RowFacts, variables).row:
        return cast(RowFacts, variables).facts.converted
    return None
