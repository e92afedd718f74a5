"""What a compiled version tells of itself."""

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from engine.definitions.folder import folder_source
from engine.model.definitions import ElementKind
from engine.runtime import ProgramRefused, compile_program, joins_on_cycle, read_outline
from tests.unit.runtime.kit import (
    end,
    ext,
    flow,
    line,
    many,
    message,
    node,
    process,
    props,
    source_of,
    start,
    user,
    z,
)

ROOT = Path(__file__).parents[3]

OWN = ext(
    props(
        startRole="officer",
        startLevel="grassroots",
        totalLimit="30wd",
        title="=who",
        numberPrefix="X",
        **{"name:en": "Request"},
    )
)


def form(identity, *components):
    fields = [{"type": "textfield", "key": "note", "id": "f1", "label": "说明", "validate": {"required": False},
               "properties": {"example": "无"}}]  # fmt: skip
    return json.dumps(
        {"type": "default", "id": identity, "components": [*fields, *components]}
    ).encode()


RETURN = {
    "type": "select",
    "id": "f2",
    "key": "return_to",
    "label": "退回到",
    "values": [],
    "properties": {"returnTargets": "true"},
}


def test_the_process_and_its_elements_are_told(begin):
    begins = node("startEvent", "S", ext(z("formDefinition", formId="begin")))
    step = user(
        "A",
        z("formDefinition", formId="note"),
        props(deadline="5wd", notSamePersonAs="B, C"),
        name="登记",
    )
    body = begins + step + end() + line("S", "A", "E")
    source = source_of(process(body, own=OWN), forms={"begin": form("begin"), "note": form("note")})
    program = compile_program(source)
    info = program.info
    assert (info.start_role, info.start_level, info.total_limit) == (
        "officer",
        "grassroots",
        "30wd",
    )
    assert (info.title, info.name_en, info.number_prefix) == ("=who", "Request", "X")
    element = program.element("p", "A")
    assert (element.kind, element.name, element.deadline) == (ElementKind.USER_TASK, "登记", "5wd")
    assert element.not_same_person_as == ("B", "C")
    assert [e.id for e in program.elements()] == ["S", "A", "E"]
    assert program.form_of(element).id == "note"
    assert program.start_form().id == "begin"
    assert set(program.processes) == {"p"}


def test_the_steps_to_send_back_to_are_the_flows_of_the_gateway():
    body = (
        start()
        + user("apply", name="申请")
        + user("check", name="核对")
        + user("A", z("formDefinition", formId="f"))
        + node("exclusiveGateway", "G", default="G_E")
        + end()
        + line("S", "apply", "check", "A", "G")
        + flow("G", "check", '=decision = "return" and return_to = "check"')
        + flow("G", "apply", '=decision = "return" and return_to = "apply"')
        + flow("G", "E")
    )
    program = compile_program(source_of(process(body), forms={"f": form("f", RETURN)}))
    filled = program.form_of(program.element("p", "A"))
    assert [(o.value, o.label) for o in filled.fields["return_to"].options] == [
        ("check", "核对"),
        ("apply", "申请"),
    ]


def test_the_messages_it_waits_for_are_told():
    task = node(
        "receiveTask",
        "C",
        ext('<zeebe:ioMapping><zeebe:output source="=1" target="x"/></zeebe:ioMapping>'),
        messageRef="M",
    )
    source = source_of(
        process(start() + task + end() + line("S", "C", "E"), message("M", "hello", "=1"))
    )
    assert compile_program(source).message_names == {"hello"}


def test_joins_on_a_loop_are_told():
    body = (
        start()
        + node("exclusiveGateway", "X")
        + node("parallelGateway", "F")
        + user("A")
        + user("B")
    )
    body += node("parallelGateway", "J") + node("exclusiveGateway", "G", default="G_E") + end()
    body += (
        line("S", "X", "F", "A", "J", "G")
        + line("F", "B", "J")
        + flow("G", "X", "=again")
        + flow("G", "E")
    )
    assert joins_on_cycle(compile_program(source_of(process(body)))) == (("p", "J"),)


def test_threads_share_a_program_and_never_change_it(world):
    from tests.unit.runtime.kit import Case

    inner = start("S2") + user("B") + end("E2") + line("S2", "B", "E2")
    body = start() + node(
        "subProcess", "P", many("=list", outputCollection="all", outputElement="=n") + inner
    )
    body += (
        node("inclusiveGateway", "F", default="F_C")
        + user("A")
        + user("C")
        + node("inclusiveGateway", "J")
    )
    body += (
        end()
        + line("S", "P", "F")
        + flow("F", "A", "=true")
        + flow("F", "C")
        + line("A", "J", "E")
        + line("C", "J")
    )
    program = compile_program(source_of(process(body)))
    before = written(program)

    class Shared(Case):
        program = property(lambda self: shared)

    shared = program
    results, errors = [], []

    def work(number):
        try:
            for _ in range(10):
                case = Shared(source_of(b""), world, {"list": [1, 2, 3]})
                for item in (2, 3, 1):
                    case.done("B", item, n=item * number)
                assert case.open == ["A"]
                case.done("A")
                results.append((number, case.step.ended, case.step.variables["all"]))
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(results) == 40
    assert all(ended and values == [n, 2 * n, 3 * n] for n, ended, values in results)
    assert written(program) == before


def written(program):
    """Everything in the shared specs, as text."""
    return {
        (name, spec.name): sorted(
            (
                field,
                repr([v.name for v in value]) if field in ("inputs", "outputs") else repr(value),
            )
            for field, value in vars(spec).items()
            if field != "_wf_spec" and "object at" not in repr(value)
        )
        + sorted(
            (field, value.n_subscribers())
            for field, value in vars(spec).items()
            if field.endswith("_event")
        )
        for name, part in program.parts.items()
        for spec in part.task_specs.values()
    }


@pytest.mark.parametrize("key", ["example_request", "archiving"])
def test_its_drawings_alone_say_what_the_whole_says_of_the_elements(key):
    """archiving calls four others, each several steps."""
    source = folder_source(ROOT / "processes", ROOT / "forms", key)
    outline = read_outline(source)
    program = compile_program(source)
    assert outline == program.outline
    assert outline.info == program.info
    assert {k: len(v) for k, v in outline.elements.items()} == {
        k: len(program.elements(k)) for k in program.processes
    }


def test_what_its_expressions_say_is_left_to_who_compiles_it():
    source = folder_source(ROOT / "processes", ROOT / "forms", "example_request")
    spoilt = replace(source, bpmn=source.bpmn.replace(b"=decision", b"=decision ="))
    assert spoilt.bpmn != source.bpmn
    with pytest.raises(ProgramRefused):
        compile_program(spoilt)
    assert read_outline(spoilt).info == read_outline(source).info


def test_drawings_that_cannot_be_read_are_refused_those_of_called_processes_too():
    source = folder_source(ROOT / "processes", ROOT / "forms", "archiving")
    cut = replace(source, bpmn=source.bpmn[:900])
    key, called = next(iter(source.called.items()))
    broken = replace(source, called={**source.called, key: replace(called, bpmn=b"<x/>")})
    for one in (cut, broken):
        with pytest.raises(ProgramRefused):
            read_outline(one)
