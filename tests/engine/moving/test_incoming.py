"""What staff write down for somebody outside reaches the case that waits for it, once."""

import pytest

from engine.errors import Invalid, NotFound
from engine.model.definitions import SourceFile
from tests.engine.moving.conftest import Workshop, drawn, form, step
from tests.unit.runtime.kit import boundary, end, ext, io, line, message, props, receives, start


def waiting_for_a_withdrawal(**properties: str) -> SourceFile:
    said = {
        "staffMessage": "登记撤回",
        "messageForm": "take_withdrawal",
        "messageRoles": "officer,county_reviewer",
        **properties,
    }
    event = ext(io(outputs={"why": "=reason"}), props(**said)) + receives("M")
    body = (
        start()
        + step("work")
        + boundary("withdrawn", "work", event)
        + step("confirm")
        + end()
        + line("S", "work", "E")
        + line("withdrawn", "confirm", "E")
    )
    return drawn(
        "withdrawable",
        {"officer": "S work withdrawn confirm E"},
        body,
        message("M", "withdrawal", "=case.id"),
    )


def begun(shop: Workshop) -> str:
    shop.put(waiting_for_a_withdrawal(), form("take_withdrawal", "reason"))
    return shop.begin("withdrawable")


def test_who_may_takes_it_down_and_the_case_goes_on(shop: Workshop) -> None:
    case_id = begun(shop)
    officer = shop.actor("officer")
    (one,) = shop.engine.messages.awaited(officer, case_id)
    assert one.label == "登记撤回"
    seen = shop.engine.messages.incoming_view(officer, case_id, one.token)
    assert seen.form.id == "take_withdrawal"
    shop.engine.messages.take_down(officer, case_id, one.token, {"reason": "已找到工作"})
    assert shop.waiting(case_id) == ["confirm"]
    view = shop.engine.tasks.view(officer, shop.step(case_id, "confirm"))
    assert view.scope["why"] == "已找到工作"
    with pytest.raises(NotFound):
        shop.engine.messages.take_down(officer, case_id, one.token, {"reason": "再次"})
    assert shop.engine.messages.awaited(officer, case_id) == ()
    assert all(one.ok for one in shop.engine.audit.invariants())


def test_only_the_roles_it_names_at_the_union_or_above_are_offered_it(shop: Workshop) -> None:
    case_id = begun(shop)
    (one,) = shop.engine.messages.awaited(shop.actor("reviewer"), case_id)
    assert shop.engine.messages.awaited(shop.actor("approver"), case_id) == ()
    with pytest.raises(NotFound):
        shop.engine.messages.incoming_view(shop.actor("approver"), case_id, one.token)
    for stranger in ("far_reviewer", "far_officer"):
        with pytest.raises(NotFound):
            shop.engine.messages.awaited(shop.actor(stranger), case_id)


def test_what_the_form_refuses_changes_nothing(shop: Workshop) -> None:
    case_id = begun(shop)
    officer = shop.actor("officer")
    (one,) = shop.engine.messages.awaited(officer, case_id)
    with pytest.raises(Invalid):
        shop.engine.messages.take_down(officer, case_id, one.token, {"unasked": "x"})
    assert shop.waiting(case_id) == ["work"]


def test_a_message_by_its_key_alone_is_for_those_who_may_write_it_down(shop: Workshop) -> None:
    case_id = begun(shop)

    def told(by: str) -> int:
        return shop.engine.messages.send(
            shop.actor(by), "withdrawal", {"case": case_id}, {"reason": "已找到工作"}
        )

    for other in ("other_officer", "far_reviewer", "admin"):
        assert told(other) == 0, other  # does not see the case
    for other in ("township", "approver"):
        assert told(other) == 0, other  # sees it, and is not named
    assert shop.waiting(case_id) == ["work"]
    assert told("reviewer") == 1
    assert shop.waiting(case_id) == ["confirm"]


def test_where_a_message_names_no_roles_whoever_sees_the_case_may_send_it(shop: Workshop) -> None:
    shop.put(
        drawn(
            "open",
            {"officer": "S work told E"},
            start()
            + step("work")
            + boundary("told", "work", ext(io(outputs={"why": "=reason"})) + receives("M"))
            + end()
            + line("S", "work", "E")
            + line("told", "E"),
            message("M", "news", "=case.id"),
        )
    )
    case_id = shop.begin("open")
    key = {"case": case_id}
    assert shop.engine.messages.send(shop.actor("far_reviewer"), "news", key, {}) == 0
    assert shop.engine.messages.send(shop.actor("township"), "news", key, {}) == 1
