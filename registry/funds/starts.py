"""From what of the funds a process may be started (``startsFrom``)."""

FROM_A_BATCH = "funds.batch"
"""What a process names in ``startsFrom`` that decides on batches. It is given ``batch_no``,
``batch_title``, ``unit``, ``level``, ``line_words``, ``payments`` (how many), ``total`` (yuan)
and ``total_words``."""

FROM_A_TRANSFER = "funds.transfer"
"""What a process names in ``startsFrom`` that decides on transfers. It is given the words of both
lines, the amount and the reason; the money is held already."""
