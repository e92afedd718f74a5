"""Accounts: the same refusal for any wrong pair, slow guessing, links that work once (D13)."""

from datetime import timedelta

import pytest

from engine.errors import Busy, Invalid, NotPermitted, NotSignedIn, TooManyTries
from engine.work import accounts as accounts_at_work
from engine.work.organise import NewPerson
from tests.engine.conftest import Office

PASSWORD = "长一点的口令-2026"


def _with_password(office: Office, name: str) -> None:
    link = office.engine.accounts.reset_password(office.actor("admin"), f"p-{name}")
    office.engine.accounts.use_link(link, PASSWORD)


def test_a_link_works_once_and_the_password_from_then_on(office: Office) -> None:
    accounts = office.engine.accounts
    link = accounts.reset_password(office.actor("admin"), "p-officer")
    with pytest.raises(Invalid, match="太常见"):
        accounts.use_link(link, "12345678")
    assert accounts.use_link(link, PASSWORD) == "p-officer"
    with pytest.raises(NotSignedIn, match="已用过"):
        accounts.use_link(link, PASSWORD)
    signed_in = accounts.sign_in("officer", PASSWORD, "10.0.0.1", "web")
    assert accounts.actor_for(signed_in.token).username == "officer"
    accounts.sign_out(signed_in.token)
    with pytest.raises(NotSignedIn):
        accounts.actor_for(signed_in.token)


def test_a_wrong_password_and_an_unknown_name_are_told_the_same(office: Office) -> None:
    _with_password(office, "officer")
    said = []
    for name in ("officer", "nobody", "chair"):
        with pytest.raises(NotSignedIn) as refused:
            office.engine.accounts.sign_in(name, "falsch-falsch", "10.0.0.1", "web")
        said.append(str(refused.value))
    assert len(set(said)) == 1


def test_guessing_is_slowed_for_the_guesser_only(office: Office) -> None:
    _with_password(office, "officer")
    accounts = office.engine.accounts
    for _ in range(40):
        with pytest.raises((NotSignedIn, TooManyTries)):
            accounts.sign_in("officer", "falsch-falsch", "10.6.6.6", "web")
    with pytest.raises(TooManyTries):
        accounts.sign_in("officer", PASSWORD, "10.6.6.6", "web")
    assert accounts.sign_in("officer", PASSWORD, "10.0.0.1", "web").person_id == "p-officer"


def test_a_closed_account_is_out_at_once(office: Office) -> None:
    _with_password(office, "officer")
    token = office.engine.accounts.sign_in("officer", PASSWORD, "10.0.0.1", "api").token
    office.engine.directory.close_account(office.actor("admin"), "p-officer")
    with pytest.raises(NotSignedIn):
        office.engine.accounts.actor_for(token)
    with pytest.raises(NotSignedIn):
        office.engine.accounts.sign_in("officer", PASSWORD, "10.0.0.1", "web")


def test_a_new_account_starts_with_a_link(office: Office) -> None:
    engine = office.engine
    new = NewPerson("p-new", "newcomer", "模拟新人", "u1")
    with pytest.raises(NotPermitted):
        engine.directory.add_person(office.actor("officer"), new)
    link = engine.directory.add_person(office.actor("admin"), new)
    engine.accounts.use_link(link, PASSWORD)
    assert engine.accounts.sign_in("newcomer", PASSWORD, "10.0.0.1", "web")


def test_one_request_notes_a_session_in_use_and_nobody_is_turned_away_for_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_password(office, "officer")
    accounts = office.engine.accounts
    token = accounts.sign_in("officer", PASSWORD, "10.0.0.1", "web").token
    monkeypatch.setattr(accounts_at_work, "_SEEN_EVERY", timedelta(0))
    tried = []

    def busy(command: object) -> None:
        tried.append(command)
        assert accounts.actor_for(token).username == "officer", "another request meanwhile"
        raise Busy("数据库正忙")

    monkeypatch.setattr(accounts._commands, "execute", busy)
    assert accounts.actor_for(token).username == "officer"
    assert len(tried) == 1
    assert accounts.actor_for(token).username == "officer"
    assert len(tried) == 2
