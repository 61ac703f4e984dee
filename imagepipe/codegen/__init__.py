"""A project's pictures as source code: one module a language, each pure text from the same values."""

LANGUAGES = {
    "typescript": "imagepipe.codegen.typescript:render",
    "python": "imagepipe.codegen.python:render",
    "json": "imagepipe.codegen.plain:render",
    "css": "imagepipe.codegen.css:render",
}
"""Language → function of the pictures. To add one: a module, a line here and in SUFFIXES, a test."""
SUFFIXES = {"ts": "typescript", "mts": "typescript", "py": "python", "json": "json", "css": "css"}
"""The extension of a file → the language it is written in."""
