"""A process that stands ready and is forked for each question: it imports once what a check needs.

The standard library's fork server runs the main script of its parent again in every child, which
costs what is to be saved; hence this one. It forks while it has a single thread, which the service
itself never has. It ends when its parent does, however that ends.
"""

import atexit
import os
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Sequence

_BLOCK = 1 << 16


class NoAnswer(Exception):
    """The child ended without an answer, or did not end."""


class ForkServer:
    """Asks questions of children, each in a process of its own; threads may ask at once.

    ``command``: what the interpreter runs, a module or script that ends in :func:`serve` on the
    socket whose number it is given as its last argument.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._lock = threading.Lock()
        self._owner = 0
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, question: bytes, patience: float) -> bytes:
        """The answer of a new child. ``patience`` in seconds between two signs of life.

        Raises NoAnswer.
        """
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._hand_over(theirs)
            ours.settimeout(patience)
            try:
                ours.sendall(question)
                ours.shutdown(socket.SHUT_WR)
                answer = _all_of(ours)
            except OSError as broken:
                raise NoAnswer from broken
        if not answer:
            raise NoAnswer
        return answer

    def _hand_over(self, theirs: socket.socket) -> None:
        with self._lock:
            if self._control is None or self._owner != os.getpid():
                self._start()
            try:
                _send(self._control, theirs)
            except OSError:  # it was ended from outside
                self._start()
                _send(self._control, theirs)

    def close(self) -> None:
        """End the process that stands ready; the next question starts another."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None and self._owner == os.getpid():
            self._process.wait()
            self._process = None

    def _start(self) -> None:
        self.close()
        atexit.unregister(self.close)
        atexit.register(self.close)
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, *self._command, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._control, self._owner = ours, os.getpid()


def ask_forked(question: bytes, answer: Callable[[bytes], bytes], patience: int) -> bytes:
    """The answer of a child of this process, which may have one thread only. Raises NoAnswer."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        ours.close()
        signal.alarm(patience)
        _answer_and_leave(theirs, answer)
    theirs.close()
    try:
        with ours:
            ours.sendall(question)
            ours.shutdown(socket.SHUT_WR)
            told = _all_of(ours)
    except OSError as broken:
        raise NoAnswer from broken
    finally:
        os.waitpid(child, 0)
    if not told:
        raise NoAnswer
    return told


def serve(control: socket.socket, answer: Callable[[bytes], bytes], patience: int) -> None:
    """Fork for each socket that comes until no more can come."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    while True:
        _, fds, _, _ = socket.recv_fds(control, 1, 1)
        if not fds:
            return
        if os.fork() == 0:
            control.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.alarm(patience)
            _answer_and_leave(socket.socket(fileno=fds[0]), answer)
        os.close(fds[0])


def _answer_and_leave(asked: socket.socket, answer: Callable[[bytes], bytes]) -> None:
    try:
        with asked:
            asked.sendall(answer(_all_of(asked)))
    except (OSError, MemoryError):  # nobody listens any more, or there is no memory to answer
        pass
    except Exception:  # noqa: BLE001 - told here, for the process ends with it
        traceback.print_exc()
    finally:
        os._exit(0)


def _send(control: socket.socket | None, theirs: socket.socket) -> None:
    if control is not None:
        socket.send_fds(control, [b"?"], [theirs.fileno()])


def _all_of(source: socket.socket) -> bytes:
    blocks = []
    while block := source.recv(_BLOCK):
        blocks.append(block)
    return b"".join(blocks)
