"""The panels that process files may name are those that the pages draw."""

import registry
from webapp.reading.panels import PANELS


def test_every_panel_is_drawn_and_no_other_is_known() -> None:
    assert PANELS.keys() == registry.PANELS
