"""The loop of a worker: do what there is, wait a little when there is nothing, stop when told."""

import logging
import threading
from abc import ABC, abstractmethod
from typing import Protocol

log = logging.getLogger(__name__)


class Bell(Protocol):
    """Rings when there is something to do."""

    def rest(self, seconds: float) -> bool:
        """Wait until it rings, at most so long; False at once when nothing can be heard."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


class WorkerLoop(ABC):
    """Work until stopped, in a thread of its own."""

    def __init__(self, idle: float, bell: Bell | None = None) -> None:
        self._idle = idle
        self._bell = bell
        self._stop = threading.Event()

    def stop(self) -> None:
        """End after what is in hand."""
        self._stop.set()

    def run(self) -> None:
        """Work until stopped. A broken database is waited for, not died of."""
        while not self._stop.is_set():
            try:
                busy = self.run_once()
            except Exception:
                log.exception("%s could not reach its work; it will try again", type(self).__name__)
                busy = False
            if not busy and (self._bell is None or not self._bell.rest(self._idle)):
                self._stop.wait(self._idle)
        if self._bell is not None:
            self._bell.close()

    @abstractmethod
    def run_once(self) -> bool:
        """Do what is due; whether there was anything."""
