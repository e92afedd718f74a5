"""How far a long command is: a bar on the error channel of a terminal, else a line a stage."""

import sys

_CELLS = 24
_DONE, _LEFT = "▓", "░"


class ProgressBar:
    """Shows ``装入模拟家庭 3,200/4,543 ▓▓▓▓░░``; a stage begins when its words change."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._words = ""
        self._shown = ""

    def show(self, words: str, done: int, total: int) -> None:
        """Say where a stage is; writing nothing where nothing would look different."""
        if not self._is_terminal:
            if words != self._words:
                sys.stderr.write(f"{words}:共 {total:,} ……\n")
                sys.stderr.flush()
            self._words = words
            return
        if words != self._words:
            self.close()
        self._words = words
        filled = _CELLS * done // max(total, 1)
        line = f"{words} {done:,}/{total:,} {_DONE * filled}{_LEFT * (_CELLS - filled)}"
        if line != self._shown:
            sys.stderr.write(f"\r{line}")
            sys.stderr.flush()
            self._shown = line

    def close(self) -> None:
        """End the line of the bar, so that what is said next has one of its own."""
        if self._shown:
            sys.stderr.write("\n")
            sys.stderr.flush()
            self._shown = ""
