"""Where each line of a prompt comes from: the field, the variables in it, the template that set it."""

import re
from typing import Any

from imagepipe.reports.grid import table
from imagepipe.reports.ink import PLAIN, Ink
from imagepipe.reports.safetext import clipped
from imagepipe.values import Asset, Decision

_NAMES = re.compile(r"\{\{-?\s*([A-Za-z][A-Za-z0-9_]*)")
_LONGEST = 72


def render(asset: Asset, decision: Decision, ink: Ink = PLAIN) -> str:
    """A table: number, origin, variables and text of each line."""
    found = as_data(asset, decision)
    rows = [
        (str(r["line"]), r["field"], r["from"], ", ".join(r["variables"]), clipped(r["text"], _LONGEST)) for r in found
    ]
    return table(("line", "field", "from", "variables", "text"), rows, ink, frozenset({0}))


def as_data(asset: Asset, decision: Decision) -> list[dict[str, Any]]:
    """{"line", "field", "from", "variables", "text"} for each line."""
    if decision.recipe is None:
        return []
    words = decision.recipe.words
    lines = words.text.split("\n")
    fields = [words.fields[at] if at < len(words.fields) else "" for at in range(len(lines))]
    return [
        {"line": at, "field": field, "from": source(asset, field), "variables": variables(asset, field), "text": text}
        for at, (field, text) in enumerate(zip(fields, lines, strict=True), 1)
    ]


def source(asset: Asset, field: str) -> str:
    """What set a line: a file, the manifest's field, the inputs, or the template."""
    if field == "prompt":
        return asset.prompt.source or "manifest"
    if field == "inputs":
        return "inputs"
    written = (
        field in asset.prompt.fields or field.startswith("extra.") or (field == "use_case" and asset.prompt.use_case)
    )
    if written:
        return "manifest"
    if field == "constraints" and ("change" in asset.prompt.fields or "keep" in asset.prompt.fields):
        return "manifest: change, keep"
    return f"template {asset.template}" if asset.template else f"template {asset.prompt.use_case}".rstrip()


def variables(asset: Asset, field: str) -> list[str]:
    """The variables that the author's text of a field names, in order."""
    if field.startswith("extra."):
        raw = asset.prompt.extra.get(field.removeprefix("extra."), "")
    else:
        raw = asset.prompt.text if field == "prompt" else asset.prompt.fields.get(field, "")
    texts = raw if isinstance(raw, tuple) else (raw,)
    return list(dict.fromkeys(name for text in texts for name in _NAMES.findall(str(text or ""))))
