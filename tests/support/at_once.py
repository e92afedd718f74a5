"""Several actions at the same moment, for what must hold when people collide."""

import threading
from collections.abc import Callable

from tests.support.waiting import WAITED


def at_once(*actions: Callable[[], object]) -> list[object]:
    """Run all at the same moment; what each gave or raised."""
    gate = threading.Barrier(len(actions))
    results: list[object] = [None] * len(actions)

    def run(index: int, action: Callable[[], object]) -> None:
        gate.wait(WAITED)
        try:
            results[index] = action()
        except Exception as error:  # noqa: BLE001
            results[index] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAITED)
        assert not thread.is_alive(), f"not done within {WAITED:.0f} seconds"
    return results
