"""Markdown as CommonMark and GitHub read it, with the places of headings, links and text."""

from validator.documents.markdown.document import (
    UNCLOSED_COMMENT,
    UNCLOSED_FENCE,
    MarkdownDocument,
    slugify,
)
from validator.documents.markdown.parser import fences
from validator.documents.markdown.values import (
    CODE,
    Comment,
    Definition,
    Heading,
    Link,
    ListItem,
    Prose,
    Tag,
    Unlinked,
)

__all__ = [
    "CODE",
    "UNCLOSED_COMMENT",
    "UNCLOSED_FENCE",
    "Comment",
    "Definition",
    "Heading",
    "Link",
    "ListItem",
    "MarkdownDocument",
    "Prose",
    "Tag",
    "Unlinked",
    "fences",
    "slugify",
]
