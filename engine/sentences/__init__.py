"""What the gate says, in Chinese and in English.

A finding's sentences stand in the ``.toml`` files here, under its code (and a word for the case,
where a code has several): what is wrong, and what to do. The checks name the key and fill in the
values. Phrases of forms, decisions, documents and expressions stand where they are said, as a
pair of :class:`Words`.
"""

from engine.sentences.catalogue import Entry, catalogue, sentences_of
from engine.sentences.english import in_both, in_english
from engine.sentences.finding import finding
from engine.sentences.words import Words

__all__ = ["Entry", "Words", "catalogue", "finding", "in_both", "in_english", "sentences_of"]
