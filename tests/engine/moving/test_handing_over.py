"""工作交接: what somebody leaves goes to her successor, the unread messages with it."""

from engine.model.tasks import InboxFilter
from engine.work.notifying import Chosen
from tests.engine.moving.conftest import Workshop
from tests.engine.moving.test_digests import HALF_PAST_EIGHT, limited


def test_roles_steps_drafts_and_messages_go_to_the_successor(shop: Workshop) -> None:
    shop.put(limited())
    held, drafted = shop.begin("limited"), shop.begin("limited")
    for case_id in (held, drafted):
        shop.finish("officer", case_id, "apply")
    reviewer = shop.actor("reviewer")
    shop.engine.tasks.claim(reviewer, shop.step(held))
    shop.engine.tasks.save_draft(reviewer, shop.step(held), {"note": "看到一半"})
    shop.engine.tasks.save_draft(reviewer, shop.step(drafted), {"note": "还没看"})
    shop.clock.advance(HALF_PAST_EIGHT - shop.clock.now())
    shop.engine.telling.postman().run_once()
    admin, directory = shop.actor("admin"), shop.engine.directory
    left = directory.estate(admin, "p-reviewer")
    assert [(one.is_held, one.has_draft) for one in left.steps] == [(True, True), (False, True)]
    assert [one.text for one in left.unread] == ["您有 2 件待办,其中 2 件两日内到期。"]
    done = directory.hand_over(admin, "p-reviewer", "p-approver", closes=True)
    assert done.given == {shop.step(held)}
    successor = shop.actor("approver")
    seen = shop.engine.tasks.inbox(successor, InboxFilter()).lines
    assert {line.case_id for line in seen} == {held, drafted}
    for case_id, note in ((held, "看到一半"), (drafted, "还没看")):
        assert shop.engine.tasks.view(successor, shop.step(case_id)).data["note"] == note
    told = [one.text for one in shop.engine.telling.of_person(successor)]
    assert told == ["(接自模拟reviewer)您有 2 件待办,其中 2 件两日内到期。"]
    assert shop.engine.telling.unread(successor) == 1
    assert directory.estate(admin, "p-reviewer").unread == ()
    assert shop.broken() == {}


def test_the_number_of_whoever_leaves_is_kept_no_longer(shop: Workshop) -> None:
    admin, directory = shop.actor("admin"), shop.engine.directory
    for name in ("reviewer", "reviewer2"):
        chosen = Chosen(by_sms=True, mobile="13900001111")
        shop.engine.telling.choose(shop.actor(name), chosen)
    directory.hand_over(admin, "p-reviewer", "p-approver", closes=True)
    directory.hand_over(admin, "p-reviewer2", "p-approver", closes=False)
    assert shop.rows("SELECT person_id FROM contact") == [("p-reviewer2",)]
