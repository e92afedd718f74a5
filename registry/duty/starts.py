"""From what of the roster a process may be started (``startsFrom``)."""

FROM_THE_ROSTER = "duty.roster"
"""What a process names in ``startsFrom`` that decides on swaps. It is given ``kind``,
``kind_words``, ``day``, ``asker_id``, ``asker``, ``other_id``, ``other``, ``other_day`` (none where
nothing is given in return), ``first_day`` (the earlier of the two) and ``reason``."""
