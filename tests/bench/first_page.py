"""From starting a web server to its first page, with many versions deployed.

The limit is the bare handler, started as often: Python, the WSGI server, a connection and the
statements of the same page. Both are asked again and again until they answer.
"""

import subprocess
from collections.abc import Callable

import psutil
from sqlalchemy import func, select

from engine import SYSTEM
from engine.definitions.folder import read_folder
from engine.model.definitions import SourceFile
from engine.store import tables
from engine.store.settings import Parameter
from tests.bench import serving
from tests.bench.bare_handler import NO_CASE, Answering
from tests.bench.client import Asked
from tests.bench.ground import Ground
from tests.bench.rows import Measured, in_turns, one_by_one
from tests.crash.installation import ROOT
from tests.support.ports import free_port

_ARCHIVING = ("archiving", "public_notice", "duplicate_check", "means_check", "appeal")
"""The largest process and what it calls."""
_STANDARD = "dibao standard"
"""The one parameter that has no value before the federation sets it."""
_TEXT_ENDS = b"</bpmn:documentation>"


def deploy_until(ground: Ground, versions: int) -> None:
    """Deploy 建档 again and again, each time with another word in what they say."""
    today = ground.engine.environment.today()
    ground.engine.settings.add_parameters(SYSTEM, [Parameter(_STANDARD, None, today, 500)])
    files = {key: read_folder(ROOT / "processes", ROOT / "forms", key).files for key in _ARCHIVING}
    number = 0
    while (missing := versions - _deployed(ground)) > 0:
        number += 1
        said = f"(第 {number} 次){_TEXT_ENDS.decode()}".encode()
        # The first time all of them, as they call each other.
        chosen = _ARCHIVING if number == 1 else _ARCHIVING[:missing]
        ground.engine.definitions.deploy(
            SYSTEM,
            [
                SourceFile(file.name, file.content.replace(_TEXT_ENDS, said))
                for key in chosen
                for file in files[key]
            ],
        )


def first_page(
    ground: Ground, work: str, rounds: int, page: Asked, answering: Answering
) -> Measured:
    """Until ``page`` is there; ``cpu_ms`` is what the server has used by then."""
    spent = 0.0

    def ours(_number: int) -> None:
        nonlocal spent
        spent += _until_there(lambda port: serving.begin_ours(ground.url, ground.data, port), page)

    with serving.written(answering, ground.data) as path:

        def bare(_number: int) -> None:
            asked = Asked("GET", NO_CASE)
            _until_there(lambda port: serving.begin_bare(ground.url, path, port), asked)

        found = in_turns(rounds, 1, one_by_one(ours), one_by_one(bare), lambda: spent)
    script = answering.script
    return Measured(work, ground.db, found, script.statements, script.commits)


def _until_there(begin: Callable[[int], subprocess.Popen[bytes]], page: Asked) -> float:
    """Seconds of processor time until the page was answered; the server is ended after it."""
    port = free_port()
    server = begin(port)
    try:
        serving.wait_answered(port, page)
        spent = psutil.Process(server.pid).cpu_times()
        return float(spent.user + spent.system)
    finally:
        server.kill()
        server.wait()


def _deployed(ground: Ground) -> int:
    counted = select(func.count()).select_from(tables.process_version)
    with ground.engine.database.look() as tx:
        return int(tx.execute(counted).scalar_one())
