"""A worker that dies with kill -9 in the middle of its errand, as it says so: at no chance moment.

``python -m tests.crash.dying`` is ``bangfu worker`` until then.
"""

import os
import signal
import subprocess
import sys
from datetime import timedelta

from engine.api.errands import Errands
from engine.model.errands import Errand
from tests.crash.installation import Installation
from tests.support.waiting import WAITED
from webapp import cli


def dies_in_the_middle(installation: Installation) -> None:
    """Let such a worker do what there is to do."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.dying"],
        cwd=installation.release,
        env=installation.environment,
    )
    try:
        assert worker.wait(WAITED) == -signal.SIGKILL
    finally:
        worker.kill()
        worker.wait()


def main() -> None:
    """Be the worker."""
    say = Errands.say

    def say_and_die(self: Errands, errand: Errand, done: int, total: int, lease: timedelta) -> bool:
        is_ours = say(self, errand, done, total, lease)
        if 0 < done < total:
            os.kill(os.getpid(), signal.SIGKILL)
        return is_ours

    Errands.say = say_and_die  # type: ignore[method-assign]
    cli.main(["worker"])


if __name__ == "__main__":
    main()
