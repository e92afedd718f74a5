"""What it costs to look for deadlocks in a drawing of a hundred nodes.

    .venv/bin/python -m tests.bench.soundness

Beside each figure stands its limit: so many bare set operations as the game made moves, on sets of
that size. The ratio says how far the game is from the least that it could do; the milliseconds
are to stay below a thousand.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from engine.definitions.soundness import explore
from tests.unit.definitions.test_soundness import A_HUNDRED_NODES, scope

MOST_MILLISECONDS = 1_000


@dataclass(frozen=True)
class Cost:
    """One drawing: what the game visited, and its time beside the bare work."""

    drawing: str
    nodes: int
    states: int
    moves: int
    decided: bool
    ms: float
    bare_ms: float

    @property
    def ratio(self) -> float:
        """How many times the bare work."""
        return self.ms / self.bare_ms


def cost(name: str, rounds: int = 5) -> Cost:
    """One drawing several times; the middle one counts."""
    drawn = scope(A_HUNDRED_NODES[name])
    found = explore(drawn)
    width = max(2, len(drawn.flows) // 8)
    ms = _middle(lambda: explore.__wrapped__(drawn), rounds)
    bare = _middle(lambda: _moved(found.moves, width), rounds)
    return Cost(name, len(drawn.nodes), found.states, found.moves, found.complete, ms, bare)


def _moved(moves: int, width: int) -> None:
    state = frozenset(str(number) for number in range(width))
    seen = {state: 0}
    for number in range(moves):
        state = state - {str(number)} | {str(number + width)}
        seen[state] = number


def _middle(work: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times)[len(times) // 2]


def main() -> None:
    """Print the table."""
    print("| drawing | nodes | states | moves | decided | ms | bare ms | ratio |")
    print("|---|---|---|---|---|---|---|---|")
    for one in map(cost, A_HUNDRED_NODES):
        print(
            f"| {one.drawing} | {one.nodes} | {one.states} | {one.moves} | "
            f"{'yes' if one.decided else 'no'} | {one.ms:.0f} | {one.bare_ms:.0f} | "
            f"{one.ratio:.1f} |"
        )


if __name__ == "__main__":
    main()
