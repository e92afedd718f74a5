"""A web server that does nothing but the database's part of a request: the limit over HTTP.

``python -m tests.bench.bare_handler URL FILE PORT THREADS`` sends the statements of an :class:`Answering`
once a request, about the case that the path names, and answers with as many bytes as ours did.
The same WSGI server with as many threads; no sign-in of its own, no routes, no log.
"""

import json
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from waitress.server import create_server

from engine.store.database import Database
from tests.bench.limits import BareConnection, Script

Begin = Callable[[str, list[tuple[str, str]]], Any]
READY = "/"
NO_CASE = "/-"
"""For a request that is about no case."""


@dataclass(frozen=True)
class Answering:
    """What to send, about which case it was recorded, and how many bytes to answer."""

    script: Script
    case_id: str
    length: int

    def to_json(self) -> str:
        """For the other process."""
        return json.dumps([self.script.to_json(), self.case_id, self.length])

    @classmethod
    def from_json(cls, text: str) -> "Answering":
        """What :meth:`to_json` wrote."""
        script, case_id, length = json.loads(text)
        return cls(Script.from_json(script), case_id, length)


class BareHandler:
    """The application; each thread of the server has a connection of its own."""

    def __init__(self, database: Database, answering: Answering) -> None:
        self._database = database
        self._answering = answering
        self._content = b"x" * answering.length
        self._own = threading.local()

    def __call__(self, environ: dict[str, Any], begin: Begin) -> Iterable[bytes]:
        """Answer one request."""
        environ["wsgi.input"].read()
        path = environ["PATH_INFO"]
        if path != READY:
            known = self._answering
            self._connection().run(known.script.about(known.case_id, path.removeprefix("/")))
        begin("200 OK", [("Content-Length", str(len(self._content)))])
        return [self._content]

    def _connection(self) -> BareConnection:
        if not hasattr(self._own, "connection"):
            self._own.connection = BareConnection(self._database)
        found: BareConnection = self._own.connection
        return found


def main(url: str, file: str, port: str, threads: str) -> None:
    """Serve until ended."""
    answering = Answering.from_json(Path(file).read_text(encoding="utf-8"))
    create_server(
        BareHandler(Database(url), answering),
        host="127.0.0.1",
        port=int(port),
        threads=int(threads),
    ).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
