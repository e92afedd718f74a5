"""Where the process files of an installation lie."""

from pathlib import Path

from engine.errors import NotFound
from webapp.commands.speaking import CommandRefused

_ROOT = Path(__file__).parent.parent.parent


def program_folder() -> Path:
    """The folder of the program itself: its source tree."""
    return _ROOT


def base_folder() -> Path:
    """The folder with ``processes/`` and ``forms/``: the present one, else the program's own."""
    here = Path.cwd()
    return here if (here / "processes").is_dir() else _ROOT


def process_folder() -> Path:
    """The folder whose folders are processes."""
    return base_folder() / "processes"


def form_folder() -> Path:
    """The folder whose folders hold the forms of a process."""
    return base_folder() / "forms"


def process_keys(processes: Path) -> list[str]:
    """The processes of a folder."""
    return sorted(p.name for p in processes.glob("*") if any(p.glob("*.bpmn")))


def refuse_unknown(processes: Path, keys: list[str]) -> None:
    """Raise NotFound for a key that has no folder, naming those there are."""
    known = process_keys(processes)
    for key in keys:
        if key not in known:
            raise NotFound(
                f"没有找到流程文件夹“{key}”。{processes} 里有:{'、'.join(known) or '(没有流程)'}。"
            )
    if not keys and not known:
        raise CommandRefused(f"{processes} 里没有流程。请在项目的文件夹里运行。")
