"""Which file an import means (DMN 1.5, 6.3.3)."""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from engine.decisions.findings import DecisionProblem
from engine.decisions.source import DMN_NAMESPACES, Element, children, parse_definitions

NO_FILES: Mapping[str, bytes] = MappingProxyType({})


def is_of_decisions(imported: Element) -> bool:
    """Tell whether an import brings decisions, and not a PMML model or an XML schema."""
    return imported.get("importType", "") in DMN_NAMESPACES


def find_imported(imported: Element, importer: str, files: Mapping[str, bytes]) -> str | None:
    """Give the path of the file an import means.

    The one at its location, else the first of its namespace, those nearest to the importer first.
    """
    namespace = imported.get("namespace", "")
    for path in _candidates(imported.get("locationURI", ""), importer, files):
        if path != importer and _namespace(path, files) == namespace:
            return path
    return None


def with_imported(names: Iterable[str], files: Mapping[str, bytes]) -> frozenset[str]:
    """Give these files and all that they import, to any depth."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(_imported_by(name, files))
    return frozenset(found)


def _imported_by(name: str, files: Mapping[str, bytes]) -> Iterator[str]:
    try:
        root = parse_definitions(files[name], name)
    except DecisionProblem:
        return
    for imported in children(root, "import"):
        path = find_imported(imported, name, files)
        if path is not None:
            yield path


def _candidates(location: str, importer: str, files: Mapping[str, bytes]) -> Iterator[str]:
    folder = posixpath.dirname(importer)
    if location:
        named = posixpath.normpath(posixpath.join(folder, location))
        if named in files:
            yield named
    yield from sorted(files, key=lambda path: (posixpath.dirname(path) != folder, path))


def _namespace(path: str, files: Mapping[str, bytes]) -> str:
    try:
        return parse_definitions(files[path], path).get("namespace", "")
    except DecisionProblem:
        return ""
