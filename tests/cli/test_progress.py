"""How a long command says how far it is: a bar for a terminal, a line a stage for a file."""

import io

from webapp.commands.progress import ProgressBar


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_shows_a_bar_that_grows_in_its_line():
    terminal = Terminal()
    bar = ProgressBar(terminal)
    for done in (0, 3200, 4543):
        bar.show("装入模拟家庭", done, 4543)
    bar.close()
    begun, half, full = terminal.getvalue().rstrip("\n").split("\r")[1:]
    assert begun == "装入模拟家庭 0/4,543 " + "░" * 24
    assert half.startswith("装入模拟家庭 3,200/4,543 ▓")
    assert "░" in half
    assert full == "装入模拟家庭 4,543/4,543 " + "▓" * 24


def test_the_next_stage_has_a_line_of_its_own():
    terminal = Terminal()
    bar = ProgressBar(terminal)
    bar.show("装入模拟家庭", 1, 2)
    bar.show("办理模拟办件", 0, 9)
    bar.close()
    first, second = terminal.getvalue().rstrip("\n").split("\n")
    assert first.startswith("\r装入模拟家庭 1/2")
    assert second.startswith("\r办理模拟办件 0/9")


def test_a_file_gets_one_line_a_stage():
    file = io.StringIO()
    bar = ProgressBar(file)
    for done in range(5):
        bar.show("装入模拟家庭", done, 5)
    bar.show("办理模拟办件", 0, 348)
    bar.close()
    assert file.getvalue().splitlines() == ["装入模拟家庭:共 5 ……", "办理模拟办件:共 348 ……"]
