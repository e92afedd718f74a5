"""The loop of a worker: do what there is, wait a little when there is nothing, stop when told."""

import logging
import threading
from abc import ABC, abstractmethod

log = logging.getLogger(__name__)


class WorkerLoop(ABC):
    """Work until stopped, in a thread of its own."""

    def __init__(self, idle: float) -> None:
        self._idle = idle
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
            if not busy:
                self._stop.wait(self._idle)

    @abstractmethod
    def run_once(self) -> bool:
        """Do what is due; whether there was anything."""
