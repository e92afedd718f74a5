"""Files that nobody in her right mind sends, by kind, each with the codes that may answer it."""

from collections.abc import Mapping
from pathlib import Path

from engine.model.definitions import SourceFile
from tests.unit.hostile.attacks import form_file
from tests.unit.runtime.kit import end, ext, flow, line, node, process, start, z

DEFINITIONS = Path(__file__).parents[1] / "definitions"
GOOD = (DEFINITIONS / "good" / "straight.bpmn").read_text(encoding="utf-8")
FORM = (DEFINITIONS / "shared" / "apply.form").read_text(encoding="utf-8")
DMN = (DEFINITIONS / "shared" / "level.dmn").read_text(encoding="utf-8")
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
MEBI = 1024 * 1024


def _calling(key: str, called: str) -> bytes:
    call = node(
        "callActivity",
        "C",
        ext(
            z(
                "calledElement",
                processId=called,
                propagateAllChildVariables="false",
                propagateAllParentVariables="false",
            )
        ),
    )
    return process(start() + call + end() + line("S", "C", "E"), key=key)


def _chain(length: int) -> bytes:
    """So many scripts in a row."""
    ids = [f"x{n}" for n in range(length)]
    scripts = "".join(
        node("scriptTask", i, ext(z("script", expression="=1", resultVariable="x"))) for i in ids
    )
    return process(start() + scripts + end() + line("S", *ids, "E"))


def _ring(width: int) -> bytes:
    """Gateways that all lead to each other: more ways than anybody can count."""
    ids = [f"g{n}" for n in range(width)]
    nodes = "".join(node("inclusiveGateway", i, default=f"{i}_E") for i in ids)
    ways = "".join(flow(a, b, "=true") for a in ids for b in ids if a != b)
    return process(
        start() + nodes + end() + flow("S", "g0") + ways + "".join(flow(i, "E") for i in ids)
    )


def _nested(depth: int) -> bytes:
    """Sub-processes within each other."""
    inside = ""
    for n in range(depth):
        inside = (
            start(f"s{n}") + node("subProcess", f"p{n}", inside) + end(f"e{n}")
            + line(f"s{n}", f"p{n}", f"e{n}")
        )  # fmt: skip
    return process(inside)


BPMN: Mapping[str, bytes] = {
    "nothing": b"",
    "a zero byte": b"\x00",
    "zero bytes": b"\x00" * MEBI,
    "a picture": b"\x89PNG\r\n\x1a\n" + b"\x00" * 1_000,
    "a workbook": b"PK\x03\x04" + b"\x00" * 1_000,
    "a spreadsheet's text": "姓名,金额\n林模拟,1200\n".encode("gbk"),
    "another language": b"<html><body><script>alert(1)</script></body></html>",
    "another namespace": GOOD.replace("20100524/MODEL", "20100524/MODELL").encode(),
    "no namespace": b'<definitions><process id="p" isExecutable="true"/></definitions>',
    "an encoding that does not exist": b'<?xml version="1.0" encoding="nonsense"?><a/>',
    "an encoding that is another": '<?xml version="1.0" encoding="UTF-8"?><a>漳州</a>'.encode("gbk"),
    "half a character": GOOD.encode()[:-40] + b"\xe6\xbc",
    "laughs": f"<!DOCTYPE a [<!ENTITY l0 \"ha\">{LAUGHS}]><a>&l9;</a>".encode(),
    "one long entity many times": (
        f'<!DOCTYPE a [<!ENTITY x "{"x" * 100_000}">]><a>{"&x;" * 10_000}</a>'.encode()
    ),
    "a file of the server": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "an address": b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd"><a/>',
    "a parameter entity": b'<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><a/>',
    "an include": GOOD.replace(
        "</bpmn:definitions>",
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/>'
        "</bpmn:definitions>",
    ).encode(),
    "deep": b"<a>" * 100_000 + b"</a>" * 100_000,
    "wide": b"<a>" + b"<b/>" * 100_000 + b"</a>",
    "many attributes": b"<a " + b" ".join(b'a%d="x"' % n for n in range(100_000)) + b"/>",
    "a long attribute": b'<a x="' + b"x" * 4 * MEBI + b'"/>',
    "a long name": b"<" + b"a" * MEBI + b"/>",
    "a long text": f"<a>{'长' * MEBI}</a>".encode(),
    "too large": b" " * (6 * MEBI),
    "ten thousand elements": _chain(5_000),
    "many elements": _chain(900),
    "a knot": _ring(30),
    "deep processes": _nested(45),
    "deeper processes": _nested(400),
    "itself": _calling("p", "p"),
    "a data object of nothing": (Path(__file__).parents[1] / "runtime" / "hang.bpmn").read_bytes(),
    "ids twice": process(start("A") + start("A") + end("A") + flow("A", "A") * 2),
    "a flow from nowhere": process(start() + end() + flow("S", "E") + flow("nobody", "nowhere")),
    "a flow to itself": process(start() + end() + flow("S", "E") + flow("S", "S")),
    "no elements": process(""),
    "a long id": process(start() + end() + line("S", "E"), key="p" * 100_000),
    "a strange id": process(start("../../etc/passwd") + end("<E>".replace("<", "").replace(">", ""))),
    "a name of control signs": GOOD.replace('id="', 'name="\u202e\u200b\ufeff" id="', 1).encode(),
}  # fmt: skip

OTHERS: Mapping[str, Mapping[str, bytes]] = {
    ".form": {
        "nothing": b"",
        "a zero byte": b"\x00",
        "no object": b"[]",
        "a number": b"1" * 5_000,
        "another encoding": FORM.encode("utf-16"),
        "a third encoding": FORM.encode("gbk", "replace"),
        "half of it": FORM.encode()[:300],
        "deep": b"[" * 100_000 + b"]" * 100_000,
        "deep objects": b'{"components":' * 20_000 + b"1" + b"}" * 20_000,
        "deep groups": (
            b'{"id":"f","type":"default","components":['
            + b'{"type":"group","components":[' * 3_000
            + b"]}" * 3_000
            + b"]}"
        ),
        "many fields": form_file(
            *({"type": "textfield", "id": f"f{n}", "key": f"k{n}", "label": "x"} for n in range(20_000)),
            name="apply",
        ).content,
        "not a number": b'{"id":"f","type":"default","components":[{"type":NaN}]}',
        "a huge number": b'{"id":"f","schemaVersion":1e999,"components":[{"type":"number","min":1e999}]}',
        "half a character": b'{"id":"\\ud800","type":"default","components":[]}',
        "hungry pattern": form_file(
            {"type": "textfield", "id": "F", "key": "note", "label": "x", "validate": {"pattern": "(a+)+$"}},
            name="apply",
        ).content,
        "keys of Python": form_file(
            {"type": "textfield", "id": "F", "key": "__class__", "label": "x"},
            {"type": "textfield", "id": "G", "key": "a.__init__.b", "label": "x"},
            name="apply",
        ).content,
    },
    ".dmn": {
        "nothing": b"",
        "another encoding": DMN.replace('name="', 'name="漳州', 1).encode("gbk"),
        "half of it": DMN.encode()[: len(DMN) // 2],
        "laughs": f"<!DOCTYPE a [<!ENTITY l0 \"ha\">{LAUGHS}]><a>&l9;</a>".encode(),
        "deep": b"<a>" * 100_000 + b"</a>" * 100_000,
        "another namespace": DMN.replace("/MODEL/", "/MODELL/").encode(),
        "a circle": (
            b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="t" id="f" name="f">'
            b'<decision id="level" name="level"><informationRequirement><requiredDecision href="#level"/>'
            b"</informationRequirement><literalExpression><text>level</text></literalExpression></decision>"
            b"</definitions>"
        ),
        "an import of itself": (
            b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="t" id="f" name="f">'
            b'<import namespace="t" name="t" locationURI="level.dmn" importType="x"/></definitions>'
        ),
        "many rules": DMN.replace("</decisionTable>", "<rule/>" * 15_000 + "</decisionTable>").encode(),
    },
    ".document": {
        "nothing": b"",
        "a zero byte": b"\x00",
        "another encoding": "title = \"漳州\"".encode("gbk"),
        "deep": b"title = " + b"[" * 50_000 + b"]" * 50_000,
        "deep keys": b".".join([b"a"] * 50_000) + b" = 1",
        "many blocks": b'title = "x"\n' + b'[[block]]\nkind = "text"\ntext = "x"\n' * 50_000,
        "a long line": b'title = "' + b"x" * 4 * MEBI + b'"',
        "a huge number": b"title = " + b"9" * 50_000,
    },
    ".toml": {
        "nothing": b"",
        "another encoding": "title = \"漳州\"".encode("gbk"),
        "deep": b"title = " + b"[" * 50_000 + b"]" * 50_000,
        "deep keys": b'title = "x"\n' + b".".join([b"a"] * 50_000) + b" = 1",
        "a huge number": b"title = " + b"9" * 50_000,
        "many steps": b'title = "x"\n' + b'[[steps]]\npass = "5wd"\n' * 20_000,
        "a long wait": b'title = "x"\n[[steps]]\npass = "99999999999999999999wd"\n',
        "ages of waiting": b'title = "x"\n' + b'[[steps]]\npass = "99999wd"\n' * 499,
        "too large": b" " * (2 * MEBI),
    },
}  # fmt: skip


def straight(**changed: bytes) -> tuple[SourceFile, ...]:
    """The good process, with other files beside it."""
    return (SourceFile("straight.bpmn", GOOD.encode()), *(
        SourceFile(name, content) for name, content in changed.items()
    ))  # fmt: skip


def mutual() -> tuple[SourceFile, ...]:
    """Two processes that call each other."""
    return (SourceFile("a.bpmn", _calling("a", "b")), SourceFile("b.bpmn", _calling("b", "a")))
