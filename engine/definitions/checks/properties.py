"""Are our extension properties spelt right and their values possible?"""

from collections.abc import Iterator, Mapping

from engine.definitions.bpmn_xml import BPMN, Element
from engine.definitions.diagram import (
    ACTIVITIES,
    OTHER_NODES,
    RUN_NODES,
    described,
    extensions,
    local_name,
    properties_of,
    zeebe,
)
from engine.definitions.draft import BpmnFile, Draft
from engine.definitions.findings import CHECK_NAME, error, meant, warning
from engine.definitions.known import LEVELS
from engine.errors import Finding
from engine.model import incoming, signals
from engine.model.confidentiality import (
    CONFIDENTIALITY,
    EXCLUDED,
    EXCLUDED_SUPERIORS,
    SEALED_ROLE,
)
from engine.model.deadlines import LimitOf
from engine.model.definitions import (
    ARTICLE,
    COUNTED_FROM,
    FINISHED_IN,
    FROM_PARAMETER,
    LIMIT_OF,
    ONLY_ONE,
    OVERDUE,
    PAUSED_FOR,
    ROLE_AT,
    STARTERS,
    STARTS_FROM,
)
from engine.model.fan_out import CAMPAIGN
from engine.model.items import ITEM_NAME
from engine.model.links import LINKED
from engine.model.public_words import (
    GUEST_PAPERS,
    MESSAGE_REASON,
    ON_MESSAGES,
    ON_NODES,
    ON_PROCESSES,
    REASON_CHOICES,
    RECEIPT,
)
from engine.model.same_person import SAME_PERSON
from engine.sentences import Words

EVERYWHERE = frozenset({"milestone", "name:en", "documentation:en"})
_LIMITED = frozenset({LIMIT_OF, COUNTED_FROM, ARTICLE, FROM_PARAMETER})
ON_TAGS: Mapping[str, frozenset[str]] = {
    "process": frozenset(
        {
            "startRole",
            "startLevel",
            "owner",
            "totalLimit",
            "title",
            "numberPrefix",
            STARTS_FROM,
            STARTERS,
            ONLY_ONE,
            FINISHED_IN,
            CONFIDENTIALITY,
            EXCLUDED,
            EXCLUDED_SUPERIORS,
            SEALED_ROLE,
        }
    ),
    "lane": frozenset(
        {"role", "level", "kind", "party", *(f"{ROLE_AT}{level}" for level in LEVELS)}
    ),
    "userTask": frozenset(
        {
            "deadline",
            "basis",
            *_LIMITED,
            PAUSED_FOR,
            "notSamePersonAs",
            "sameAllowed",
            "handledAt",
            "givenTo",
            "notSameUnitAs",
            "sameInSmallUnits",
            "blockedBy",
            "readableBy",
            "sees",
            "panel",
            "tells",
            "priority",
            "pausesClock",
            "batch",
            "sheet",
            "documents",
            "listDocument",
        }
    ),
    "intermediateCatchEvent": _LIMITED | {"basis"},
    "boundaryEvent": _LIMITED | {"basis"},
    "serviceTask": frozenset({"async"}),
    "intermediateThrowEvent": frozenset({signals.REACH}),
    "endEvent": frozenset({signals.REACH}),
}
_REPEATABLE = ACTIVITIES | {"sendTask"}
_CHOICES: Mapping[str, frozenset[str]] = {
    "basis": frozenset({"law", "parameter", "practice"}),
    LIMIT_OF: frozenset({one.value for one in LimitOf}),
    "pausesClock": frozenset({"true", "false"}),
    "handledAt": frozenset({"grassroots", "township", "county", "city"}),
    "batch": frozenset({"true", "false"}),
    "async": frozenset({"true", "false"}),
    MESSAGE_REASON: REASON_CHOICES,
    RECEIPT: frozenset({"true", "false"}),
    GUEST_PAPERS: frozenset({"true", "false"}),
    signals.REACH: frozenset({signals.REACH_ALL, signals.REACH_CASE}),
}


_MAY_BE_FEEL = frozenset({"pausesClock", "handledAt"})
_MESSAGE_EVENTS = frozenset({"intermediateCatchEvent", "boundaryEvent", "receiveTask"})


def check(draft: Draft) -> Iterator[Finding]:
    """Properties of unknown names, twice the same name, values outside the choices."""
    for file in draft.bpmn_files:
        for element in file.root.iter(f"{{{BPMN}}}*"):
            if next(extensions(element, "properties"), None) is not None:
                yield from _names(file, element)
                yield from _values(draft, file, element)


def _known(tag: str) -> frozenset[str]:
    known = EVERYWHERE | ON_TAGS.get(tag, frozenset())
    if tag in _REPEATABLE:
        known |= {ITEM_NAME}
    if tag == "process":
        known |= ON_PROCESSES
    elif tag in RUN_NODES or tag in OTHER_NODES:
        known |= ON_NODES
    return known | ON_MESSAGES | incoming.ON_MESSAGES if tag in _MESSAGE_EVENTS else known


def _names(file: BpmnFile, element: Element) -> Iterator[Finding]:
    known = _known(local_name(element))
    seen: set[str] = set()
    for group in extensions(element, "properties"):
        for prop in group.iterchildren(zeebe("property")):
            name = prop.get("name", "")
            if name in seen:
                yield error(
                    "property-twice", file.name, prop, element=described(element), name=name
                )
            seen.add(name)
            if name not in known:
                yield warning(
                    "property-unknown",
                    file.name,
                    prop,
                    element=described(element),
                    name=name,
                    near=meant(name, known, 0.6) or CHECK_NAME,
                )


def _values(draft: Draft, file: BpmnFile, element: Element) -> Iterator[Finding]:
    values = properties_of(element)
    for name, choices in _CHOICES.items():
        if name in _MAY_BE_FEEL and values.get(name, "").strip().startswith("="):
            continue  # looked at with the other expressions
        if name in values and values[name] not in choices:
            yield error(
                "property-value.choices",
                file.name,
                element,
                element=described(element),
                name=name,
                value=values[name][:60],
                choices=Words.listed(sorted(choices)),
            )
    starts = draft.known.starts and draft.known.starts | {OVERDUE, CAMPAIGN, LINKED}
    panels = draft.known.panels and draft.known.panels | {SAME_PERSON}
    for name, known in (("panel", panels), (STARTS_FROM, starts)):
        if name in values and known and values[name] not in known:
            yield error(
                "property-value.not-there",
                file.name,
                element,
                element=described(element),
                name=name,
                value=values[name][:60],
                choices=Words.listed(sorted(known)),
            )
    if "milestone" in values and not values["milestone"].strip():
        yield error("property-value.empty", file.name, element, element=described(element))
