"""Data classes that are made while a command starts behave as those the library makes."""

import dataclasses
import sys
from dataclasses import FrozenInstanceError, dataclass, field
from types import SimpleNamespace

import pytest

from webapp.quick_start import quick_start

_IS_REPLACED = sys.version_info < (3, 13)
"""From 3.13 on the library compiles once a class by itself, and nothing stands in its place."""


def _classes() -> SimpleNamespace:
    """A few of each kind, the same wherever this is called."""

    @dataclass(frozen=True)
    class Nothing:
        pass

    @dataclass(frozen=True)
    class One:
        name: str

    @dataclass(frozen=True)
    class Several:
        name: str
        number: int = 3
        inside: object = None
        hidden: str = field(default="", repr=False, compare=False)

    @dataclass(frozen=True)
    class Longer(Several):
        more: tuple[str, ...] = ()

    @dataclass(frozen=True, slots=True)
    class Slotted:
        name: str
        number: int = 3

    @dataclass(order=True)
    class Ordered:
        number: int
        name: str = ""

    @dataclass(eq=False)
    class Itself:
        name: str

    return SimpleNamespace(**locals())


def _both() -> tuple[SimpleNamespace, SimpleNamespace]:
    with quick_start():
        quick = _classes()
    return quick, _classes()


def _values(made: SimpleNamespace) -> list[object]:
    return [
        made.Nothing(),
        made.One("李模拟"),
        made.One((1, 2)),
        made.Several("李模拟", 4, made.One("x"), hidden="y"),
        made.Longer("李模拟", more=("a",)),
        made.Slotted("李模拟"),
        made.Ordered(2, "b"),
    ]


def test_they_show_themselves_and_are_hashed_as_the_others() -> None:
    quick, own = _both()
    for ours, theirs in zip(_values(quick), _values(own), strict=True):
        assert repr(ours) == repr(theirs)
        assert str(type(ours).__eq__.__qualname__) == str(type(theirs).__eq__.__qualname__)
        if type(ours) is not quick.Ordered:
            assert hash(ours) == hash(theirs)
    with pytest.raises(TypeError, match="unhashable"):
        hash(quick.Ordered(1))


def test_they_are_equal_where_their_class_and_what_is_compared_are() -> None:
    quick, own = _both()
    assert _values(quick) == _values(quick)
    assert quick.Several("a", hidden="x") == quick.Several("a", hidden="y")
    assert quick.Several("a") != quick.Several("b")
    assert quick.Several("a") != quick.Longer("a")
    assert quick.One("a") != ("a",)
    assert quick.Itself("a") != quick.Itself("a")
    nan = float("nan")
    alike = quick.One(nan) == quick.One(nan)  # as tuples compare; from 3.13 on field by field
    assert alike is (own.One(nan) == own.One(nan)) is _IS_REPLACED
    assert quick.Ordered(1, "b") < quick.Ordered(2, "a") < quick.Ordered(2, "b")


def test_one_that_holds_itself_is_shown_once() -> None:
    quick, _own = _both()
    holder = quick.Several("a", inside=[])
    holder.inside.append(holder)
    assert repr(holder).endswith("inside=[...])")


def test_what_is_frozen_stays_as_it_is() -> None:
    for made in _both():
        for one in (made.One("a"), made.Slotted("a"), made.Longer("a")):
            with pytest.raises(FrozenInstanceError, match="cannot assign to field 'name'"):
                one.name = "b"
            with pytest.raises(FrozenInstanceError, match="cannot delete field 'name'"):
                del one.name
        with pytest.raises(FrozenInstanceError, match="cannot assign to field 'other'"):
            made.Longer("a").other = 1

        class Loose(made.One):  # type: ignore[misc, name-defined]  # may have what it adds itself
            pass

        loose = Loose("a")
        loose.other = 1
        assert (loose.other, loose.name) == (1, "a")
        with pytest.raises(FrozenInstanceError):
            loose.name = "b"


def test_one_method_is_compiled_and_the_library_is_as_before_afterwards() -> None:
    makers = ("_create_fn", "_frozen_get_del_attr", "_repr_fn", "_hash_fn", "_cmp_fn")

    def library() -> list[object]:
        return [getattr(dataclasses, name, None) for name in makers]

    before = library()
    with quick_start():
        meanwhile = library()
    assert library() == before
    assert (meanwhile != before) is _IS_REPLACED
    quick, own = _both()
    assert library() == before

    def compiled(made: type) -> set[str]:
        methods = {n: f for n, f in vars(made).items() if hasattr(f, "__code__")}
        return {
            name
            for name, method in methods.items()
            if getattr(method, "__wrapped__", method).__code__.co_filename == "<string>"
        }

    assert {"__init__", "__eq__", "__hash__", "__setattr__"} <= compiled(own.Several)
    assert compiled(quick.Several) == ({"__init__"} if _IS_REPLACED else compiled(own.Several))
