"""How far a long command is: a bar on the error channel of a terminal, else a line a stage."""

from typing import TextIO

_CELLS = 24
_DONE, _LEFT = "▓", "░"


class ProgressBar:
    """Shows ``装入模拟家庭 3,200/4,543 ▓▓▓▓░░``; a stage begins when its words change."""

    def __init__(self, channel: TextIO) -> None:
        self._channel = channel
        self._is_terminal = channel.isatty()
        self._words = ""
        self._shown = ""

    def show(self, words: str, done: int, total: int) -> None:
        """Say where a stage is; writing nothing where nothing would look different."""
        if not self._is_terminal:
            if words != self._words:
                self._channel.write(f"{words}:共 {total:,} ……\n")
                self._channel.flush()
            self._words = words
            return
        if words != self._words:
            self.close()
        self._words = words
        filled = _CELLS * done // max(total, 1)
        line = f"{words} {done:,}/{total:,} {_DONE * filled}{_LEFT * (_CELLS - filled)}"
        if line != self._shown:
            self._channel.write(f"\r{line}")
            self._channel.flush()
            self._shown = line

    def close(self) -> None:
        """End the line of the bar, so that what is said next has one of its own."""
        if self._shown:
            self._channel.write("\n")
            self._channel.flush()
            self._shown = ""
