"""From a folder or an upload to a bundle, and from a bundle to what is stored."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from engine.decisions import DecisionProblem, read_decisions, with_imported
from engine.definitions.bpmn_xml import LARGEST_FILE, BpmnRefused, read_bpmn
from engine.definitions.diagram import Process, read_processes
from engine.definitions.zipped import LARGEST_UNPACKED, is_zip, unzipped
from engine.errors import FileTooLarge, FileTypeRefused, Invalid, NotFound
from engine.forms import id_of_form
from engine.model.definitions import Bundle, DefinitionSource, SourceFile
from engine.model.english import SUFFIX as ENGLISH
from engine.model.scenarios import FOLDER

SUFFIXES = (".bpmn", ".dmn", ".form", ".document", ENGLISH)
PROCESS = ".bpmn"
SCENARIO = ".toml"
MOST_FILES = 200
MOST_SCENARIOS = 400
LONGEST_NAME = 120


class TooManyFiles(Invalid):
    """More files than one deployment takes; ``most`` is how many it does."""

    def __init__(self, most: int) -> None:
        super().__init__(f"一次最多上传 {most} 个文件,没有接收。请分批上传。")
        self.most = most


def read_folder(processes: Path, forms: Path, key: str) -> Bundle:
    """The files of ``processes/KEY`` and ``forms/KEY`` as they lie there.

    Raises NotFound when there is no such process folder; Invalid, FileTooLarge or FileTypeRefused
    as for an upload.
    """
    folder = processes / key
    if not _is_plain(key) or not folder.is_dir():
        raise NotFound(f"没有找到流程文件夹“{key}”。请核对名称。")
    paths = [
        *sorted(folder.glob("*.bpmn")),
        *sorted(folder.glob("*.dmn")),
        *sorted((folder / "documents").glob("*.document")),
        *sorted((forms / key).glob("*.form")),
        *sorted(folder.glob(f"*{ENGLISH}")),
    ]
    return read_upload((path.name, _bounded(path)) for path in paths)


def folder_scenarios(processes: Path, key: str) -> tuple[SourceFile, ...]:
    """The scenario files of ``processes/KEY``, for a deployment of its bundle.

    Raises Invalid or FileTooLarge as for an upload.
    """
    folder = processes / key / FOLDER
    paths = [*sorted(folder.glob(f"*{SCENARIO}")), *sorted(folder.glob(f"data/*{SCENARIO}"))]
    if not paths:
        return ()
    names = (f"{key}/{path.relative_to(processes / key).as_posix()}" for path in paths)
    return read_upload(zip(names, map(_bounded, paths), strict=True)).files


def read_upload(files: Iterable[tuple[str, bytes]], room: int = LARGEST_UNPACKED) -> Bundle:
    """The files that somebody sends, by name and content; those in a .zip one by one.

    Zips may unpack to ``room`` bytes, all of them together.

    Folders in the names are dropped, but for scenarios: theirs says what process they belong to.
    Raises Invalid for none, too many or two of one name, FileTypeRefused for a name that ends in
    none of .bpmn, .dmn, .form, .document, .english, .toml and .zip, FileTooLarge above the limit
    of one.
    """
    found: dict[str, SourceFile] = {}
    for given, content in _one_by_one(files, room):
        name = sent_name(given)
        _refuse_name(name)
        if len(content) > LARGEST_FILE:
            raise FileTooLarge(
                f"“{name}”超过 {LARGEST_FILE // 1024 // 1024} MB,没有接收。请拆成几个流程。"
            )
        if name in found and found[name].content == content:
            continue  # a decision that several processes share lies in each folder
        if name in found:
            raise Invalid(f"有两个文件都叫“{name}”,没有接收。请改名后再上传。")
        found[name] = SourceFile(name, content)
        refuse_too_many(found)
    if not found:
        raise Invalid("没有流程文件。请选择 .bpmn、.dmn、.form、.document 或 .english 文件。")
    return Bundle(tuple(found.values()))


def _one_by_one(files: Iterable[tuple[str, bytes]], room: int) -> Iterator[tuple[str, bytes]]:
    for given, content in files:
        if not is_zip(given):
            yield given, content
            continue
        found = unzipped(sent_name(given), content, room)
        room -= sum(len(one) for _, one in found)
        yield from found


def sent_name(given: str) -> str:
    """The name of a file as it was sent, without its folder.

    A scenario in a folder is ``KEY/scenarios/name.toml``, what it shares with others
    ``KEY/scenarios/data/name.toml``.
    """
    parts = given.replace("\\", "/").split("/")
    if given.endswith(SCENARIO) and FOLDER in parts[1:-1]:
        place = len(parts) - 1 - parts[::-1].index(FOLDER)
        return "/".join(parts[place - 1 :])
    return parts[-1]


def refuse_too_many(names: Collection[str]) -> None:
    """Raise TooManyFiles for more process files, or more scenarios, than one deployment takes."""
    scenarios = sum(name.endswith(SCENARIO) for name in names)
    for number, most in ((len(names) - scenarios, MOST_FILES), (scenarios, MOST_SCENARIOS)):
        if number > most:
            raise TooManyFiles(most)


def referenced_files(bundle: Bundle) -> Mapping[str, DefinitionSource]:
    """Each process of a checked bundle with the files it needs, by process key.

    The versions are not given yet: the id is ``key:0``. ``called`` has every process that is
    called, of the bundle or from ``bundle.called``; those of the bundle without their own files
    of the second degree, for the caller to replace by the stored versions.
    """
    own = _own_sources(bundle)
    return {
        key: replace(
            own[key],
            called={
                name: own[name] if name in own else bundle.called[name]
                for name in sorted(called)
                if name in own or name in bundle.called
            },
        )
        for key, called in _calls(bundle).items()
    }


def linked_sources(bundle: Bundle) -> Mapping[str, DefinitionSource]:
    """As ``referenced_files``, with called processes complete to any depth: ready to run.

    Raises Invalid where processes call each other in a circle.
    """
    flat = referenced_files(bundle)
    done: dict[str, DefinitionSource] = {}

    def linked(key: str, above: tuple[str, ...]) -> DefinitionSource:
        if key in above:
            raise Invalid(f"流程互相调用形成循环:{' → '.join((*above, key))}。")
        if key not in done:
            source = flat[key]
            called = {
                name: linked(name, (*above, key)) if name in flat else bound
                for name, bound in source.called.items()
            }
            done[key] = replace(source, called=called)
        return done[key]

    return {key: linked(key, ()) for key in flat}


def folder_source(processes: Path, forms: Path, key: str) -> DefinitionSource:
    """The process of a folder, ready to run, with those it calls from the folders beside it.

    Raises as ``read_folder``; Invalid also for unreadable files and for calls in a circle.
    """
    return _folder_source(processes, forms, key, ())


def called_keys(process: Process) -> frozenset[str]:
    """The keys of the processes that a process calls."""
    return frozenset(node.called_key for node in process.of("callActivity") if node.called_key)


def _folder_source(
    processes: Path, forms: Path, key: str, above: tuple[str, ...]
) -> DefinitionSource:
    if key in above:
        raise Invalid(f"流程互相调用形成循环:{' → '.join((*above, key))}。")
    bundle = read_folder(processes, forms, key)
    try:
        own, calls = _own_sources(bundle), _calls(bundle)
    except BpmnRefused as refused:
        raise Invalid(refused.message) from refused
    if key not in own:
        raise NotFound(f"文件夹“{key}”里没有编号为“{key}”的流程。请核对流程编号。")
    called = {
        name: _folder_source(processes, forms, name, (*above, key)) for name in sorted(calls[key])
    }
    return replace(own[key], called=called)


def _own_sources(bundle: Bundle) -> dict[str, DefinitionSource]:
    forms = {id_of_form(f.content, f.name): f.content for f in bundle.named(".form")}
    decision_files = {file.name: file.content for file in bundle.named(".dmn")}
    decision_ids = {name: _decision_ids(name, decision_files) for name in decision_files}
    documents = {f.name.removesuffix(".document"): f.content for f in bundle.named(".document")}
    english = {f.name.removesuffix(ENGLISH): f.content for f in bundle.named(ENGLISH)}
    sources: dict[str, DefinitionSource] = {}
    for file in bundle.named(PROCESS):
        for process in read_processes(read_bpmn(file.content, file.name), file.name):
            wanted = set(_decisions_asked(process))
            named = {
                name
                for node in process.of("userTask")
                for name in (*node.document_ids, *node.list_document)
            }
            sources[process.key] = DefinitionSource(
                id=f"{process.key}:0",
                key=process.key,
                version=0,
                bpmn_name=file.name,
                bpmn=file.content,
                decisions={
                    name: decision_files[name]
                    for name in sorted(
                        with_imported(
                            (name for name, ids in decision_ids.items() if ids & wanted),
                            decision_files,
                        )
                    )
                },
                forms={name: forms[name] for name in sorted(process.form_ids & forms.keys())},
                documents={name: documents[name] for name in sorted(named & documents.keys())},
                english=english.get(process.key, b""),
            )
    return sources


def _calls(bundle: Bundle) -> dict[str, frozenset[str]]:
    return {
        process.key: called_keys(process)
        for file in bundle.named(PROCESS)
        for process in read_processes(read_bpmn(file.content, file.name), file.name)
    }


def _decisions_asked(process: Process) -> Iterable[str]:
    return (node.decision_id for node in process.of("businessRuleTask") if node.decision_id)


def _decision_ids(name: str, files: Mapping[str, bytes]) -> frozenset[str]:
    try:
        return frozenset(read_decisions(files[name], name, files).decisions)
    except DecisionProblem:
        return frozenset()


def _refuse_name(name: str) -> None:
    if not name.endswith((*SUFFIXES, SCENARIO)):
        raise FileTypeRefused(
            f"“{name[:LONGEST_NAME]}”不是流程文件,没有接收。"
            "只接收 .bpmn、.dmn、.form、.document、.english 和场景 .toml 文件,或装着它们的 .zip。"
        )
    plain = all(map(_is_plain, name.rpartition(".")[0].split("/")))
    if not plain or len(name) > LONGEST_NAME:
        raise Invalid(
            f"文件名“{name[:LONGEST_NAME]}”不能用:"
            f"请用文字、数字、- 和 _,不超过 {LONGEST_NAME} 个字。"
        )


def _is_plain(name: str) -> bool:
    return bool(name) and all(c.isalnum() or c in "-_." for c in name) and name[0] not in ".-"


def _bounded(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(LARGEST_FILE + 1)
