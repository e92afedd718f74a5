"""Who prints the slip for a forgotten password: an administrator, or the township's officer."""

import pytest

from engine import Actor
from engine.errors import Conflict, NotFound, NotPermitted, NotSignedIn
from tests.engine.conftest import Office


def helper(office: Office) -> Actor:
    return office.actor("township_officer")


def test_a_township_officer_helps_the_unions_below_her(office: Office) -> None:
    accounts = office.engine.accounts
    assert {one.username for one in accounts.helped_people(helper(office))} == {
        "officer",
        "officer2",
        "other_officer",
        "chair",
    }
    token = accounts.reset_password(helper(office), "p-officer")
    assert accounts.use_link(token, "安全帽-2026-新") == "p-officer"
    assert accounts.sign_in("officer", "安全帽-2026-新", "10.0.0.1", "web").person_id == "p-officer"


@pytest.mark.parametrize(
    "person", ["p-township", "p-township_officer", "p-reviewer", "p-far_officer", "p-admin"]
)
def test_nobody_else_is_helped(office: Office, person: str) -> None:
    with pytest.raises(NotPermitted):
        office.engine.accounts.reset_password(helper(office), person)


def test_whoever_holds_a_role_elsewhere_is_not_hers_to_help(office: Office) -> None:
    admin, engine = office.actor("admin"), office.engine
    engine.directory.grant(admin, "p-officer", "county_reviewer", "xc")
    assert "officer" not in {o.username for o in engine.accounts.helped_people(helper(office))}
    with pytest.raises(NotPermitted, match="还担任其他单位的角色"):
        engine.accounts.reset_password(helper(office), "p-officer")
    assert engine.accounts.reset_password(admin, "p-officer")


def test_who_is_no_helper_helps_nobody(office: Office) -> None:
    for name in ("officer", "reviewer", "supervisor", "township"):
        assert office.engine.accounts.helped_people(office.actor(name)) == []
        with pytest.raises(NotPermitted):
            office.engine.accounts.reset_password(office.actor(name), "p-officer2")


def test_a_second_slip_makes_the_first_one_worthless(office: Office) -> None:
    accounts = office.engine.accounts
    lost = accounts.reset_password(helper(office), "p-officer")
    found = accounts.reset_password(helper(office), "p-officer")
    with pytest.raises(NotSignedIn):
        accounts.use_link(lost, "安全帽-2026-新")
    assert accounts.use_link(found, "安全帽-2026-新") == "p-officer"
    with pytest.raises(NotSignedIn):
        accounts.use_link(found, "安全帽-2026-另")


def test_closed_and_unknown_accounts_get_no_slip(office: Office) -> None:
    office.engine.directory.close_account(office.actor("admin"), "p-officer")
    with pytest.raises(Conflict, match="已停用"):
        office.engine.accounts.reset_password(helper(office), "p-officer")
    with pytest.raises(NotFound):
        office.engine.accounts.reset_password(helper(office), "p-nobody")
