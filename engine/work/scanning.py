"""Papers that must show no number of a person are looked through when a form is sent in.

Our property ``scan = no-id-numbers`` of a file field. Pictures cannot be read: such a form lets the
person who sends them say that she has looked.
"""

from collections.abc import Mapping

from engine.errors import FieldError
from engine.forms import CompiledForm
from engine.forms.components import FieldKind
from engine.forms.validation import each_value
from engine.model.identity_text import identity_numbers
from engine.model.paper_text import texts_of
from engine.store import files
from engine.store.database import Tx
from engine.work.environment import Environment
from engine.work.files import content_of

_LAST = 4


def numbers_in_papers(
    environment: Environment, tx: Tx, form: CompiledForm, data: Mapping[str, object]
) -> tuple[FieldError, ...]:
    """A sentence for each paper with a number in it: which file, and where."""
    asked_for: list[tuple[str, str, str]] = []
    for steps, asked, value in each_value(tuple(form.fields.values()), data):
        if asked.kind is not FieldKind.FILE or not asked.no_numbers:
            continue
        pointer = "/" + "/".join(str(step) for step in steps)
        ids = value if isinstance(value, list) else [value]
        asked_for.extend((pointer, asked.label, str(one)) for one in ids if one)
    if not asked_for:
        return ()
    stored = files.by_ids(tx, [file_id for _, _, file_id in asked_for])
    found: list[FieldError] = []
    for pointer, label, file_id in asked_for:
        file = stored.get(file_id)
        if file is None:
            continue  # the form's own check has said so
        for where, text in texts_of(content_of(environment, file), file.type):
            number = next(identity_numbers(text), None)
            if number is not None:
                sentence = (
                    f"“{file.name}”{where}有像证件号码或银行账号的数字(尾号 {number[-_LAST:]})。"
                    "公示材料不能带号码,请遮去后重新上传;其余内容已保留。"
                )
                found.append(FieldError(pointer, "scan", sentence, label))
                break
    return tuple(found)
