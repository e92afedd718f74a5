"""Forms: a form-js ``.form`` file becomes a JSON Schema, a layout and the rules of its answers.

Start with :func:`compile_form`. ``reading`` reads the file, ``schema`` publishes it,
``validation`` decides about answers, ``posts`` reads what a browser sends, ``masking`` hides
personal data, ``attributes`` copies out what a case is found by.
"""

from engine.forms.attributes import AttributeKind, FormAttribute
from engine.forms.components import (
    AttributeUse,
    Component,
    Field,
    FieldKind,
    Filler,
    Group,
    Option,
    Personal,
    Separator,
    Spacer,
    TextFormat,
    TextView,
)
from engine.forms.form import CompiledForm, compile_form
from engine.forms.masking import mask_text
from engine.forms.posts import RowAction, find_row_action
from engine.forms.reading import id_of_form
from engine.forms.validation import Validation

__all__ = [
    "AttributeKind",
    "AttributeUse",
    "CompiledForm",
    "Component",
    "Field",
    "FieldKind",
    "Filler",
    "FormAttribute",
    "Group",
    "Option",
    "Personal",
    "RowAction",
    "Separator",
    "Spacer",
    "TextFormat",
    "TextView",
    "Validation",
    "compile_form",
    "find_row_action",
    "id_of_form",
    "mask_text",
]
