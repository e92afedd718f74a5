"""Messages reach the cases that wait for exactly them, once (design.md D22)."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from engine import SYSTEM
from engine.errors import IdempotencyKeyReused, NotFound
from engine.model.cases import CaseStatus
from engine.model.definitions import SourceFile
from engine.model.once import Once, Replayed
from tests.engine.moving.conftest import Workshop, drawn, form, step
from tests.support.at_once import at_once
from tests.unit.runtime.kit import (
    boundary,
    end,
    ext,
    flow,
    io,
    line,
    message,
    node,
    receives,
    start,
    timer,
)


def answered(key: str = "answered") -> tuple[SourceFile, ...]:
    """``ask`` fixes the reference; then the letter's answer is waited for, at most 30 days."""
    body = start() + step("ask", io(outputs={"reference": "=reference"}), form="ask")
    body += node("eventBasedGateway", "either")
    body += node(
        "intermediateCatchEvent",
        "answer",
        ext(io(outputs={"answer.text": "=text", "answer.number": "=number"}))
        + receives("Message_answer"),
    )
    body += node("intermediateCatchEvent", "no_answer", timer("timeDuration", "30d"))
    body += step("read") + step("remind") + end()
    body += line("S", "ask", "either", "answer", "read", "E")
    body += flow("either", "no_answer") + line("no_answer", "remind", "E")
    letter = message("Message_answer", "letter_answer", "=reference")
    lanes = {"officer": "ask", "county_reviewer": "read remind"}
    return drawn(key, lanes, body, letter), form("ask", "reference")


KEPT = ext(io(outputs={"why": "=why"}))


def guarded_twice() -> SourceFile:
    """The same message takes a step inside away, or the whole body around it."""
    inner = start("S2") + step("write") + end("E2")
    inner += boundary("stop_step", "write", KEPT + receives("Message_stop"))
    inner += step("after_step") + end("E3")
    inner += line("S2", "write", "E2") + line("stop_step", "after_step", "E3")
    body = start() + node("subProcess", "body", inner) + end()
    body += boundary("stop_all", "body", KEPT + receives("Message_stop"))
    body += step("after_all") + end("E4")
    body += line("S", "body", "E") + line("stop_all", "after_all", "E4")
    stop = message("Message_stop", "stop", "=case.id")
    return drawn("twice", {"officer": "write after_step after_all"}, body, stop)


def asked(shop: Workshop, reference: str, key: str = "answered") -> str:
    case_id = shop.begin(key)
    shop.finish("officer", case_id, "ask", {"reference": reference})
    return case_id


def send(
    shop: Workshop, reference: object, once: Once[int] | None = None, **payload: object
) -> int:
    return shop.engine.messages.send(
        SYSTEM, "letter_answer", {"reference": reference}, {"text": "同意", **payload}, once
    )


def test_a_message_reaches_the_case_with_its_key_and_no_other(shop: Workshop) -> None:
    shop.put(*answered())
    one, two = asked(shop, "函1号"), asked(shop, "函2号")
    assert send(shop, "函1号", number=7) == 1
    assert (shop.waiting(one), shop.waiting(two)) == (["read"], [])
    assert shop.jobs(one, "waiting") == []
    assert shop.history(one).count("message") == 1
    assert shop.broken() == {}


def test_one_message_reaches_every_case_that_waits_for_it(shop: Workshop) -> None:
    shop.put(*answered())
    cases = [asked(shop, "联合发函") for _ in range(3)]
    assert send(shop, "联合发函") == 3
    assert [shop.waiting(c) for c in cases] == [["read"]] * 3
    assert send(shop, "联合发函") == 0
    assert shop.broken() == {}


def test_only_what_the_mapping_names_is_kept_of_a_message(shop: Workshop) -> None:
    shop.put(*answered())
    case_id = asked(shop, "函1号")
    send(shop, "函1号", number=7, outcome="approved", case={"id": "other"})
    view = shop.engine.tasks.view(shop.actor("reviewer"), shop.step(case_id, "read"))
    assert view.scope["answer"] == {"text": "同意", "number": 7}
    assert "outcome" not in view.scope


@pytest.mark.parametrize("correlation", [{}, {"reference": ""}, {"reference": None}])
def test_an_empty_correlation_matches_nobody(
    shop: Workshop, correlation: dict[str, object]
) -> None:
    shop.put(*answered())
    case_id = asked(shop, "函1号")
    assert shop.engine.messages.send(SYSTEM, "letter_answer", correlation, {}) == 0
    assert shop.waiting(case_id) == []


def test_a_wait_without_a_key_is_an_incident_and_no_wait(shop: Workshop) -> None:
    shop.put(*answered())
    case_id = asked(shop, "")
    assert shop.status(case_id) is CaseStatus.INCIDENT
    (job,) = [j for j in shop.jobs(case_id) if j.kind == "retry"]
    assert "关联键是空的" in (job.last_error or "")
    assert send(shop, "") == 0
    assert shop.broken() == {}


def test_a_message_nobody_waits_for_is_taken_by_nobody(shop: Workshop) -> None:
    shop.put(*answered())
    shop.begin("answered")
    assert send(shop, "函1号") == 0
    with pytest.raises(NotFound, match="没有流程接收"):
        shop.engine.messages.send(SYSTEM, "no_such_message", {"reference": "函1号"}, {})


def test_the_key_is_fixed_when_the_wait_begins_and_kept_as_a_keyed_hash(shop: Workshop) -> None:
    shop.put(*answered())
    asked(shop, "模拟身份证号350602")
    ((name, hashed),) = shop.rows("SELECT name, key_hash FROM subscription")
    assert name == "letter_answer"
    assert "350602" not in hashed


def test_the_same_delivery_again_is_the_same_answer_once(shop: Workshop) -> None:
    shop.put(*answered())
    case_id = asked(shop, "函1号")
    once: Once[int] = Once("key", "message", "hash", lambda n: str(n).encode())
    assert send(shop, "函1号", once) == 1
    with pytest.raises(Replayed) as again:
        send(shop, "函1号", once)
    assert again.value.answer == b"1"
    with pytest.raises(IdempotencyKeyReused):
        send(shop, "函1号", Once("key", "message", "other", lambda n: str(n).encode()))
    assert shop.history(case_id).count("message") == 1


def test_two_deliveries_at_once_are_one_step(
    shop: Workshop, open_shop: Callable[[], Workshop]
) -> None:
    shop.put(*answered())
    other = open_shop()
    for n in range(4):
        case_id = asked(shop, f"函{n}号")
        taken = at_once(*(partial(send, one, f"函{n}号") for one in (shop, other)))
        assert taken in ([0, 1], [1, 0])
        assert shop.waiting(case_id) == ["read"]
        assert shop.history(case_id).count("message") == 1
    assert shop.broken() == {}


def test_a_message_after_the_limit_comes_too_late_polled_or_not(shop: Workshop) -> None:
    shop.put(*answered())
    case_id = asked(shop, "函1号")
    shop.clock.advance(timedelta(days=40))  # no worker runs
    assert send(shop, "函1号") == 0
    assert shop.waiting(case_id) == ["remind"]
    assert shop.history(case_id).count("timer_fired") == 1
    assert shop.broken() == {}


def test_two_waits_for_one_message_in_a_case_take_it_once(shop: Workshop) -> None:
    shop.put(guarded_twice())
    case_id = shop.begin("twice")
    reached = shop.engine.messages.send(SYSTEM, "stop", {"case": case_id}, {})
    assert reached >= 1
    assert len(shop.waiting(case_id)) == 1
    assert shop.broken() == {}


def test_a_number_correlates_as_it_is_written(shop: Workshop) -> None:
    files = list(answered())
    files[0] = SourceFile(
        files[0].name,
        files[0].content.replace(
            b'correlationKey="=reference"', b'correlationKey="=number(reference)"'
        ),
    )
    shop.put(*files)
    case_id = asked(shop, "78")
    assert send(shop, "78") == 0
    assert send(shop, 78.0) == 1
    assert shop.waiting(case_id) == ["read"]
