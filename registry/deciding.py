"""The category of a file decided again without a case (认定复核).

Either a slip in what was recorded as decided, or because a value was put right that the decision
leaned on: then the file says so until somebody who approves has looked at it. A new approval of a
case writes a new content, and nothing waits any more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine.errors import Invalid
from registry.household import Content, category_of, mapping, rule_set_of, text
from registry.vocabulary import CATEGORIES, CATEGORIES_OF, words

REVIEW = "review"
"""Key of a content: what was put right since the category was decided."""

_MOST_TOLD = 20


@dataclass(frozen=True)
class Review:
    """What waits for a new look: since which version, and what was put right by whom."""

    version: int
    since: str
    what: tuple[str, ...]
    by: frozenset[str]


@dataclass(frozen=True)
class Deciding:
    """What who approves must know: the category, what was proposed, what it may become."""

    version: int
    category: str
    category_words: str
    proposed_words: str
    choices: Mapping[str, str]
    review: Review | None


def review_of(content: Content) -> Review | None:
    """What waits for a new look; None where nothing does."""
    said = mapping(content.get(REVIEW))
    if not said:
        return None
    what, by = said.get("what"), said.get("by")
    return Review(
        version=int(text(said.get("version")) or 0),
        since=text(said.get("since")),
        what=tuple(map(text, what)) if isinstance(what, list) else (),
        by=frozenset(map(text, by)) if isinstance(by, list) else frozenset(),
    )


def with_review(
    content: Content, version: int, today: date, by_id: str, what: Sequence[str]
) -> dict[str, object]:
    """The content that says what of the decision's basis was put right, added to what waits."""
    waiting = review_of(content)
    told = dict.fromkeys((*(waiting.what if waiting else ()), *what))
    return {
        **content,
        REVIEW: {
            "version": waiting.version if waiting else version,
            "since": waiting.since if waiting else today.isoformat(),
            "what": list(told)[:_MOST_TOLD],
            "by": sorted({by_id, *(waiting.by if waiting else ())}),
        },
    }


def deciding(content: Content, version: int) -> Deciding:
    """What there is to decide of a content."""
    category = category_of(content)
    proposed = text(mapping(content.get("proposal")).get("category"))
    return Deciding(
        version=version,
        category=category,
        category_words=words(CATEGORIES, category or None),
        proposed_words=words(CATEGORIES, proposed or None),
        choices={code: CATEGORIES[code] for code in _codes(content)},
        review=review_of(content),
    )


def decided_again(content: Content, category: str, reason: str) -> tuple[dict[str, object], str]:
    """The content with the category decided, and what the version says. Raises Invalid."""
    if category not in _codes(content):
        raise Invalid("请选择认定类型,没有保存,您填写的内容仍在页面上。")
    before = category_of(content)
    if category == before and review_of(content) is None:
        raise Invalid("认定类型没有变化,也没有更正过认定依据,没有保存。")
    new = {name: value for name, value in content.items() if name != REVIEW}
    now = words(CATEGORIES, category)
    if category == before:
        return new, f"维持{now}:{reason}"
    new["category"] = category
    new.pop("category_text", None)
    proposed = text(mapping(content.get("proposal")).get("category"))
    new["category_reason"] = reason if category != proposed else None
    return new, f"{words(CATEGORIES, before or None) or '未认定'}改为{now}:{reason}"


def _codes(content: Content) -> tuple[str, ...]:
    every = tuple(code for codes in CATEGORIES_OF.values() for code in codes)
    return CATEGORIES_OF.get(rule_set_of(content), every)
