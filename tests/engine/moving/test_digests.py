"""One digest a person a day, at half past eight of a working day; nothing personal in it."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from engine.model.definitions import SourceFile
from engine.model.digest import Digest, group_text
from engine.model.tasks import InboxFilter
from tests.engine.moving.conftest import Workshop, drawn, step
from tests.support.federation import STAFF
from tests.unit.runtime.kit import end, line, start

HALF_PAST_EIGHT = datetime(2026, 11, 10, 0, 30, tzinfo=UTC)  # a Tuesday
SATURDAY = datetime(2026, 11, 14, 2, 0, tzinfo=UTC)


def limited(limit: str = "5wd") -> SourceFile:
    body = start() + step("apply", deadline=limit) + step("check", deadline="2wd") + end()
    lanes = {"officer": "apply", "county_reviewer": "check"}
    return drawn("limited", lanes, body + line("S", "apply", "check", "E"))


def told(shop: Workshop, name: str) -> list[str]:
    return [one.text for one in shop.engine.telling.of_person(shop.actor(name))]


def tell(shop: Workshop) -> None:
    """A postman's round, by a worker of its own."""
    shop.engine.telling._told_on = None
    shop.engine.telling.postman().run_once()


@pytest.mark.parametrize(
    ("digest", "text"),
    [
        (Digest(total=3, today=1), "您有 3 件待办,其中 1 件今日到期。"),
        (Digest(total=1), "您有 1 件待办。"),
        (
            Digest(total=5, overdue=2, today=1, soon=1),
            "您有 5 件待办,其中 2 件已超期、1 件今日到期、1 件两日内到期。",
        ),
        (
            Digest(late=12, far=3, reported=1),
            "您督办的范围内有 12 件超期,其中 3 件超期已达时限一半以上、1 件是新报给您的。",
        ),
        (Digest(), ""),
    ],
    ids=["due", "plain", "all", "superior", "nothing"],
)
def test_what_a_digest_says(digest: Digest, text: str) -> None:
    assert digest.text() == text
    assert Digest.of_facts(digest.as_facts()) == digest


def test_a_group_is_told_in_people() -> None:
    members = [Digest(total=3, today=1), Digest(total=2, overdue=2), Digest(total=1)]
    assert group_text(members) == (
        "今日提醒:3 人有待办,其中 1 人有超期的、1 人有今日到期的。请登录系统办理。"
    )


def test_everybody_is_told_the_numbers_of_her_inbox(shop: Workshop) -> None:
    shop.put(limited())
    cases = [shop.begin("limited") for _ in range(7)]
    for case_id in cases[:4]:
        shop.finish("officer", case_id, "apply")
    shop.engine.tasks.claim(shop.actor("reviewer"), shop.step(cases[0]))
    shop.engine.tasks.claim(shop.actor("officer2"), shop.step(cases[5]))
    shop.by_hand("UPDATE task SET barred = '|p-reviewer2|' WHERE id = :id", id=shop.step(cases[1]))
    shop.move_to(HALF_PAST_EIGHT)
    tell(shop)
    seen = 0
    for name in STAFF:
        actor = shop.actor(name)
        counts = shop.engine.tasks.inbox(actor, InboxFilter()).counts
        messages = shop.engine.telling.of_person(actor)
        assert shop.engine.telling.unread(actor) == len(messages) == bool(counts.total)
        if messages:
            seen += 1
            digest = Digest.of_facts(messages[0].facts)
            assert digest.total == counts.total
            for bucket in ("overdue", "today", "soon"):
                assert getattr(digest, bucket) == counts.by_bucket.get(bucket, 0)
    assert seen == 5  # two officers, three reviewers
    assert told(shop, "reviewer") == ["您有 4 件待办,其中 4 件两日内到期。"]
    assert told(shop, "reviewer2") == ["您有 2 件待办,其中 2 件两日内到期。"]
    assert shop.broken() == {}


@pytest.mark.parametrize(
    ("moment", "is_told"),
    [
        (HALF_PAST_EIGHT - timedelta(seconds=1), False),
        (HALF_PAST_EIGHT, True),
        (HALF_PAST_EIGHT + timedelta(hours=11), True),  # 19:30: a worker that comes late
        (HALF_PAST_EIGHT + timedelta(hours=12), False),  # half past eight in the evening
        (SATURDAY, False),
        (SATURDAY + timedelta(days=2), True),
    ],
    ids=["before", "at", "late", "night", "saturday", "monday"],
)
def test_it_comes_in_working_time_only(shop: Workshop, moment: datetime, is_told: bool) -> None:
    shop.put(limited())
    shop.begin("limited")
    shop.move_to(moment)
    tell(shop)
    assert bool(told(shop, "officer")) is is_told


def test_a_working_day_that_is_over_between_two_looks_is_told_of(shop: Workshop) -> None:
    """With a clock that makes a day of a second, a look may come too late for every evening."""
    shop.put(limited())
    shop.begin("limited")
    postman = shop.engine.telling.postman()
    for day in (0, 1, 4, 5):  # Tuesday, Wednesday; then Saturday and Sunday
        shop.move_to(HALF_PAST_EIGHT + timedelta(days=day, hours=-4))
        postman.run_once()
    days = [str(day) for (day,) in shop.rows("SELECT day FROM digest_day ORDER BY day")]
    first = HALF_PAST_EIGHT.date()
    # each time the last one that went by: of Wednesday to Friday that is Friday, then none
    assert days == [str(first), str(first + timedelta(days=3))]


def test_one_a_day_however_many_workers(shop: Workshop, open_shop: Callable[[], Workshop]) -> None:
    shop.put(limited())
    shop.begin("limited")
    shop.move_to(HALF_PAST_EIGHT)
    others = [open_shop() for _ in range(4)]
    begin = threading.Barrier(len(others))
    failures: list[BaseException] = []

    def work(one: Workshop) -> None:
        begin.wait()
        try:
            for _ in range(3):
                tell(one)
        except BaseException as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=work, args=(one,)) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert told(shop, "officer") == ["您有 1 件待办。"]
    assert shop.rows("SELECT day, people FROM digest_day") == [("2026-11-10", 2)]


def test_the_next_day_speaks_for_itself(shop: Workshop) -> None:
    shop.put(limited())
    shop.begin("limited")
    shop.move_to(HALF_PAST_EIGHT)
    tell(shop)
    officer = shop.actor("officer")
    assert shop.engine.telling.unread(officer) == 1
    shop.move_to(HALF_PAST_EIGHT + timedelta(days=6))  # due on the 16th
    tell(shop)
    assert shop.engine.telling.unread(officer) == 1
    states = [one.status for one in shop.engine.telling.of_person(officer)]
    assert states == ["unread", "past"]
    assert told(shop, "officer")[0] == "您有 1 件待办,其中 1 件今日到期。"
    shop.engine.telling.mark_read(officer)
    assert shop.engine.telling.unread(officer) == 0


def test_superiors_are_told_what_is_late_below_them_and_what_was_reported(shop: Workshop) -> None:
    shop.put(limited("10wd"))
    cases = [shop.begin("limited") for _ in range(3)]  # Monday the 9th, due on the 23rd
    shop.move_to(datetime(2026, 11, 24, 0, 30, tzinfo=UTC))
    shop.work()
    tell(shop)
    assert told(shop, "supervisor") == ["您督办的范围内有 3 件超期,其中 3 件是新报给您的。"]
    assert told(shop, "city") == ["您督办的范围内有 3 件超期。"]
    shop.finish("officer", cases[0], "apply")
    shop.finish("reviewer", cases[0], "check")
    shop.move_to(datetime(2026, 12, 1, 0, 30, tzinfo=UTC))  # 150 % were reached on the 30th
    shop.work()
    tell(shop)
    assert told(shop, "city")[0] == (
        "您督办的范围内有 2 件超期,其中 2 件超期已达时限一半以上、2 件是新报给您的。"
    )
    rows = shop.rows("SELECT count(*) FROM outbox WHERE sent_at IS NULL")
    assert rows == [(0,)]
    tell(shop)
    assert len(told(shop, "city")) == 2


def test_no_text_holds_anything_of_a_person_or_a_case(shop: Workshop) -> None:
    shop.deploy("example_request")
    shop.applied()
    shop.move_to(HALF_PAST_EIGHT)
    tell(shop)
    texts = [text for (text,) in shop.rows("SELECT text FROM message")]
    assert texts
    for text in texts:
        assert not any(word in text for word in ("林模拟", "安全帽", "困难", "模拟"))
    (facts,) = {tuple(json.loads(f)) for (f,) in shop.rows("SELECT facts FROM message")}
    assert facts == ("total", "overdue", "today", "soon", "late", "far", "reported")


def test_many_steps_and_people_cost_no_more_statements(shop: Workshop) -> None:
    shop.put(limited())
    counted: list[int] = []
    for number in (1, 25):
        for _ in range(number):
            shop.begin("limited")
        shop.move_to(HALF_PAST_EIGHT + timedelta(days=len(counted)))
        statements: list[str] = []

        def note(*args: object, statements: list[str] = statements) -> None:
            statements.append(str(args[2]))

        event.listen(shop.engine.database.engine, "before_cursor_execute", note)
        tell(shop)
        event.remove(shop.engine.database.engine, "before_cursor_execute", note)
        counted.append(len(statements))
    assert counted[0] == counted[1] <= 24, counted
