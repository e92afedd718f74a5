"""Names that pages keep for half a minute follow a change that was made on this machine at once."""

from collections.abc import Mapping
from functools import partial

import pytest

from engine.model.organisations import Organisation
from tests.support.at_once import at_once
from tests.web.conftest import Federation
from webapp.shared.places import PlaceNames

NEW_NAME = "模拟·第二纺织厂工会"


def rename_elsewhere(federation: Federation) -> None:
    """In another request: the one of this thread keeps its view of the database."""
    engine, admin = federation.engine, federation.actor("admin")
    code = engine.directory.organisations()["mill"].code
    renaming = partial(engine.directory.rename_organisation, admin, "mill", code, NEW_NAME)
    assert isinstance(at_once(renaming)[0], int)


def test_a_page_that_began_before_a_change_does_not_bring_the_old_name_back(
    federation: Federation,
) -> None:
    places = PlaceNames(federation.engine)
    with federation.engine.one_view():
        federation.actor("officer")  # from here on its view of the database is this one
        rename_elsewhere(federation)
        places.forget()
        assert places.organisation("mill") == NEW_NAME
    assert places.organisation("mill") == NEW_NAME


def test_names_that_were_read_while_one_was_changed_are_read_again(
    federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = PlaceNames(federation.engine)
    read = federation.engine.directory.organisations
    began: list[bool] = []

    def slowly() -> Mapping[str, Organisation]:
        found = read()
        if not began:
            began.append(True)
            rename_elsewhere(federation)
            places.forget()
        return found

    monkeypatch.setattr(federation.engine.directory, "organisations", slowly)
    assert places.organisation("mill") == NEW_NAME
    assert began
