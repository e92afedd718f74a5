"""A deployment says what running cases wait at that the new version does not have, of any kind."""

from dataclasses import replace

from engine import SYSTEM
from engine.model.definitions import SourceFile
from tests.engine.moving.conftest import Workshop, drawn, form, step
from tests.engine.moving.test_called_processes import caller_and_called
from tests.engine.moving.test_version_moves import answered, at_review, migrate, noticed, request
from tests.unit.runtime.kit import end, line, node, start


def told(shop: Workshop, *files: SourceFile) -> dict[str, str]:
    """What a dry run says of elements that are gone, by their ids."""
    would_be = shop.engine.definitions.dry_run(SYSTEM, (*files, form("blank", "note")))
    return {str(f.element_id): f.message for f in would_be.findings if f.code == "step-removed"}


def renamed(file: SourceFile, old: str, new: str) -> SourceFile:
    return replace(file, content=file.content.replace(old.encode(), new.encode()))


def test_a_timer_beside_a_step(shop: Workshop) -> None:
    shop.put(noticed())
    shop.begin("ask")
    shop.begin("ask")
    assert told(shop, noticed("review")) == {}
    (message,) = told(shop, noticed(name="later")).values()
    assert "没有“late”" in message
    assert "有 2 件" in message
    assert told(shop, noticed(beside=False)).keys() == {"late"}


def test_a_message_that_is_waited_for(shop: Workshop) -> None:
    shop.put(answered("answer"))
    at_review(shop)
    assert told(shop, answered("answer", "review")) == {}
    assert told(shop, renamed(answered("answer"), '"letter"', '"post"')).keys() == {"letter"}
    # The same id at a step is not the same wait.
    assert told(shop, request("apply", "review")).keys() == {"letter"}
    instead = drawn(
        "ask", {"officer": "apply letter"},
        start() + step("apply") + step("letter") + end() + line("S", "apply", "letter", "E"),
    )  # fmt: skip
    assert told(shop, instead).keys() == {"letter"}


def test_a_call_activity_within_which_cases_are(shop: Workshop) -> None:
    shop.put(*caller_and_called())
    case_id = shop.begin("caller")
    shop.finish("officer", case_id, "ask", {"note": "可以吗"})
    caller, called = caller_and_called()
    assert told(shop, caller, called) == {}
    gone = told(shop, renamed(caller, '"call"', '"other_call"'), called)
    assert gone.keys() == {"call"}
    assert "有 1 件" in gone["call"]
    thinking = told(shop, caller, renamed(called, "think", "ponder"))
    assert thinking.keys() == {"think"}


def boxed(box: str) -> SourceFile:
    """Two steps within a sub-process."""
    inner = start("S1") + step("first") + step("second") + end("E1")
    inner += line("S1", "first", "second", "E1")
    body = start() + node("subProcess", box, inner) + end() + line("S", box, "E")
    return drawn("ask", {"officer": "first second"}, body)


def test_a_sub_process_and_what_is_within_it(shop: Workshop) -> None:
    shop.put(boxed("box"))
    shop.begin("ask")
    assert told(shop, boxed("box")) == {}
    assert told(shop, boxed("crate")).keys() == {"box", "first"}  # first lies elsewhere now
    assert told(shop, request("apply", "review")).keys() == {"box", "first"}


def test_nothing_is_said_of_cases_that_are_there_already_or_have_ended(shop: Workshop) -> None:
    shop.put(request("apply", "review"))
    case_id = shop.begin("ask")
    shop.put(request("look", "review"))
    migrate(shop, 2, apply="look")
    assert told(shop, request("look", "review", "audit")) == {}
    assert told(shop, request("apply", "review", "audit")).keys() == {"look"}
    shop.engine.cases.cancel(shop.actor("officer"), case_id, "不办了")
    assert told(shop, request("apply", "review", "audit")) == {}
