"""From what of the register a process may be started (``startsFrom``)."""

FROM_A_FILE = "household.file"
"""What a process names in ``startsFrom`` that begins from a file on file. It is given ``file_no``,
``household`` (the head's name) and ``union``."""
