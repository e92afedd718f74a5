"""Regular expressions of forms: read by an engine whose time grows with the text only.

A pattern is anchored nowhere, as in HTML's older sibling JSON Schema; form-js also searches.
"""

import jsonschema_rs

from engine.sentences import Words

LONGEST_PATTERN = 500


def pattern_options() -> jsonschema_rs.RegexOptions:
    """The engine without look-around and back references; small automata only."""
    return jsonschema_rs.RegexOptions(size_limit=1 << 20)


def pattern_problem(pattern: str) -> Words | None:
    """Why a pattern cannot be used, None where it can."""
    if len(pattern) > LONGEST_PATTERN:
        return Words(
            f"超过 {LONGEST_PATTERN} 个字符", f"it is longer than {LONGEST_PATTERN} characters"
        )
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=pattern_options())
    except (jsonschema_rs.ValidationError, ValueError):
        return Words(
            "不是正则表达式,或用了不支持的写法(如前后查找、反向引用)",
            "it is no regular expression, or uses what is not supported (look-around, "
            "back-references)",
        )
    return None
