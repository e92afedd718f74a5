"""Work that is repeated: for each item of a list, or as a loop while a condition holds.

An item of a list has variables of its own (design.md D16): what its steps write is seen in it and
nowhere else, and what ``outputElement`` makes of it is put into ``outputCollection``, in the order
of the list, when all are done. A loop has none: it is drawn shorthand for a flow back.

The token of a repeated activity runs each time something of it is done, and decides what follows;
its items hang below it.
"""

import orjson
from SpiffWorkflow.util.task import TaskState

from engine.errors import StepFailed
from engine.feel import Expression
from engine.model.items import COUNTS, LOOP_COUNTER, MOST_ROUNDS, item_name
from engine.runtime.answers import Answers
from engine.runtime.diagram import Again, Loop, Node
from engine.runtime.places import ITEM
from engine.runtime.specs import Repeated
from engine.runtime.telling import kind_of, shown
from engine.runtime.tokens import HELD, CaseWorkflow, Token, set_state, update

MOST_ITEMS = 200
"""Items of one list; more people or households are cases of their own (design.md D10)."""
MOST_OPEN = 500
"""Items under way in one case: a list in a list in a list is soon a million steps."""
MOST_BYTES = 64_000
"""Of one list as JSON: each item is kept with its variables, and written with every step."""
STEPS_AN_ITEM = 20
"""Automatic elements that an item may run through beside those of the command itself."""

ITEMS, ROUNDS = "items", "rounds"


class Repeating(Answers):
    """The part of a run that repeats."""

    case: CaseWorkflow
    steps_left: int

    def repeat(self, token: Token, spec: Repeated) -> bool | None:
        """Begin what is repeated, or go on with it; True once all of it is done."""
        if spec.node.again is not None:
            return self._go_round(token, spec, spec.node.again)
        loop = spec.node.loop
        if loop is None:
            raise StepFailed("这里没有要逐项办理的列表", spec.node.id)
        if ITEMS in token.internal_data:
            return self._go_on(token, spec, loop)
        return self._begin(token, spec, loop)

    def repeated_done(self, token: Token, child: Token) -> None:
        """One item or round is done: its repeated activity is to look what follows."""
        loop = token.task_spec.node.loop
        if loop is None:
            set_state(token, TaskState.READY)
            return
        progress = token.internal_data[ITEMS]
        progress["open"] -= 1
        progress["done"] = progress.get("done", 0) + 1
        scope = self.variables.local.get(child.id, {})
        if loop.result is not None:
            place = int(str(scope[LOOP_COUNTER]))
            value = loop.result.evaluate(self.visible(child), self.ports.feel).value
            results = list(progress["results"])
            results[place - 1] = value
            progress["results"] = results
        if loop.until is not None:
            progress["last"] = scope
        self.variables.local.pop(child.id, None)
        if loop.until is not None or progress["left"] or not progress["open"]:
            set_state(token, TaskState.READY)

    # Lists -----------------------------------------------------------------------------------

    def _begin(self, token: Token, spec: Repeated, loop: Loop) -> bool | None:
        items = self._list(token, spec.node, loop)
        token.internal_data[ITEMS] = {
            "left": items if loop.sequential else [],
            "count": len(items),
            "begun": 0,
            "open": 0,
            "done": 0,
            "results": [None] * len(items) if loop.result else [],
        }
        if not items:
            return self._collect(token, loop)
        self.steps_left += len(items) * STEPS_AN_ITEM
        for item in items[:1] if loop.sequential else items:
            self._begin_item(token, spec, loop, item)
        return None

    def _list(self, token: Token, node: Node, loop: Loop) -> list[object]:
        evaluation = loop.collection.evaluate(self.visible(token), self.ports.feel)
        items = evaluation.value
        named = shown(loop.collection.text)
        if not isinstance(items, list):
            reasons = f"({'、'.join(evaluation.problems)})" if evaluation.problems else ""
            raise StepFailed(f"要逐项办理的“{named}”是{kind_of(items)},不是列表{reasons}", node.id)
        if len(items) > MOST_ITEMS:
            raise StepFailed(
                f"要逐项办理的“{named}”有 {len(items)} 项,超过 {MOST_ITEMS} 项;"
                "成批的人或户请一户一件分别发起",
                node.id,
            )
        under_way = len(items) + self._under_way()
        if under_way > MOST_OPEN:
            raise StepFailed(
                f"本件同时在办的项目会有 {under_way} 项,超过 {MOST_OPEN} 项(列表里又有列表);"
                "请改成逐项进行,或分成几件办理",
                node.id,
            )
        size = len(orjson.dumps(items))
        if size > MOST_BYTES:
            raise StepFailed(
                f"要逐项办理的“{named}”太大({size // 1000} kB,超过 {MOST_BYTES // 1000} kB);"
                "每一项请只放办理时要用的内容",
                node.id,
            )
        return items

    def _under_way(self) -> int:
        """Items that are open in the whole case, or wait for their turn."""
        found = 0
        for part in self.case.active_parts():
            for token in part.tasks.values():
                if ITEMS in token.internal_data and token.state & HELD:
                    progress = token.internal_data[ITEMS]
                    found += progress["open"] + len(progress["left"])
        return found

    def _begin_item(self, token: Token, spec: Repeated, loop: Loop, item: object) -> None:
        progress = token.internal_data[ITEMS]
        if loop.sequential:
            progress["left"] = progress["left"][1:]
        progress["begun"] += 1
        progress["open"] += 1
        child = self._child(token, spec)
        scope: dict[str, object] = {LOOP_COUNTER: progress["begun"]}
        if loop.item_name:
            scope[loop.item_name] = item
        self.variables.local[child.id] = scope
        name = item_name(item)
        if loop.title is not None:
            name = item_name(loop.title.evaluate(self.visible(child), self.ports.feel).value)
        child.internal_data[ITEM] = [progress["begun"], progress.get("count", 0), name]
        update(child)

    def _child(self, token: Token, spec: Repeated) -> Token:
        child: Token = token._add_child(  # noqa: SLF001 - SpiffWorkflow's way to begin another
            token.workflow.spec.task_specs[spec.task_spec], TaskState.WAITING
        )
        child.triggered = True
        return child

    def _go_on(self, token: Token, spec: Repeated, loop: Loop) -> bool | None:
        progress = token.internal_data[ITEMS]
        if loop.until is not None and "last" in progress:
            if self._is_enough(token, spec.node, loop, loop.until):
                for child in token.children:
                    if child.task_spec.name == spec.task_spec:  # beside what is foreseen
                        child.cancel()
                return self._collect(token, loop)
            del progress["last"]
        if loop.sequential and progress["left"] and not progress["open"]:
            self._begin_item(token, spec, loop, progress["left"][0])
            return None
        return None if progress["open"] else self._collect(token, loop)

    def _is_enough(self, token: Token, node: Node, loop: Loop, until: Expression) -> bool:
        progress = token.internal_data[ITEMS]
        count, done = progress.get("count", progress["begun"]), progress.get("done", 0)
        seen = {
            **self.visible(token),
            **dict(zip(COUNTS, (count, progress["open"], done, 0), strict=True)),
            **progress["last"],
        }
        if loop.result_name:
            seen[loop.result_name] = progress["results"]
        return self.holds(until, loop.until_text, seen, node)

    def _collect(self, token: Token, loop: Loop) -> bool:
        progress = token.internal_data.pop(ITEMS)
        if loop.result_name:
            self.variables.write(token, (loop.result_name,), progress["results"])
        return True

    # Loops -----------------------------------------------------------------------------------

    def _go_round(self, token: Token, spec: Repeated, again: Again) -> bool | None:
        rounds = token.internal_data.get(ROUNDS, 0)
        if again.most is not None and rounds >= again.most:
            return self._leave_loop(token)
        if rounds or again.before:
            seen = self.visible(token)
            if not self.holds(again.condition, again.text, seen, spec.node):
                return self._leave_loop(token)
        if rounds >= MOST_ROUNDS:
            raise StepFailed(f"已循环 {MOST_ROUNDS} 次,条件仍然成立,已停下", spec.node.id)
        token.internal_data[ROUNDS] = rounds + 1
        child = self._child(token, spec)
        child.internal_data[ITEM] = [rounds + 1, 0, ""]
        update(child)
        return None

    def _leave_loop(self, token: Token) -> bool:
        token.internal_data.pop(ROUNDS, None)
        return True
